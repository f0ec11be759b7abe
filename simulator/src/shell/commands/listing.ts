/** ls and stat: what the file system tells of its files. They have no owners: all of them are root's. */
import { baseName, FileError, fileBytes, type Node, normalize } from '../../containers/file-system.js'
import type { Process } from '../../containers/process.js'
import { command, complain, readOptions, resolve } from './command.js'

const sizeOf = (node: Node): number => (node.type === 'file' ? fileBytes(node) : node.type === 'link' ? node.target.length : 4096)
const modeOf = (node: Node): number => (node.type === 'link' ? 0o777 : node.mode)
const timeOf = (node: Node, nowMs: number): number => (node.type === 'link' || !node.mtimeMs ? nowMs : node.mtimeMs)

function modeText(node: Node): string {
  const mode = modeOf(node)
  const bits = [...'rwxrwxrwx'].map((letter, index) => (mode & (1 << (8 - index)) ? letter : '-')).join('')
  return (node.type === 'directory' ? 'd' : node.type === 'link' ? 'l' : '-') + bits
}

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

class Listing {
  constructor(
    readonly process: Process,
    readonly flags: Set<string>,
  ) {}

  #line({ name, node }: Entry): string {
    const target = node.type === 'link' && this.flags.has('l') ? ` -> ${node.target}` : ''
    const mark = this.flags.has('F') || this.flags.has('p') ? (node.type === 'directory' ? '/' : '') : ''
    if (!this.flags.has('l')) return `${name}${mark}\n`
    const size = this.flags.has('h') ? human(sizeOf(node)) : String(sizeOf(node))
    const date = dateText(node, this.process.machine.clock.now())
    return `${modeText(node)} ${String(node.type === 'directory' ? 2 : 1).padStart(4)} root     root     ${size.padStart(9)} ${date} ${name}${mark}${target}\n`
  }

  #sorted(entries: Entry[]): Entry[] {
    const now = this.process.machine.clock.now()
    const result = [...entries]
    if (this.flags.has('S')) result.sort((a, b) => sizeOf(b.node) - sizeOf(a.node))
    else if (this.flags.has('t')) result.sort((a, b) => timeOf(b.node, now) - timeOf(a.node, now))
    return this.flags.has('r') ? result.reverse() : result
  }

  async show(entries: Entry[], withTotal: boolean): Promise<void> {
    const total = withTotal && this.flags.has('l') ? `total ${entries.length * 4}\n` : ''
    await this.process.stdout.write(
      total +
        this.#sorted(entries)
          .map((entry) => this.#line(entry))
          .join(''),
    )
  }

  async folder(path: string, shown: string, titled: boolean): Promise<void> {
    const { fs } = this.process.machine
    const entries = fs
      .list(path)
      .filter((name) => this.flags.has('a') || this.flags.has('A') || !name.startsWith('.'))
      .flatMap((name) => {
        const node = fs.stat(normalize(name, path), false)
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

export const ls = command(async (process, args) => {
  const { flags, operands } = readOptions(args)
  const { fs } = process.machine
  const listing = new Listing(process, flags)
  const targets = operands.length > 0 ? operands : ['.']
  const found = targets.map((name) => ({
    name,
    node: fs.stat(resolve(process, name)),
    own: fs.stat(resolve(process, name), false),
  }))
  for (const { name, own } of found) if (!own) complain(process, `${name}: No such file or directory`)
  const isFolder = ({ node, own }: (typeof found)[number]) =>
    node?.type === 'directory' && !flags.has('d') && !(own?.type === 'link' && flags.has('l'))
  const files = found.filter((each) => each.own && !isFolder(each))
  await listing.show(
    files.map(({ name, own }) => ({ name, node: own as Node })),
    false,
  )
  for (const [index, { name }] of found.filter(isFolder).entries()) {
    if (index > 0 || files.length > 0) await process.stdout.write('\n')
    await listing.folder(resolve(process, name), name, targets.length > 1 || flags.has('R'))
  }
  return found.some(({ own }) => !own) ? 1 : 0
})

const stamp = (ms: number): string => `${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)}.000000000 +0000`

export const stat = command(async (process, args) => {
  const { operands, values, flags } = readOptions(args, ['c'])
  for (const path of operands) {
    const node = process.machine.fs.stat(resolve(process, path), flags.has('L'))
    if (!node) throw new FileError('ENOENT', path)
    const fields = fieldsOf(path, node, process)
    const format = values.get('c') ?? DEFAULT_STAT
    await process.stdout.write(`${format.replace(/%([a-zA-Z%])/g, (all, letter: string) => fields[letter] ?? all)}\n`)
  }
  return 0
})

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
    i: String(
      [...resolve({ cwd: '/' } as Process, path)].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9_999_991, 7),
    ),
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
