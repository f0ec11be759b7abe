/** Lets a test stand at a step of a provisioning: wait until it is reached, look around, let it go on or fail it. No clock. */
export class StepGate {
  readonly #held = new Map<string, { reached: Deferred<void>; release: Deferred<void> }>()

  constructor(steps: readonly string[]) {
    for (const step of steps) this.#held.set(step, { reached: deferred(), release: deferred() })
  }

  /** Given to FakeEngine as `duringStep`. An abort ends the wait. */
  readonly duringStep = async (step: string, _id: string, signal?: AbortSignal): Promise<void> => {
    const gate = this.#held.get(step)
    if (!gate) return
    gate.reached.resolve()
    await Promise.race([gate.release.promise, abortOf(signal)])
  }

  reached(step: string): Promise<void> {
    return this.#gate(step).reached.promise
  }

  release(step: string): void {
    this.#gate(step).release.resolve()
  }

  fail(step: string, error: Error): void {
    this.#gate(step).release.reject(error)
  }

  #gate(step: string) {
    const gate = this.#held.get(step)
    if (!gate) throw new Error(`no gate at step ${step}`)
    return gate
  }
}

/** Never resolves; rejects when the signal is raised. */
export const abortOf = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

interface Deferred<Value> {
  promise: Promise<Value>
  resolve: (value: Value) => void
  reject: (error: Error) => void
}

function deferred<Value>(): Deferred<Value> {
  let resolve!: (value: Value) => void
  let reject!: (error: Error) => void
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
