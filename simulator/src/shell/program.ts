/** `sh`: a script by `-c`, from a file, from its input, or typed at a terminal. */
import { normalize } from '../containers/file-system.js'
import type { Process, Program } from '../containers/process.js'
import { empty, encode, readAll } from '../containers/stream.js'
import type { TerminalView } from '../containers/terminal.js'
import { interact } from './interactive.js'
import { runScript } from './interpret.js'
import { parseScript } from './parser.js'
import { type Io, Leave, Shell } from './shell.js'

interface Invocation {
  script: string | undefined
  isCommand: boolean
  rest: string[]
  flags: string
}

function readArguments(args: string[]): Invocation {
  let flags = ''
  let index = 0
  for (; index < args.length && /^[-+][a-z]/i.test(args[index] ?? ''); index++) flags += args[index]?.slice(1)
  if (args[index] === '--') index++
  const [script, ...rest] = args.slice(index)
  return { script, isCommand: flags.includes('c'), rest, flags }
}

export const shellProgram: Program = async (process) => {
  const shell = Shell.of(process)
  const { script, isCommand, rest, flags } = readArguments(process.argv.slice(1))
  for (const letter of flags) if (letter === 'e') shell.options.errexit = true
  for (const letter of flags) if (letter === 'x') shell.options.xtrace = true
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
  if (script !== undefined) return runText(shell, process.machine.fs.read(normalize(script, process.cwd)), io)
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
