/** ls and stat: what the file system tells of its files. They have no owners: all of them are root's. */
import { baseName, fileBytes, type Node, normalize } from '../../containers/file-system.js'
import type { Process } from '../../containers/process.js'
import { decode } from '../../containers/stream.js'
import { applet, complain, type Options, resolve, WordError, wholeNumber } from './command.js'

const sizeOf = (node: Node): number => (node.type === 'file' ? fileBytes(node) : node.type === 'link' ? node.target.length : 4096)
const modeOf = (node: Node): number => (node.type === 'link' ? 0o777 : node.mode)
const timeOf = (node: Node, nowMs: number): number => (node.type === 'link' || !node.mtimeMs ? nowMs : node.mtimeMs)

export function modeText(node: Node): string {
  const mode = modeOf(node)
  const bits = [...'rwxrwxrwx'].map((letter, index) => (mode & (1 << (8 - index)) ? letter : '-')).join('')
  return (node.type === 'directory' ? 'd' : node.type === 'link' ? 'l' : '-') + bits
}

/** A number for each path. */
const inodeOf = (path: string): string =>
  String([...normalize(path)].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9_999_991, 7))

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function dateText(node: Node, nowMs: number): string {
  const time = new Date(timeOf(node, nowMs))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${MONTHS[time.getUTCMonth()]} ${String(time.getUTCDate()).padStart(2, ' ')} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`
}

/** As BusyBox shortens it: `1.5K`, `24`. */
function human(bytes: number): string {
  const units = ['', 'K', 'M', 'G', 'T']
  let value = bytes
  let unit = 0
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return unit === 0 ? String(bytes) : `${value.toFixed(1)}${units[unit]}`
}

interface Entry {
  name: string
  node: Node
}

/** An extension and what stands before it, compared in this order. */
const byExtension = (name: string): string => `${/\.[^.]*$/.exec(name)?.[0] ?? ''}\0${name}`

class Listing {
  constructor(
    readonly process: Process,
    readonly flags: Set<string>,
    readonly layout: Layout,
  ) {}

  #has(letters: string): boolean {
    return [...letters].some((letter) => this.flags.has(letter))
  }

  #mark(node: Node): string {
    if (node.type === 'directory') return this.#has('Fp') ? '/' : ''
    if (!this.flags.has('F')) return ''
    return node.type === 'link' ? '@' : node.mode & 0o111 ? '*' : ''
  }

  /** What stands before the name. */
  #before({ name, node }: Entry): string {
    const number = this.flags.has('i') ? `${inodeOf(name).padStart(7)} ` : ''
    const blocks = this.flags.has('s') ? `${String(Math.ceil(sizeOf(node) / 4096) * 4).padStart(6)} ` : ''
    if (!this.#has('ln')) return number + blocks
    const size = this.flags.has('h') ? human(sizeOf(node)) : String(sizeOf(node))
    const date = this.flags.has('full-time')
      ? stamp(timeOf(node, this.process.machine.clock.now()))
      : dateText(node, this.process.machine.clock.now())
    const owner = this.flags.has('n') ? '0        0       ' : 'root     root    '
    return `${number}${blocks}${modeText(node)} ${String(node.type === 'directory' ? 2 : 1).padStart(4)} ${owner} ${size.padStart(9)} ${date} `
  }

  #line(entry: Entry): string {
    const target = entry.node.type === 'link' && this.#has('ln') ? ` -> ${entry.node.target}` : ''
    const name = this.layout.colored ? colored(entry) : entry.name
    return `${this.#before(entry)}${name}${this.#mark(entry.node)}${target}`
  }

  #sorted(entries: Entry[]): Entry[] {
    const now = this.process.machine.clock.now()
    const result = [...entries]
    if (this.flags.has('S')) result.sort((a, b) => sizeOf(b.node) - sizeOf(a.node))
    else if (this.flags.has('t')) result.sort((a, b) => timeOf(b.node, now) - timeOf(a.node, now))
    else if (this.flags.has('X')) result.sort((a, b) => (byExtension(a.name) < byExtension(b.name) ? -1 : 1))
    else if (this.flags.has('v')) result.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
    if (this.flags.has('r')) result.reverse()
    if (this.flags.has('group-directories-first'))
      result.sort((a, b) => Number(b.node.type === 'directory') - Number(a.node.type === 'directory'))
    return result
  }

  async show(entries: Entry[], withTotal: boolean): Promise<void> {
    const total = withTotal && this.#has('lns') ? `total ${entries.length * 4}\n` : ''
    const lines = this.#sorted(entries).map((entry) => this.#line(entry))
    const { width } = this.layout
    const shown = width === undefined ? lines : inColumns(lines, width, this.flags.has('x'))
    await this.process.stdout.write(total + shown.map((line) => `${line}\n`).join(''))
  }

  async folder(path: string, shown: string, titled: boolean): Promise<void> {
    const { fs } = this.process.machine
    const entries = fs
      .list(path)
      .filter((name) => this.flags.has('a') || this.flags.has('A') || !name.startsWith('.'))
      .flatMap((name) => {
        const node = fs.stat(normalize(name, path), this.flags.has('L'))
        return node ? [{ name, node }] : []
      })
    const dots = ['.', '..'].flatMap((name) => {
      const node = fs.stat(normalize(name, path))
      return this.flags.has('a') && node ? [{ name, node }] : []
    })
    if (titled) await this.process.stdout.write(`${shown}:\n`)
    await this.show([...dots, ...entries], true)
    if (!this.flags.has('R')) return
    for (const { name, node } of entries) {
      if (node.type !== 'directory') continue
      await this.process.stdout.write('\n')
      await this.folder(normalize(name, path), `${shown.replace(/\/$/, '')}/${name}`, true)
    }
  }
}

