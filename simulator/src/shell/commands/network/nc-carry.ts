/** What nc does with a connection: input to the other side, what comes from there to the output; or both to a program. */
import type { Connection } from '../../../containers/network.js'
import { EXIT, exitCodeOf, findProgram, type Process } from '../../../containers/process.js'
import { spawn } from '../../../containers/process-table.js'

export interface NcOptions {
  /** How often `-v` was said: one tells of connections and of what fails but refusals, two of everything. */
  verbosity: number
  /** `-w`; 0 for ever. */
  waitMs: number
  /** `-k`: with a program, serves one connection after the other. */
  isPersistent: boolean
  /** The port to listen on. */
  port: number
  /** `-e PROGRAM ARGS`: what the other side speaks with. */
  program: string[]
}

/** Bytes over the network. */
export interface Count {
  sent: number
  received: number
}

/** Once there is no more input, and the other side has said nothing for `waitMs` twice, nc takes it for dead. */
export class Silence {
  inputIsOver = false
  #left = 2
  #cancel = () => {}
  /** @param waitMs 0 for ever */
  constructor(
    readonly process: Process,
    readonly waitMs: number,
    readonly onDead: () => void,
  ) {
    this.break()
  }

  /** Something came, from whichever side. */
  break(): void {
    this.forget()
    if (this.waitMs === 0) return
    this.#cancel = this.process.machine.clock.after(this.waitMs, () => {
      if (this.inputIsOver) this.#left--
      if (this.#left === 0) this.onDead()
      else this.break()
    })
  }

  forget(): void {
    this.#cancel()
  }
}

interface Talk {
  connection: Connection
  count: Count
  silence: Silence
}

/** Ends when there is nothing more from either side. */
export async function carry(
  process: Process,
  { connection, count }: Omit<Talk, 'silence'>,
  { waitMs, program }: Pick<NcOptions, 'waitMs' | 'program'>,
): Promise<void> {
  const isOver = new AbortController()
  const close = () => {
    connection.close()
    isOver.abort()
  }
  const silence = new Silence(process, waitMs, close)
  process.signal.addEventListener('abort', close, { once: true })
  try {
    if (program.length > 0) return await speak(process, connection, program)
    const talk = { connection, count, silence }
    const stopped = new Promise<void>((resolve) => isOver.signal.addEventListener('abort', () => resolve()))
    await Promise.race([Promise.all([send(process, talk), receive(process, talk)]), stopped])
  } finally {
    silence.forget()
    process.signal.removeEventListener('abort', close)
    close()
  }
}

/** A program in place of nc, which sees the connection as its input and its output. */
export async function speak(
  process: Process,
  connection: Pick<Connection, 'read' | 'write' | 'end'>,
  argv: string[],
): Promise<void> {
  const run = findProgram(process.machine, argv[0] ?? '')
  if (run) await spawn(run, { ...process, argv, stdin: connection, stdout: connection })
  else await process.stderr.write(`nc: can't execute '${argv[0]}': No such file or directory\n`)
  connection.end()
}

export async function send(process: Process, { connection, count, silence }: Talk): Promise<void> {
  for (let data = await process.stdin.read(); data !== null; data = await process.stdin.read()) {
    silence.break()
    count.sent += data.length
    await connection.write(data)
  }
  connection.end()
  silence.inputIsOver = true
}

export async function receive(process: Process, { connection, count, silence }: Talk): Promise<void> {
  for (let data = await connection.read(); data !== null && !process.stdout.broken; data = await connection.read()) {
    silence.break()
    count.received += data.length
    await process.stdout.write(data)
  }
}

/** A signal is answered with its word. */
export function endOf({ signal, stderr }: Process): number {
  if (!signal.aborted) return 0
  const code = exitCodeOf(signal)
  if (code !== EXIT.sigkill) void stderr.write('punt!\n')
  return code
}
