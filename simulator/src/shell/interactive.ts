/** A shell at a terminal: prompt, line editing, history, Ctrl+C and Ctrl+D. The terminal sends raw keys; the echo is ours. */
import { EXIT, type Process } from '../containers/process.js'
import { encode, Pipe, type Sink } from '../containers/stream.js'
import { complete } from './completion.js'
import { runScript } from './interpret.js'
import { LineEditor } from './line-editor.js'
import { parseScript } from './parser.js'
import { Leave, Shell } from './shell.js'
import { ShellSyntaxError } from './syntax.js'

/** A terminal starts a new line only at the left edge when told so. */
const terminalSink = (sink: Sink): Sink => ({ isTerminal: true, write: (data) => sink.write(data.replace(/\r?\n/g, '\r\n')) })

export async function interact(shell: Shell, process: Process): Promise<number> {
  const output = terminalSink(process.stdout)
  const prompt = () =>
    `${shell.cwd === (shell.get('HOME') ?? '') ? '~' : shell.cwd} ${process.machine.user.uid === 0 ? '#' : '$'} `
  const editor = new LineEditor(process.stdin, process.stdout, {
    size: process.terminal,
    complete: (before) => complete(shell, before),
  })
  shell.history = editor.history
  let pending = ''
  for (;;) {
    const line = await editor.readLine(pending ? '> ' : prompt())
    if (line === null) {
      await output.write('\n')
      return shell.lastStatus
    }
    if (line.interrupted) {
      pending = ''
      shell.lastStatus = EXIT.sigint
      continue
    }
    const text = pending ? `${pending}\n${line.text}` : line.text
    const script = await parseOrTell(shell, text, output)
    if (script === 'more') {
      pending = text
      continue
    }
    pending = ''
    if (!script) continue
    const status = await runLine(shell, { script, editor, output })
    if (status !== undefined) return status
  }
}

async function parseOrTell(shell: Shell, text: string, output: Sink) {
  try {
    return parseScript(text, true)
  } catch (error) {
    if (error instanceof ShellSyntaxError && error.incomplete) return 'more' as const
    await output.write(encode(`${shell.name}: ${error instanceof Error ? error.message : error}\n`))
    shell.lastStatus = 2
    return undefined
  }
}

interface Line {
  script: ReturnType<typeof parseScript>
  editor: LineEditor
  output: Sink
}

/** Runs one line in a shell whose signal Ctrl+C aborts. @returns the status where the line leaves the shell */
async function runLine(shell: Shell, { script, editor, output }: Line): Promise<number | undefined> {
  const interrupt = new AbortController()
  const stop = () => interrupt.abort(shell.signal.reason)
  shell.signal.addEventListener('abort', stop, { once: true })
  const line = new Shell(shell.machine, interrupt.signal, shell.cwd)
  line.running = shell.running
  share(shell, line)
  const input = new Pipe()
  const { release, terminal } = editor.lend(input, () => interrupt.abort('SIGINT'))
  try {
    await runScript(line, script, { stdin: input, stdout: output, stderr: output, terminal })
  } catch (error) {
    if (!(error instanceof Leave))
      await output.write(encode(`${shell.name}: ${error instanceof Error ? error.message : error}\n`))
    else if (error.kind === 'exit' && !interrupt.signal.aborted) return error.status
    else if (error.kind === 'error' && !interrupt.signal.aborted) line.lastStatus = error.status
    else if (interrupt.signal.aborted) line.lastStatus = EXIT.sigint
  } finally {
    release()
    // What ends of Ctrl+C leaves the cursor behind it.
    if (interrupt.signal.aborted && line.lastStatus === EXIT.sigint) await output.write('\n')
    shell.signal.removeEventListener('abort', stop)
    share(line, shell)
  }
  return shell.signal.aborted ? 143 : undefined
}

/** One shell goes on where the other stopped. */
function share(from: Shell, to: Shell): void {
  to.variables.clear()
  for (const [name, value] of from.variables) to.variables.set(name, value)
  to.exported.clear()
  for (const name of from.exported) to.exported.add(name)
  to.functions.clear()
  for (const [name, body] of from.functions) to.functions.set(name, body)
  to.traps.clear()
  for (const [name, action] of from.traps) to.traps.set(name, action)
  for (const name of from.readonly) to.readonly.add(name)
  Object.assign(to.options, from.options)
  to.arguments = from.arguments
  to.cwd = from.cwd
  to.jobs = from.jobs
  to.lastJob = from.lastJob
  to.lastStatus = from.lastStatus
  to.history = from.history
}