const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g')
/** As a terminal shows it: without what only changes its colour. */
const widthIn = (text: string): number => decode(text).replace(COLOUR, '').length

/** As many columns of one width as fit, filled from top to bottom, or line by line. */
function inColumns(names: string[], width: number, across: boolean): string[] {
  const column = Math.max(0, ...names.map(widthIn)) + 2
  const count = Math.max(1, Math.floor(width / column))
  const rows = Math.ceil(names.length / count)
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: count }, (_, index) => names[across ? row * count + index : index * rows + row])
      .filter((name) => name !== undefined)
      .map((name, index, all) => (index === all.length - 1 ? name : name + ' '.repeat(column - widthIn(name))))
      .join(''),
  )
}

const COLOURS = { directory: '1;34', link: '1;36', program: '1;32', file: '0;0' }
const colored = ({ name, node }: Entry): string =>
  `\x1b[${COLOURS[node.type === 'file' && node.mode & 0o111 ? 'program' : node.type]}m${name}\x1b[m`

interface Layout {
  /** How wide columns of names may be together; undefined where each name has a line of its own. */
  width: number | undefined
  colored: boolean
}

/** Columns and colours are for who looks at a terminal, or asks for them. @throws WordError */
function layoutOf({ terminal, stdout }: Process, { flags, values }: Options): Layout {
  const given = values.has('w') ? wholeNumber(values.get('w') ?? '') : undefined
  const when = values.get('color') ?? (flags.has('color') ? 'always' : 'auto')
  if (!['always', 'auto', 'never'].includes(when)) throw new WordError(`invalid argument '${when}' to '--color'`)
  const isAlone = ['1', 'l', 'n'].some((flag) => flags.has(flag))
  const isInColumns = stdout.isTerminal || flags.has('C') || flags.has('x') || given
  return {
    width: isInColumns && !isAlone ? given || terminal?.columns || 80 : undefined,
    colored: when === 'always' || (when === 'auto' && stdout.isTerminal === true),
  }
}

