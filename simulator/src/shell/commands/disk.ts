/** dd, fallocate and truncate: what fills disks. */
import { FileError, fileBytes } from '../../containers/file-system.js'
import type { Process, Program } from '../../containers/process.js'
import { type Data, readAll } from '../../containers/stream.js'
import { applet, command, complain, resolve, UsageError, WordError } from './command.js'

const SUFFIXES: Record<string, number> = {
  '': 1,
  c: 1,
  w: 2,
  b: 512,
  kB: 1000,
  k: 1024,
  K: 1024,
  MB: 1e6,
  M: 1024 ** 2,
  GB: 1e9,
  G: 1024 ** 3,
}
const DEVICES = ['/dev/zero', '/dev/random', '/dev/urandom']
/** Random bytes beyond this are zeros: nobody looks at so many. */
const MOST_RANDOM = 256 * 1024
const MOST_PASSED = 64 * 1024 * 1024

/** `10M`, `1k`, `512`; NaN for what is no size. */
export function sizeIn(text: string): number {
  const [, number = '', suffix = ''] = /^(\d+)([a-zA-Z]*?)(?:iB)?$/.exec(text) ?? []
  return number === '' ? Number.NaN : Number(number) * (SUFFIXES[suffix] ?? Number.NaN)
}

export const isDevice = (path = ''): boolean => DEVICES.includes(path)

/** @throws FileError where it is more than programs can pass on to each other here */
export function fromDevice({ machine }: Process, path: string, bytes: number): Data {
  if (bytes > MOST_PASSED) throw new FileError('EFBIG', path)
  if (path === '/dev/zero' || bytes > MOST_RANDOM) return '\0'.repeat(bytes)
  return Array.from({ length: bytes }, () => String.fromCharCode(machine.random.below(256))).join('')
}

/** As BusyBox shortens it: `20.0MB`. */
function human(bytes: number): string {
  let value = bytes
  let unit = 0
  for (; value >= 1024 && unit < 4; unit++) value /= 1024
  return `${value.toFixed(1)}${['', 'K', 'M', 'G', 'T'][unit]}B`
}

/** About what a disk of a cloud writes. */
const BYTES_A_SECOND = 400 * 1024 * 1024

async function report(process: Process, { bytes, block }: { bytes: number; block: number }): Promise<void> {
  const whole = Math.floor(bytes / block)
  const records = `${whole}+${bytes % block > 0 ? 1 : 0}`
  const seconds = Math.max(0.000012, bytes / BYTES_A_SECOND)
  await process.stderr.write(
    `${records} records in\n${records} records out\n${bytes} bytes (${human(bytes)}) copied, ${seconds.toFixed(6)} seconds, ${human(bytes / seconds)}/s\n`,
  )
}

interface Copy {
  from: string | undefined
  to: string | undefined
  block: number
  count: number
  skip: number
  seek: number
  isQuiet: boolean
  isAppended: boolean
}

const WORDS = ['if', 'of', 'bs', 'count', 'skip', 'seek', 'conv', 'oflag', 'status']
/** What a file in memory has done anyhow. */
const CONVERSIONS = ['notrunc', 'noerror', 'sync', 'fsync', 'fdatasync']
const FLAGS = ['append', 'direct', 'sync', 'dsync']

/** The parts of a word, each of them known. */
function mindParts(words: Map<string, string>, word: string, known: string[]): string | undefined {
  const bad = words
    .get(word)
    ?.split(',')
    .find((each) => !known.includes(each))
  return bad === undefined ? undefined : `invalid argument '${bad}' to '${word}'`
}

/** @throws UsageError for a word that dd does not know */
function copyOf(args: string[]): Copy | string {
  if (args.some((arg) => !WORDS.includes(arg.slice(0, Math.max(0, arg.indexOf('=')))))) throw new UsageError('')
  const words = new Map(args.map((arg) => [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)]))
  const number = (name: string, otherwise: number) => (words.has(name) ? sizeIn(words.get(name) ?? '') : otherwise)
  const numbers = {
    block: number('bs', 512),
    count: number('count', Number.POSITIVE_INFINITY),
    skip: number('skip', 0),
    seek: number('seek', 0),
  }
  const bad = ['bs', 'count', 'skip', 'seek'].find((name) => words.has(name) && Number.isNaN(sizeIn(words.get(name) ?? '')))
  if (bad) return `invalid number '${words.get(bad)}'`
  const fault =
    mindParts(words, 'conv', CONVERSIONS) ?? mindParts(words, 'oflag', FLAGS) ?? mindParts(words, 'status', ['none', 'noxfer'])
  if (fault) return fault
  const isAppended = words.get('conv')?.includes('notrunc') === true || words.get('oflag')?.includes('append') === true
  return { from: words.get('if'), to: words.get('of'), ...numbers, isAppended, isQuiet: words.get('status') === 'none' }
}

