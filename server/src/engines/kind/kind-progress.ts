/** Reads kind's own progress and says which of our steps it stands at. */

/** The steps that kind itself goes through, in order. `join` is skipped where there is one node alone. */
export const KIND_STEPS = ['machines', 'control-plane', 'join'] as const
export type KindStep = (typeof KIND_STEPS)[number]

const BEGINNINGS: [RegExp, KindStep][] = [
  [/^ • (Ensuring node image|Preparing nodes)/, 'machines'],
  [
    /^ • (Configuring the external load balancer|Writing configuration|Starting control-plane|Installing (CNI|StorageClass))/,
    'control-plane',
  ],
  [/^ • Joining/, 'join'],
]

/** Feeds on kind's output in any portions; calls `onStep` when a step begins that has not begun before. */
export function kindProgress(onStep: (step: KindStep) => void): (text: string) => void {
  let rest = ''
  let current: KindStep | undefined
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const step = BEGINNINGS.find(([pattern]) => pattern.test(line))?.[1]
      if (!step || step === current) continue
      current = step
      onStep(step)
    }
  }
}