/** Folders are listed, unless they themselves are asked about. */
const isListed = ({ node, own }: { node: Node | undefined; own: Node | undefined }, flags: Set<string>): boolean =>
  node?.type === 'directory' && !flags.has('d') && !(own?.type === 'link' && flags.has('l') && !flags.has('H') && !flags.has('L'))

export const ls = applet(
  '[-1AaCdFHhilLnpRrSstvXx] [-w N] [--full-time] [--group-directories-first] [--color[=WHEN]] [FILE]...',
  async (process, options) => {
    const { flags, operands } = options
    const { fs } = process.machine
    if (flags.has('full-time')) flags.add('l')
    const listing = new Listing(process, flags, layoutOf(process, options))
    const targets = operands.length > 0 ? operands : ['.']
    const found = targets.map((name) => ({
      name,
      node: fs.stat(resolve(process, name)),
      own: fs.stat(resolve(process, name), flags.has('L')),
    }))
    for (const { name, own } of found) if (!own) complain(process, `${name}: No such file or directory`)
    const files = found.filter((each) => each.own && !isListed(each, flags))
    await listing.show(
      files.map(({ name, own }) => ({ name, node: own as Node })),
      false,
    )
    for (const [index, { name }] of found.filter((each) => isListed(each, flags)).entries()) {
      if (index > 0 || files.length > 0) await process.stdout.write('\n')
      await listing.folder(resolve(process, name), name, targets.length > 1 || flags.has('R'))
    }
    return found.some(({ own }) => !own) ? 1 : 0
  },
  {
    long: {
      all: 'a',
      'almost-all': 'A',
      recursive: 'R',
      reverse: 'r',
      'human-readable': 'h',
      inode: 'i',
      directory: 'd',
      size: 's',
    },
  },
)

const stamp = (ms: number): string => `${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)}.000000000 +0000`

export const stat = applet(
  '[-L] [-c FMT] FILE...',
  async (process, { operands, values, flags }) => {
    let status = 0
    for (const path of operands) {
      const node = process.machine.fs.stat(resolve(process, path), flags.has('L'))
      if (!node) {
        complain(process, `can't stat '${path}': No such file or directory`)
        status = 1
        continue
      }
      const fields = fieldsOf(path, node, process)
      const format = values.get('c') ?? DEFAULT_STAT
      await process.stdout.write(`${format.replace(/%([a-zA-Z%])/g, (all, letter: string) => fields[letter] ?? all)}\n`)
    }
    return status
  },
  { long: { format: 'c', dereference: 'L' } },
)

const DEFAULT_STAT = [
  '  File: %N',
  '  Size: %s\tBlocks: %b\tIO Block: 4096   %F',
  'Device: 2ah/42d\tInode: %i\tLinks: %h',
  'Access: (%P/%A)  Uid: (    0/    root)   Gid: (    0/    root)',
  'Access: %y',
  'Modify: %y',
  'Change: %y',
].join('\n')

function fieldsOf(path: string, node: Node, { machine }: Process): Record<string, string> {
  const size = sizeOf(node)
  const timeMs = timeOf(node, machine.clock.now())
  const kinds = { directory: 'directory', link: 'symbolic link', file: size === 0 ? 'regular empty file' : 'regular file' }
  return {
    '%': '%',
    n: path,
    N: node.type === 'link' ? `'${path}' -> '${node.target}'` : path,
    s: String(size),
    b: String(Math.ceil(size / 4096) * 8),
    i: inodeOf(path),
    h: node.type === 'directory' ? '2' : '1',
    F: kinds[node.type],
    a: modeOf(node).toString(8),
    P: modeOf(node).toString(8).padStart(4, '0'),
    A: modeText(node),
    U: 'root',
    G: 'root',
    u: '0',
    g: '0',
    y: stamp(timeMs),
    Y: String(Math.floor(timeMs / 1000)),
    m: machine.fs.mountPointOf(resolve({ cwd: '/' } as Process, path)).path,
    B: baseName(path),
  }
}
