/** head and tail: the first and the last of a file, or of what comes. */
import { EXIT, exitCodeOf, type Process } from '../../containers/process.js'
import { type Data, readAll, type Source } from '../../containers/stream.js'
import { sleep } from '../../time/clock.js'
import { nextTurn } from '../../time/steps.js'
import { command, eachInput, type Options, readOptions, resolve, WordError } from './command.js'
import { fromDevice, isDevice, sizeIn } from './disk.js'

interface Wanted {
  unit: 'lines' | 'bytes'
  count: number
  /** `-3` of head: all but the last three; `+3` of tail: from the third on. */
  sign: '-' | '+' | ''
}

/** @throws WordError */
function wantedOf({ values }: Options): Wanted {
  const bytes = values.get('c')
  const text = bytes ?? values.get('n') ?? '10'
  const [, sign = '', number = ''] = /^([-+]?)(.*)$/.exec(text) ?? []
  const count = sizeIn(number)
  if (Number.isNaN(count)) throw new WordError(`invalid number '${text}'`)
  return { unit: bytes === undefined ? 'lines' : 'bytes', count, sign: sign as Wanted['sign'] }
}

/** `-5` as in old times, and `+5` of tail. */
const withOldForm = (args: string[]): string[] =>
  /^[-+]\d+[bkm]?$/.test(args[0] ?? '') ? ['-n', (args[0] ?? '').replace(/^-/, ''), ...args.slice(1)] : args

const piecesOf = (data: Data, unit: Wanted['unit']): string[] =>
  unit === 'bytes' ? [...data] : (data.match(/[^\n]*\n|[^\n]+$/g) ?? [])

const firstOf = (data: Data, { unit, count, sign }: Wanted): Data => {
  const pieces = piecesOf(data, unit)
  return pieces.slice(0, sign === '-' ? Math.max(0, pieces.length - count) : count).join('')
}
const lastOf = (data: Data, { unit, count, sign }: Wanted): Data => {
  const pieces = piecesOf(data, unit)
  return pieces.slice(sign === '+' ? Math.max(0, count - 1) : Math.max(0, pieces.length - count)).join('')
}

/** Only as much as is wanted: what writes into a pipe may never end. */
async function readUntil(source: Source, isEnough: (data: Data) => boolean): Promise<Data> {
  let all = ''
  while (!isEnough(all)) {
    const data = await source.read()
    if (data === null) break
    all += data
  }
  return all
}

/** Files with a title each where there are several, or the input. */
function eachTitled(process: Process, { operands, flags }: Options, shown: (data: Data) => Data): Promise<number> {
  const titled = (operands.length > 1 || flags.has('v')) && !flags.has('q')
  let blank = ''
  return eachInput(process, operands, async (data, path) => {
    await process.stdout.write(`${titled ? `${blank}==> ${path} <==\n` : ''}${shown(data)}`)
    blank = '\n'
  })
}

const LONG = { lines: 'n', bytes: 'c', quiet: 'q', silent: 'q', verbose: 'v', follow: 'f', 'sleep-interval': 's' }
const HEAD = '[-n N] [-c N] [-qv] [FILE]...'
const TAIL = '[-n N] [-c N] [-qvfF] [-s SECONDS] [FILE]...'

export const head = command(
  async (process, args) => {
    const options = readOptions(withOldForm(args), HEAD, { long: LONG })
    const wanted = wantedOf(options)
    const [path] = options.operands
    if (wanted.unit === 'bytes' && isDevice(path)) {
      await process.stdout.write(fromDevice(process, path ?? '', wanted.count))
      return 0
    }
    if (path !== undefined) return eachTitled(process, options, (data) => firstOf(data, wanted))
    const isEnough = (data: Data) =>
      wanted.sign !== '-' && (wanted.unit === 'bytes' ? data.length >= wanted.count : data.split('\n').length > wanted.count)
    const data = wanted.sign === '-' ? await readAll(process.stdin) : await readUntil(process.stdin, isEnough)
    await process.stdout.write(firstOf(data, wanted))
    return 0
  },
  { usage: HEAD },
)

/** How often `tail -f` looks again, in seconds. */
const LOOK_SECONDS = 1

interface Followed {
  path: string
  seen: number
}

/** What was added to each file since the last look; one that is shorter now begins anew. */
async function showMore(process: Process, followed: Followed[], titled: boolean): Promise<void> {
  const { fs } = process.machine
  for (const file of followed) {
    const full = resolve(process, file.path)
    const data = fs.exists(full) ? fs.read(full) : ''
    if (data.length < file.seen) file.seen = 0
    if (data.length > file.seen) {
      if (titled) await process.stdout.write(`\n==> ${file.path} <==\n`)
      await process.stdout.write(data.slice(file.seen))
    }
    file.seen = data.length
  }
}

async function follow(process: Process, { operands, flags, values }: Options): Promise<number> {
  const { fs, clock } = process.machine
  const seconds = Number(values.get('s') ?? LOOK_SECONDS)
  if (!(seconds > 0)) throw new WordError(`invalid number '${values.get('s')}'`)
  const sizeOf = (path: string) => (fs.exists(resolve(process, path)) ? fs.read(resolve(process, path)).length : 0)
  const followed = operands.map((path) => ({ path, seen: sizeOf(path) }))
  while (!process.signal.aborted && !process.stdout.broken) {
    await sleep(clock, seconds * 1000, process.signal)
    if (!process.signal.aborted) await showMore(process, followed, operands.length > 1 && !flags.has('q'))
  }
  return process.stdout.broken ? EXIT.sigpipe : exitCodeOf(process.signal)
}

export const tail = command(
  async (process, args) => {
    const options = readOptions(withOldForm(args), TAIL, { long: LONG })
    const { operands, flags } = options
    const isFollowing = flags.has('f') || flags.has('F')
    if (isFollowing && operands[0] === '/dev/null') await idle(process)
    const wanted = wantedOf(options)
    const status = await eachTitled(process, options, (data) => lastOf(data, wanted))
    // A file that is not there yet is waited for with -F alone.
    const isThere = (path: string) => process.machine.fs.exists(resolve(process, path))
    const there = flags.has('F') ? operands : operands.filter(isThere)
    if (!isFollowing || there.length === 0) return status
    return follow(process, { ...options, operands: there })
  },
  { usage: TAIL },
)

/** Does nothing until it is told to end. */
export async function idle(process: Process): Promise<void> {
  if (!process.signal.aborted)
    await new Promise<void>((done) => process.signal.addEventListener('abort', () => done(), { once: true }))
  await nextTurn()
}
