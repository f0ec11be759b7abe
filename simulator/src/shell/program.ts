/** `sh`: a script by `-c`, from a file, from its input, or typed at a terminal. */
import { normalize } from '../containers/file-system.js'
import type { Process, Program } from '../containers/process.js'
import { empty, encode, readAll } from '../containers/stream.js'
import type { TerminalView } from '../containers/terminal.js'
import { takeOption } from './builtins/options.js'
import { interact } from './interactive.js'
import { runScript } from './interpret.js'
import { parseScript } from './parser.js'
import { type Io, Leave, Shell } from './shell.js'

interface Invocation {
  script: string | undefined
  isCommand: boolean
  rest: string[]
  /** An option that the shell does not have. */
  unknown: string | undefined
}

/** `sh [-euxo OPTION] [-c SCRIPT | FILE] [NAME] [ARG...]` */
function readArguments(shell: Shell, args: string[]): Invocation {
  const rest = [...args]
  let isCommand = false
  let unknown: string | undefined
  while (/^[-+][A-Za-z]/.test(rest[0] ?? '') && unknown === undefined) {
    const [word = '', ...more] = rest
    isCommand ||= word.startsWith('-') && word.includes('c')
    // `-l`, `-s` and `-i` say how it was started, which is the same to ours.
    const left = [word.replace(/[csli]/g, ''), ...more]
    if (left[0] === '-' || left[0] === '+') left.shift()
    else unknown = takeOption(shell, left)
    rest.splice(0, rest.length, ...left)
  }
  if (rest[0] === '--') rest.shift()
  const [script, ...others] = rest
  return { script, isCommand, rest: others, unknown }
}

export const shellProgram: Program = async (process) => {
  const shell = Shell.of(process)
  const { script, isCommand, rest, unknown } = readArguments(shell, process.argv.slice(1))
  if (unknown !== undefined || (isCommand && script === undefined)) {
    await process.stderr.write(`sh: ${unknown === undefined ? '-c requires an argument' : `illegal option ${unknown}`}\n`)
    return 2
  }
  shell.name = isCommand ? (rest[0] ?? 'sh') : (script ?? 'sh')
  shell.arguments = isCommand ? rest.slice(1) : rest
  const io: Io = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, terminal: process.terminal }
  const status = await run(shell, process, { script, isCommand, io }).catch(async (error) => {
    if (error instanceof Leave) return error.status
    await process.stderr.write(encode(`${shell.name}: ${error instanceof Error ? error.message : error}\n`))
    return 2
  })
  return (await runTraps(shell, io)) ?? status
}

async function run(
  shell: Shell,
  process: Process,
  { script, isCommand, io }: { script: string | undefined; isCommand: boolean; io: Io },
): Promise<number> {
  if (isCommand) return runText(shell, script ?? '', io)
  if (script !== undefined) {
    const node = process.machine.fs.stat(normalize(script, process.cwd))
    if (node?.type === 'file') return runText(shell, node.data, io)
    await process.stderr.write(encode(`sh: can't open '${script}': ${node ? 'Is a directory' : 'No such file or directory'}\n`))
    return 2
  }
  if (process.terminal) return atTerminal(shell, process, process.terminal)
  return runText(shell, await readAll(process.stdin), { ...io, stdin: empty })
}

/** The shell edits its lines itself: it wants every key, and writes the ends of lines as a terminal does. */
async function atTerminal(shell: Shell, process: Process, terminal: TerminalView): Promise<number> {
  terminal.raw = true
  try {
    return await interact(shell, process)
  } finally {
    terminal.raw = false
  }
}

const runText = (shell: Shell, text: string, io: Io): Promise<number> => runScript(shell, parseScript(text), io)

/** What `trap` named for the end, or for the signal that ended it. @returns the status of an `exit` in it */
async function runTraps(shell: Shell, io: Io): Promise<number | undefined> {
  const name = shell.signal.aborted ? String(shell.signal.reason).replace(/^SIG/, '') : ''
  let status: number | undefined
  for (const action of [name && shell.traps.get(name), shell.traps.get('EXIT')]) {
    if (!action) continue
    const last = new Shell(shell.machine, new AbortController().signal, shell.cwd)
    for (const [key, value] of shell.variables) last.variables.set(key, value)
    await runScript(last, parseScript(action), io).catch((error) => {
      if (error instanceof Leave && error.kind === 'exit') status = error.status
    })
  }
  return status
}
