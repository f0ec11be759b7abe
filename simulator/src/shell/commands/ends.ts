/** head and tail: the first and the last of a file, or of what comes. */
import type { Process } from '../../containers/process.js'
import { type Data, readAll, type Source } from '../../containers/stream.js'
import { sleep } from '../../time/clock.js'
import { nextTurn } from '../../time/steps.js'
import { command, eachInput, type Options, readOptions, resolve } from './command.js'
import { fromDevice, isDevice, sizeIn } from './disk.js'

interface Wanted {
  unit: 'lines' | 'bytes'
  count: number
  /** `-3` of head: all but the last three; `+3` of tail: from the third on. */
  sign: '-' | '+' | ''
}

function wantedOf({ values, flags }: Options): Wanted {
  const short = [...flags].filter((flag) => /^\d$/.test(flag)).join('')
  const bytes = values.get('c') ?? values.get('bytes')
  const text = bytes ?? values.get('n') ?? values.get('lines') ?? (short || '10')
  const [, sign = '', number = ''] = /^([-+]?)(.*)$/.exec(text) ?? []
  return { unit: bytes === undefined ? 'lines' : 'bytes', count: sizeIn(number) || 0, sign: sign as Wanted['sign'] }
}

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

const VALUED = ['n', 'c', 'lines', 'bytes']

export const head = command(async (process, args) => {
  const options = readOptions(args, VALUED)
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
})

/** How often `tail -f` looks again. */
const LOOK_MS = 200

export const tail = command(async (process, args) => {
  const options = readOptions(args, VALUED)
  const [path] = options.operands
  const follow = options.flags.has('f') || options.flags.has('F')
  if (follow && path === '/dev/null') await idle(process)
  const wanted = wantedOf(options)
  const status = await eachTitled(process, options, (data) => lastOf(data, wanted))
  if (!follow || !path || status !== 0) return status
  let seen = process.machine.fs.read(resolve(process, path)).length
  while (!process.signal.aborted) {
    await sleep(process.machine.clock, LOOK_MS, process.signal)
    const data = process.machine.fs.read(resolve(process, path))
    if (data.length > seen) await process.stdout.write(data.slice(seen))
    seen = data.length
  }
  return 143
})

/** Does nothing until it is told to end. */
export async function idle(process: Process): Promise<void> {
  if (!process.signal.aborted)
    await new Promise<void>((done) => process.signal.addEventListener('abort', () => done(), { once: true }))
  await nextTurn()
}
