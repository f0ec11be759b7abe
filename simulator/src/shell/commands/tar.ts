/** `tar`: create, list and extract, as far as `kubectl cp` and a learner use it. Archives are in the ustar format. */
import { directory, file, type Node, parentOf } from '../../containers/file-system.js'
import type { Process, Program } from '../../containers/process.js'
import { type Data, encode, readAll } from '../../containers/stream.js'
import { matchesPattern } from '../pattern.js'
import { command, readFile, readOptions, resolve, UsageError, WordError, wholeNumber } from './command.js'
import { packed, unpacked } from './gzip.js'
import { modeText } from './listing.js'

const BLOCK = 512
const TYPE = { file: '0', oldFile: '\0', link: '2', directory: '5', longName: 'L', extended: 'x' } as const
/** Folders within folders: deeper ones are a mistake. */
const MOST_DEPTH = 64

interface Entry {
  name: string
  node: Node
}

/** The action is the letter c, t or x, which may come without a dash. */
interface Invocation {
  action: 'c' | 't' | 'x'
  archive: string
  folder: string
  flags: Set<string>
  /** Patterns of names that are left out. */
  excluded: string[]
  /** So many leading parts of a name fall away. */
  stripped: number
  operands: string[]
}

const USAGE =
  '[-ctxzvhokmpO] [-f TARFILE] [-C DIR] [--exclude PATTERN] [--strip-components NUM] [--no-same-permissions] [--no-same-owner] [--overwrite] [FILE]...'
const LONG = {
  create: 'c',
  list: 't',
  extract: 'x',
  file: 'f',
  directory: 'C',
  gzip: 'z',
  verbose: 'v',
  'to-stdout': 'O',
  'keep-old-files': 'k',
  touch: 'm',
}

/** @throws UsageError, WordError */
function readInvocation(args: string[]): Invocation {
  const [first = '', ...rest] = args
  const isBundle = /^[a-zA-Z]+$/.test(first)
  const { flags, values, given, operands } = readOptions(isBundle ? [`-${first}`, ...rest] : args, USAGE, { long: LONG })
  const [action, ...others] = (['c', 't', 'x'] as const).filter((letter) => flags.has(letter))
  if (!action || others.length > 0) throw new UsageError('')
  return {
    action,
    archive: values.get('f') ?? '-',
    folder: values.get('C') ?? '.',
    flags,
    excluded: given.flatMap(([name, value = '']) => (name === 'exclude' ? [value] : [])),
    stripped: wholeNumber(values.get('strip-components') ?? '0'),
    operands,
  }
}

/** A pattern holds for a name, or for a part of it from a slash on. */
const isExcluded = (name: string, patterns: string[]): boolean => {
  const parts = name.replace(/\/$/, '').split('/')
  return patterns.some((pattern) => parts.some((_part, index) => matchesPattern(pattern, parts.slice(index).join('/'))))
}

const octal = (value: number, length: number): Data => `${value.toString(8).padStart(length - 1, '0')}\0`
const field = (text: Data, length: number): Data => text.slice(0, length).padEnd(length, '\0')
const padded = (data: Data): Data => data.padEnd(Math.ceil(data.length / BLOCK) * BLOCK, '\0')

function header(name: Data, about: { type: string; size: number; mode: number; mtimeMs: number; target: Data }): Data {
  const before = field(name, 100) + octal(about.mode, 8) + octal(0, 8) + octal(0, 8) + octal(about.size, 12)
  const time = octal(Math.floor(about.mtimeMs / 1000), 12)
  const owner = field('root', 32).repeat(2)
  const after = `${about.type}${field(about.target, 100)}ustar\x0000${owner}${'\0'.repeat(183)}`
  const sum = [...`${before}${time}        ${after}`].reduce((total, letter) => total + letter.charCodeAt(0), 0)
  return `${before}${time}${sum.toString(8).padStart(6, '0')}\0 ${after}`
}