const dd: Program = command(
  async (process, args) => {
    const copy = copyOf(args)
    if (typeof copy === 'string') {
      complain(process, copy)
      return 1
    }
    const wanted = copy.block * copy.count
    const path = copy.to === undefined || copy.to === '/dev/stdout' ? undefined : resolve(process, copy.to)
    if (isDevice(copy.from) && path !== undefined && path !== '/dev/null') return fill(process, { path, wanted, copy })
    const all = isDevice(copy.from)
      ? fromDevice(process, copy.from ?? '', Number.isFinite(wanted) ? wanted : MOST_RANDOM)
      : copy.from === undefined
        ? await readAll(process.stdin)
        : process.machine.fs.read(resolve(process, copy.from))
    const data = all.slice(copy.skip * copy.block, copy.skip * copy.block + wanted)
    if (path === undefined) await process.stdout.write(data)
    else if (path !== '/dev/null') process.machine.fs.write(path, data, { append: copy.isAppended })
    if (!copy.isQuiet) await report(process, { bytes: data.length, block: copy.block })
    return 0
  },
  {
    usage:
      '[if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N] [conv=notrunc|noerror|sync|fsync] [oflag=append|direct] [status=none|noxfer]',
  },
)

/** Bytes of a device into a file, until there is no more room where no number is given. */
async function fill(process: Process, { path, wanted, copy }: { path: string; wanted: number; copy: Copy }): Promise<number> {
  const { fs } = process.machine
  const sizeNow = () => {
    const node = fs.stat(path)
    return node?.type === 'file' ? fileBytes(node) : 0
  }
  const before = copy.isAppended ? sizeNow() : 0
  let status = 0
  try {
    if (wanted <= MOST_RANDOM && copy.from !== '/dev/zero')
      fs.write(path, fromDevice(process, copy.from ?? '', wanted), { append: copy.isAppended })
    else fs.fill(path, copy.seek * copy.block + wanted, { append: copy.isAppended })
  } catch (error) {
    if (!(error instanceof FileError) || error.code !== 'ENOSPC') throw error
    complain(process, `error writing '${copy.to}': ${error.message}`)
    status = 1
  }
  if (!copy.isQuiet) await report(process, { bytes: sizeNow() - before, block: copy.block })
  return status
}

/** @throws WordError */
function sizeOf(text: string): number {
  const bytes = sizeIn(text)
  if (Number.isNaN(bytes)) throw new WordError(`invalid number '${text}'`)
  return bytes
}

const heldBy = ({ machine: { fs } }: Process, path: string): Data => {
  const node = fs.stat(path)
  return node?.type === 'file' ? node.data : ''
}

/** Makes the file as large as that, and never smaller. */
const fallocate: Program = applet('[-o OFS] -l LEN FILE', (process, { values, operands: [operand = ''] }) => {
  const [length, path] = [values.get('l'), resolve(process, operand)]
  if (length === undefined) throw new UsageError('')
  const node = process.machine.fs.stat(path)
  const missing = sizeOf(length) + sizeOf(values.get('o') ?? '0') - (node?.type === 'file' ? fileBytes(node) : 0)
  if (missing > 0) process.machine.fs.fill(path, missing, { append: true })
  return 0
})

const truncate: Program = applet('[-c] -s SIZE FILE...', (process, { flags, values, operands }) => {
  const size = values.get('s')
  if (size === undefined) throw new UsageError('')
  const bytes = sizeOf(size)
  for (const path of operands.map((operand) => resolve(process, operand))) {
    if (flags.has('c') && !process.machine.fs.exists(path)) continue
    const kept = heldBy(process, path).slice(0, bytes)
    process.machine.fs.write(path, kept)
    if (bytes > kept.length) process.machine.fs.fill(path, bytes - kept.length, { append: true })
  }
  return 0
})

export const diskCommands: Record<string, Program> = { dd, fallocate, truncate }
