/** What `wheelhouse prove` prints: a line a scene while it goes, and a table of times at the end. */
import type { SceneResult } from './prove-task.js'

const seconds = (ms: number) => (ms / 1000).toFixed(1)

export function sceneLine({ lab, task, scene, lies, setupMs, scriptMs, checkMs }: SceneResult): string {
  const times = `setup ${seconds(setupMs)} s, script ${seconds(scriptMs)} s, check ${seconds(checkMs)} s`
  const line = `${lies.length === 0 ? '✓' : '✗'} ${lab}/${task} ${scene} (${times})`
  return [line, ...lies.map((lie) => `    ${lie.replaceAll('\n', '\n    ')}`)].join('\n')
}

const median = (numbers: number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** One line a task: how many scenes, and where the time went. */
export function timeTable(results: readonly SceneResult[]): string {
  const names = [...new Set(results.map(({ lab, task }) => `${lab}/${task}`))]
  const width = Math.max(4, ...names.map((name) => name.length))
  const row = (name: string, cells: string[]) => `${name.padEnd(width)}  ${cells.map((cell) => cell.padStart(9)).join('')}`
  const rows = names.map((name) => {
    const scenes = results.filter(({ lab, task }) => `${lab}/${task}` === name)
    const setups = scenes.map((scene) => scene.setupMs).filter((ms) => ms > 0)
    const total = scenes.reduce((sum, { setupMs, scriptMs, checkMs }) => sum + setupMs + scriptMs + checkMs, 0)
    const checks = scenes.map((scene) => scene.checkMs)
    return row(name, [
      String(scenes.length),
      seconds(median(setups)),
      seconds(Math.max(...setups, 0)),
      seconds(median(checks)),
      seconds(total),
    ])
  })
  return [row('task', ['scenes', 'setup', 'longest', 'check', 'total']), ...rows].join('\n')
}