function pack({ name, node }: Entry): Data {
  // Names too long for the header go before it, as GNU tar has it.
  const long =
    name.length > 100
      ? header('././@LongLink', { type: TYPE.longName, size: name.length + 1, mode: 0, mtimeMs: 0, target: '' }) +
        padded(`${name}\0`)
      : ''
  if (node.type === 'link') return long + header(name, { type: TYPE.link, size: 0, mode: 0o777, mtimeMs: 0, target: node.target })
  const about = { mode: node.mode, mtimeMs: node.mtimeMs, target: '' }
  if (node.type === 'directory') return long + header(name, { ...about, type: TYPE.directory, size: 0 })
  return long + header(name, { ...about, type: TYPE.file, size: node.data.length }) + padded(node.data)
}

/** A file, or a folder with all that is in it, in the order of names. */
function* walk(
  process: Process,
  { full, name, follows }: { full: string; name: string; follows: boolean },
  depth = 0,
): Generator<Entry> {
  const node = process.machine.fs.stat(full, follows)
  if (!node || depth > MOST_DEPTH) return
  yield { name: node.type === 'directory' && !name.endsWith('/') ? `${name}/` : name, node }
  if (node.type !== 'directory') return
  const base = name.replace(/\/$/, '')
  for (const child of process.machine.fs.list(full))
    yield* walk(process, { full: `${full}/${child}`, name: `${base}/${child}`, follows }, depth + 1)
}

const textField = (bytes: Data): Data => bytes.split('\0')[0] ?? ''
const numberField = (bytes: Data): number => Number.parseInt(textField(bytes).trim() || '0', 8)

/** @returns what is wrong with it, where something is */
function unpack(archive: Data): Entry[] | string {
  if (archive.length > 0 && archive.length < BLOCK) return 'short read'
  const entries: Entry[] = []
  let longName = ''
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const head = archive.slice(at, at + BLOCK)
    if (/^\0*$/.test(head)) break
    if (head.slice(257, 262) !== 'ustar' && !/^[0-7 ]+\0? ?$/.test(head.slice(148, 156))) return 'invalid tar magic'
    const size = numberField(head.slice(124, 136))
    const data = archive.slice(at + BLOCK, at + BLOCK + size)
    if (data.length < size) return 'short read'
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    const prefix = textField(head.slice(345, 500))
    const name = longName || (prefix ? `${prefix}/` : '') + textField(head.slice(0, 100))
    const type = head[156] ?? TYPE.file
    longName = type === TYPE.longName ? textField(data) : type === TYPE.extended ? pathOf(data) : ''
    const node = nodeOf(type, {
      data,
      mode: numberField(head.slice(100, 108)),
      mtimeMs: numberField(head.slice(136, 148)) * 1000,
      target: textField(head.slice(157, 257)),
    })
    if (node) entries.push({ name, node })
  }
  return entries
}

/** `23 path=some/long/name\n` of an extended header. */
const pathOf = (data: Data): Data => /(?:^|\n)\d+ path=([^\n]*)\n/.exec(data)?.[1] ?? ''

function nodeOf(type: string, about: { data: Data; mode: number; mtimeMs: number; target: Data }): Node | undefined {
  if (type === TYPE.directory) return { ...directory({}, about.mode), mtimeMs: about.mtimeMs }
  if (type === TYPE.link) return { type: 'link', target: about.target }
  return type === TYPE.file || type === TYPE.oldFile ? file(about.data, about.mode, about.mtimeMs) : undefined
}

async function create(process: Process, { archive, folder, operands, flags, excluded }: Invocation): Promise<number> {
  let all = ''
  let status = 0
  if (operands.length === 0) throw new WordError('empty archive')
  for (const operand of operands) {
    const full = resolve({ ...process, cwd: resolve(process, folder) }, operand)
    if (!process.machine.fs.stat(full, false)) {
      await process.stderr.write(encode(`tar: ${operand}: No such file or directory\n`))
      status = 1
    }
    const name = operand.replace(/^\/+/, '')
    if (name !== operand) await process.stderr.write("tar: removing leading '/' from member names\n")
    for (const entry of walk(process, { full, name: name || '.', follows: flags.has('h') })) {
      if (isExcluded(entry.name, excluded)) continue
      all += pack(entry)
      if (flags.has('v')) await (archive === '-' ? process.stderr : process.stdout).write(`${entry.name}\n`)
    }
  }
  if (status) await process.stderr.write('tar: error exit delayed from previous errors\n')
  all += '\0'.repeat(BLOCK * 2)
  const made = flags.has('z') ? packed(all) : all
  if (archive === '-') await process.stdout.write(made)
  else process.machine.fs.write(resolve(process, archive), made)
  return status
}

