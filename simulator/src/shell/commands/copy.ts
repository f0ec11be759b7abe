/** cp, mv and ln. */
import { baseName, type FileSystem, type Node, normalize } from '../../containers/file-system.js'
import type { Process, Program } from '../../containers/process.js'
import { agrees, applet, complain, type Options, resolve, UsageError } from './command.js'

interface Move {
  source: string
  /** Where it goes, and both as they were named. */
  target: string
  shown: { source: string; target: string }
}

/** What goes where: the last operand, or `-t`, is where to. */
function movesOf(process: Process, { values, flags, operands }: Options): Move[] {
  const { fs } = process.machine
  const folder = values.get('t')
  const sources = folder === undefined ? operands.slice(0, -1) : operands
  const last = folder ?? operands.at(-1) ?? ''
  if (sources.length === 0) throw new UsageError('')
  const isInto = folder !== undefined || sources.length > 1 || (fs.isDirectory(resolve(process, last)) && !flags.has('T'))
  return sources.map((source) => {
    const name = baseName(source.replace(/\/+$/, '')) || '.'
    const target = isInto ? `${last.replace(/\/$/, '')}/${name}` : last
    return { source: resolve(process, source), target: resolve(process, target), shown: { source, target } }
  })
}

const timeOf = (node: Node | undefined): number => (node && node.type !== 'link' ? node.mtimeMs : 0)

/** Whether what is there already gives way. */
async function mayReplace(process: Process, { source, target, shown }: Move, flags: Set<string>): Promise<boolean> {
  const { fs } = process.machine
  const present = fs.stat(target, false)
  if (!present || present.type === 'directory') return true
  if (flags.has('n')) return false
  if (flags.has('u') && timeOf(present) >= timeOf(fs.stat(source))) return false
  return !flags.has('i') || agrees(process, `overwrite '${shown.target}'`)
}

const isDeep = (flags: Set<string>): boolean => ['r', 'R', 'a'].some((flag) => flags.has(flag))

/** What is to be put there: a copy with the time of now, unless it is to be kept. */
function copied(fs: FileSystem, source: string, flags: Set<string>): Node {
  if (flags.has('s')) return { type: 'link', target: source }
  const keepsLinks = ['d', 'P', 'a'].some((flag) => flags.has(flag))
  const node = fs.stat(source, !keepsLinks)
  if (node?.type === 'link' || (node && flags.has('l'))) return node
  const copy = fs.copyOf(source)
  if (!flags.has('p') && !flags.has('a')) touchAll(copy, fs.options.now())
  return copy
}

function touchAll(node: Node, nowMs: number): void {
  if (node.type === 'link') return
  node.mtimeMs = nowMs
  if (node.type === 'directory') for (const child of node.entries.values()) touchAll(child, nowMs)
}

/** Folders are merged, as far as one is there already; a file that is there keeps its own node. */
function put(fs: FileSystem, target: string, node: Node): void {
  const present = fs.stat(target)
  if (node.type === 'directory' && present?.type === 'directory')
    for (const [name, child] of node.entries) put(fs, normalize(name, target), child)
  else if (node.type === 'file' && present?.type === 'file' && !node.zeros) {
    fs.write(target, node.data)
    present.mtimeMs = node.mtimeMs
  } else fs.put(target, node)
}

async function copyOne(process: Process, move: Move, flags: Set<string>): Promise<string | undefined> {
  const { fs } = process.machine
  const { source, target, shown } = move
  const node = fs.stat(source)
  if (!node) return `can't stat '${shown.source}': No such file or directory`
  if (node === fs.stat(target)) return `'${shown.source}' and '${shown.target}' are the same file`
  if (node.type === 'directory' && !isDeep(flags)) return `omitting directory '${shown.source}'`
  if (node.type === 'directory' && target.startsWith(`${source}/`))
    return `recursion detected, omitting directory '${shown.source}'`
  if (await mayReplace(process, move, flags)) put(fs, target, copied(fs, source, flags))
  return undefined
}

async function moveOne(process: Process, move: Move, flags: Set<string>): Promise<string | undefined> {
  const { fs } = process.machine
  const { source, target, shown } = move
  const node = fs.stat(source, false)
  if (!node) return `can't rename '${shown.source}': No such file or directory`
  if (source === target) return `'${shown.source}' and '${shown.target}' are the same file`
  if (target.startsWith(`${source}/`)) return `can't rename '${shown.source}': Invalid argument`
  const present = fs.stat(target, false)
  if (present?.type === 'directory' && fs.list(target).length > 0) return `can't rename '${shown.source}': Directory not empty`
  if (!(await mayReplace(process, move, flags))) return undefined
  fs.put(target, node)
  fs.remove(source, true)
  return undefined
}

const each = (one: typeof copyOne) => async (process: Process, options: Options) => {
  let status = 0
  for (const move of movesOf(process, options)) {
    const fault = await one(process, move, options.flags)
    if (fault !== undefined) {
      complain(process, fault)
      status = 1
    } else if (options.flags.has('v')) await process.stdout.write(`'${move.shown.source}' -> '${move.shown.target}'\n`)
  }
  return status
}

const LONG = {
  recursive: 'r',
  archive: 'a',
  force: 'f',
  interactive: 'i',
  'no-clobber': 'n',
  'target-directory': 't',
  update: 'u',
  verbose: 'v',
}

export const cp: Program = applet('[-arRPdpfinlsTuv] [-t DIR] SOURCE... DEST', each(copyOne), {
  long: { ...LONG, 'symbolic-link': 's', link: 'l' },
  least: 1,
})
export const mv: Program = applet('[-finTuv] [-t DIR] SOURCE... DEST', each(moveOne), { long: LONG, least: 1 })

/** Where a link goes: into a folder, unless it is to take its place. */
function linkPath(process: Process, { flags, operands }: Options, target: string): string {
  const { fs } = process.machine
  const name = operands.length > 1 ? (operands.at(-1) ?? '') : baseName(target)
  const full = resolve(process, name)
  const isLink = fs.stat(full, false)?.type === 'link'
  if (operands.length < 2 || !fs.isDirectory(full) || flags.has('T') || (isLink && flags.has('n'))) return full
  return normalize(baseName(target.replace(/\/+$/, '')), full)
}

export const ln: Program = applet(
  '[-sfnTv] TARGET... LINK|DIR',
  async (process, options) => {
    const { flags, operands } = options
    const { fs } = process.machine
    for (const target of operands.length > 1 ? operands.slice(0, -1) : operands) {
      const path = linkPath(process, options, target)
      const node = flags.has('s') ? undefined : fs.stat(resolve(process, target))
      if (!flags.has('s') && (!node || node.type === 'directory')) {
        complain(process, `${target}: ${node ? 'Operation not permitted' : 'No such file or directory'}`)
        return 1
      }
      const present = fs.stat(path, false)
      if (present && !flags.has('f')) {
        complain(process, `${operands.at(-1)}: File exists`)
        return 1
      }
      if (present) fs.remove(path)
      fs.put(path, node ?? { type: 'link', target })
      if (flags.has('v')) await process.stdout.write(`'${path}' -> '${target}'\n`)
    }
    return 0
  },
  { long: { symbolic: 's', force: 'f', 'no-dereference': 'n' }, least: 1 },
)
