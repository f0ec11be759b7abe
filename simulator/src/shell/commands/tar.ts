/** `tar`: create, list and extract, as far as `kubectl cp` and a learner use it. Archives are in the ustar format. */
import { directory, file, type Node, parentOf } from '../../containers/file-system.js'
import type { Process, Program } from '../../containers/process.js'
import { type Data, encode, readAll } from '../../containers/stream.js'
import { command, readFile, readOptions, resolve } from './command.js'

const BLOCK = 512
const TYPE = { file: '0', oldFile: '\0', link: '2', directory: '5', longName: 'L', extended: 'x' } as const
/** Folders within folders: deeper ones are a mistake. */
const MOST_DEPTH = 64

interface Entry {
  name: string
  node: Node
}

/** `C` folder, `f` archive; the action is the letter c, t or x, which may come without a dash. */
interface Invocation {
  action: 'c' | 't' | 'x'
  archive: string
  folder: string
  isVerbose: boolean
  operands: string[]
}

function readInvocation(args: string[]): Invocation | undefined {
  const [first = '', ...rest] = args
  const isBundle = /^[a-zA-Z]+$/.test(first)
  const { flags, values, operands } = readOptions(isBundle ? [`-${first}`, ...rest] : args, ['f', 'C'])
  const action = (['c', 't', 'x'] as const).find((letter) => flags.has(letter))
  if (!action) return undefined
  return { action, archive: values.get('f') ?? '-', folder: values.get('C') ?? '.', isVerbose: flags.has('v'), operands }
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
function* walk(process: Process, full: string, name: string, depth = 0): Generator<Entry> {
  const node = process.machine.fs.stat(full, false)
  if (!node || depth > MOST_DEPTH) return
  yield { name: node.type === 'directory' && !name.endsWith('/') ? `${name}/` : name, node }
  if (node.type !== 'directory') return
  const base = name.replace(/\/$/, '')
  for (const child of process.machine.fs.list(full)) yield* walk(process, `${full}/${child}`, `${base}/${child}`, depth + 1)
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

async function create(process: Process, { archive, folder, operands, isVerbose }: Invocation): Promise<number> {
  let all = ''
  let status = 0
  for (const operand of operands) {
    const full = resolve({ ...process, cwd: resolve(process, folder) }, operand)
    if (!process.machine.fs.stat(full, false)) {
      await process.stderr.write(encode(`tar: ${operand}: No such file or directory\n`))
      status = 1
    }
    const name = operand.replace(/^\/+/, '')
    if (name !== operand) await process.stderr.write("tar: removing leading '/' from member names\n")
    for (const entry of walk(process, full, name || '.')) {
      all += pack(entry)
      if (isVerbose) await process.stderr.write(`${entry.name}\n`)
    }
  }
  if (status) await process.stderr.write('tar: error exit delayed from previous errors\n')
  all += '\0'.repeat(BLOCK * 2)
  if (archive === '-') await process.stdout.write(all)
  else process.machine.fs.write(resolve(process, archive), all)
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
}

async function extract(process: Process, { archive, folder, action, operands, isVerbose }: Invocation): Promise<number> {
  const entries = unpack(archive === '-' ? await readAll(process.stdin) : await readFile(process, archive))
  if (typeof entries === 'string') {
    await process.stderr.write(`tar: ${entries}\n`)
    return 1
  }
  const isWanted = (name: string) =>
    operands.length === 0 || operands.some((operand) => name === operand || name.startsWith(`${operand.replace(/\/$/, '')}/`))
  for (const { name, node } of entries.filter((entry) => isWanted(entry.name))) {
    if (action === 't' || isVerbose) await process.stdout.write(`${name}\n`)
    const place = placeOf(process, folder, name)
    if (action === 'x' && place) put(process, place, node)
  }
  return 0
}

const tar: Program = command(async (process, args) => {
  const invocation = readInvocation(args)
  if (!invocation) {
    await process.stderr.write('tar: must specify at least one of cxt\n')
    return 1
  }
  return invocation.action === 'c' ? create(process, invocation) : extract(process, invocation)
})

export const archiveCommands: Record<string, Program> = { tar }