/** Where an entry goes; undefined where it would leave the folder. */
function placeOf(process: Process, folder: string, name: string): string | undefined {
  if (name.split('/').includes('..')) return undefined
  return resolve({ ...process, cwd: resolve(process, folder) }, name.replace(/^\/+/, '') || '.')
}

function put(process: Process, path: string, node: Node): void {
  const { fs } = process.machine
  const present = fs.stat(path, false)
  if (node.type === 'directory') {
    if (present?.type !== 'directory') fs.makeDirectory(path, true)
    fs.chmod(path, node.mode || 0o755)
    return
  }
  if (!fs.exists(parentOf(path))) fs.makeDirectory(parentOf(path), true)
  if (node.type === 'link') {
    if (present) fs.remove(path)
    fs.put(path, node)
    return
  }
  // Written and not put in its place, so that it counts as what the container writes.
  fs.write(path, (node as { data: Data }).data, { mode: node.mode })
  fs.chmod(path, node.mode)
  const written = fs.stat(path)
  if (written?.type === 'file') written.mtimeMs = node.mtimeMs
}

const GZIP_MAGIC = '\x1f\x8b'

/** What an archive holds, packed or not. @throws WordError */
function entriesIn(data: Data): Entry[] {
  const plain = data.startsWith(GZIP_MAGIC) ? unpacked(data) : data
  const entries = plain === undefined ? 'invalid gzip magic' : unpack(plain)
  if (typeof entries === 'string') throw new WordError(entries)
  return entries
}

const stripOf = (name: string, parts: number): string => name.split('/').slice(parts).join('/')

/** As it is put in its place: with the time of now and without what the umask takes where that is asked for. */
function wanted(node: Node, { flags }: Invocation, nowMs: number): Node {
  if (node.type === 'link') return node
  const mode = flags.has('no-same-permissions') ? node.mode & ~0o022 : node.mode
  return { ...node, mode, mtimeMs: flags.has('m') ? nowMs : node.mtimeMs }
}

async function extract(process: Process, invocation: Invocation): Promise<number> {
  const { archive, folder, action, operands, flags, excluded, stripped } = invocation
  const { fs, clock } = process.machine
  const entries = entriesIn(archive === '-' ? await readAll(process.stdin) : await readFile(process, archive))
  const isWanted = (name: string) =>
    operands.length === 0 || operands.some((operand) => name === operand || name.startsWith(`${operand.replace(/\/$/, '')}/`))
  for (const { name, node } of entries.filter((entry) => isWanted(entry.name) && !isExcluded(entry.name, excluded))) {
    const shown = stripOf(name, stripped)
    if (!shown) continue
    if (action === 't' || flags.has('v'))
      await process.stdout.write(`${action === 't' && flags.has('v') ? longLine(node) : ''}${shown}\n`)
    if (action === 't') continue
    const place = placeOf(process, folder, shown)
    if (flags.has('O')) await (node.type === 'file' ? process.stdout.write(node.data) : undefined)
    else if (place && !(flags.has('k') && fs.exists(place))) put(process, place, wanted(node, invocation, clock.now()))
  }
  return 0
}

/** `-tv`: as `ls -l` has it. */
function longLine(node: Node): string {
  const time = node.type === 'link' ? 0 : node.mtimeMs
  const size = node.type === 'file' ? node.data.length : 0
  return `${modeText(node)} root/root ${String(size).padStart(9)} ${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} `
}

const tar: Program = command(
  (process, args) => {
    const invocation = readInvocation(args)
    return invocation.action === 'c' ? create(process, invocation) : extract(process, invocation)
  },
  { usage: `c|x|t ${USAGE.replace('[-ctxzvhokmpO]', '[-zvhokmpO]')}` },
)

export const archiveCommands: Record<string, Program> = { tar }
