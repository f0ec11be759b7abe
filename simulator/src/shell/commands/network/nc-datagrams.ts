/** nc over UDP: `nc -u`, and `nc -lu`, which speaks with the first that sends something. */
import { ConnectError, type Target } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'
import { type Data, Pipe, type Sink, type Source } from '../../../containers/stream.js'
import { complain } from '../command.js'
import { type Deadline, deadline } from './deadline.js'
import { type Count, endOf, type NcOptions, Silence, speak } from './nc-carry.js'

/** So many wait for an answer; who comes later pushes the oldest out. */
const MOST_WAITING = 64

/** Asks whether something takes datagrams there, which nothing but a refusal tells. @throws ConnectError `refused` */
export async function probeDatagrams(process: Process, target: Target, waitMs: number): Promise<void> {
  const limit = deadline(process, waitMs / 1000 || 0.001)
  await process.machine.network.datagram(target, '\0', limit.signal).catch(unlessRefused)
  limit.clear()
}

/** Nobody hears of a datagram that is lost. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof ConnectError) || error.kind === 'refused') throw error
}

/** Each piece of input is one datagram. Ends with a refusal, a signal, or after the silence of `-w`. */
export function sendDatagrams(
  process: Process,
  { target, count }: { target: Target; count: Count },
  { waitMs }: NcOptions,
): Promise<void> {
  const { network } = process.machine
  const waiting: AbortController[] = []
  return new Promise((resolve, reject) => {
    const end = () => {
      silence.forget()
      for (const each of waiting) each.abort()
      resolve()
    }
    const silence = new Silence(process, waitMs, end)
    process.signal.addEventListener('abort', end, { once: true })
    if (process.signal.aborted) end()
    const take = async (data: Data): Promise<void> => {
      silence.break()
      count.received += data.length
      await process.stdout.write(data)
    }
    const send = async (data: Data): Promise<void> => {
      silence.break()
      count.sent += data.length
      if (waiting.length >= MOST_WAITING) waiting.shift()?.abort()
      const own = new AbortController()
      waiting.push(own)
      await network.datagram(target, data, own.signal).then(take, unlessRefused)
      if (waiting.includes(own)) waiting.splice(waiting.indexOf(own), 1)
    }
    const fail = (error: unknown) => {
      end()
      reject(error)
    }
    void (async () => {
      for (let data = await process.stdin.read(); data !== null; data = await process.stdin.read()) {
        void send(data).catch(fail)
        await Promise.resolve()
      }
      silence.inputIsOver = true
    })()
  })
}

export async function takeDatagrams(process: Process, options: NcOptions): Promise<number> {
  const { network } = process.machine
  const { port, program, waitMs, verbosity } = options
  const limit = deadline(process, waitMs / 1000 || undefined)
  const talk = new Talk(process, program, () => limit.clear())
  if (!network.bind(port, (data, from) => talk.take(data, from), 'nc')) {
    complain(process, 'bind: Address already in use')
    return 1
  }
  if (verbosity > 0) await process.stderr.write(`listening on [::]:${port} ...\n`)
  await endedBy(process, limit)
  network.unbind(port)
  if (!limit.hasPassed()) return endOf(process)
  complain(process, 'timeout')
  return 1
}

const endedBy = ({ signal: own }: Process, { signal }: Deadline): Promise<void> =>
  new Promise((resolve) => {
    for (const each of [own, signal]) {
      if (each.aborted) resolve()
      each.addEventListener('abort', () => resolve(), { once: true })
    }
  })

/** With one peer: its datagrams to the output or the program, and what comes from there back to it. */
class Talk {
  #peer: string | undefined
  #input: Sink
  readonly #isPlain: boolean
  /** Answers the datagram that came last. */
  #answer: (data: Data | undefined) => void = () => {}
  #isTaking = false

  constructor(
    readonly process: Process,
    readonly program: string[],
    readonly onBegin: () => void,
  ) {
    this.#input = process.stdout
    this.#isPlain = program.length === 0
  }

  async take(data: Data, from: string): Promise<Data | undefined> {
    if (this.#peer === undefined) this.#begin(from)
    // As a socket whose reader is slow: what is too much is lost.
    if (this.#peer !== from || this.#isTaking) return undefined
    this.#answer(undefined)
    const answer = new Promise<Data | undefined>((resolve) => (this.#answer = resolve))
    this.#isTaking = true
    void Promise.resolve(this.#input.write(data)).finally(() => (this.#isTaking = false))
    return answer
  }

  #begin(from: string): void {
    this.#peer = from
    this.onBegin()
    const { process } = this
    process.signal.addEventListener('abort', () => this.#answer(undefined), { once: true })
    if (this.#isPlain) void this.#send(process.stdin)
    else {
      const input = new Pipe()
      this.#input = input
      const connection = { read: () => input.read(), write: (data: Data) => this.#answer(data), end: () => input.break() }
      void speak(process, connection, this.program)
    }
  }

  async #send(source: Source): Promise<void> {
    for (let data = await source.read(); data !== null; data = await source.read()) this.#answer(data)
    this.#answer(undefined)
  }
}
