/** `wait`, `trap` and `ulimit`: jobs, signals and limits. */
import { exitCodeOf } from '../../containers/process.js'
import type { Io, Shell } from '../shell.js'
import { complain } from './builtin.js'

const NOT_A_CHILD = 127

export async function wait(shell: Shell, ids: string[]): Promise<number> {
  const stopped = new Promise<number>((resolve) =>
    shell.signal.addEventListener('abort', () => resolve(exitCodeOf(shell.signal)), { once: true }),
  )
  let status = 0
  if (ids.length === 0) {
    for (const { done } of shell.jobs) await Promise.race([done, stopped])
    shell.jobs = []
    return shell.signal.aborted ? exitCodeOf(shell.signal) : 0
  }
  for (const id of ids) {
    const job = id.startsWith('%') ? shell.jobs[Number(id.slice(1)) - 1] : shell.jobs.find((each) => String(each.id) === id)
    status = job ? await Promise.race([job.done, stopped]) : NOT_A_CHILD
  }
  return status
}

/** `jobs`: what runs in the background and has not ended. */
export async function listJobs(shell: Shell, _args: string[], io: Io): Promise<number> {
  for (const [index, { id }] of shell.jobs.entries()) {
    const running = shell.machine.processes.get(id)
    if (running) await io.stdout.write(`[${index + 1}]  Running                    ${running.argv.join(' ')}\n`)
  }
  return 0
}

const NUMBERS: Record<string, string> = {
  0: 'EXIT',
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  6: 'ABRT',
  9: 'KILL',
  13: 'PIPE',
  14: 'ALRM',
  15: 'TERM',
}
const SIGNALS = [...Object.values(NUMBERS), 'USR1', 'USR2', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'WINCH']

/** `trap [ACTION SIGNAL...]`; `-` takes it back, an empty action lets the signal pass by. */
export async function trap(shell: Shell, args: string[], io: Io): Promise<number> {
  const words = args[0] === '--' ? args.slice(1) : args
  if (words.length === 0) {
    for (const [name, action] of shell.traps) await io.stdout.write(`trap -- '${action.replaceAll("'", `'"'"'`)}' ${name}\n`)
    return 0
  }
  // A signal alone is given back what it does by itself.
  const isAlone = words.length === 1 || /^\d+$/.test(words[0] ?? '')
  const [action = '-', ...signals] = isAlone ? ['-', ...words] : words
  const names = signals.map((name) => NUMBERS[name] ?? name.replace(/^SIG/i, '').toUpperCase())
  const unknown = names.findIndex((name) => !SIGNALS.includes(name))
  if (unknown >= 0) {
    await complain(shell, io, `trap: ${signals[unknown]}: invalid signal specification`)
    return 1
  }
  for (const name of names) action === '-' ? shell.traps.delete(name) : shell.traps.set(name, action)
  if (names.includes('TERM')) shell.machine.main.handlesTerm = Boolean(shell.traps.get('TERM'))
  return 0
}

const LIMITS: Record<string, string> = {
  n: '1048576',
  u: 'unlimited',
  c: 'unlimited',
  s: '8192',
  v: 'unlimited',
  f: 'unlimited',
  m: 'unlimited',
}

/** Shows limits; those of a simulated container cannot be changed. */
export async function ulimit(shell: Shell, args: string[], io: Io): Promise<number> {
  const [flag = '-f', value] = args.filter((arg) => arg !== '-S' && arg !== '-H')
  if (value === undefined) {
    await io.stdout.write(`${LIMITS[flag.slice(1)] ?? 'unlimited'}\n`)
    return 0
  }
  await complain(shell, io, 'ulimit: the limits of a simulated container cannot be changed')
  return 1
}
