/** df, du and mount: what the file systems of a container hold. The disk is the node's; what is in memory is a tmpfs. */
import { diskBytes, type FileSystem, type MountPoint, type Node } from '../../containers/file-system.js'
import type { Process, Program } from '../../containers/process.js'
import { command, complain, readOptions, resolve } from './command.js'

const KIBI = 1024
/** The disk of a simulated node, and what its system takes of it. */
const DISK_KIB = 100 * KIBI * KIBI
const SYSTEM_KIB = 4 * KIBI * KIBI
/** Without a limit of its own a tmpfs may fill half of the node's memory. */
const MEMORY_KIB = 4 * KIBI * KIBI
const BLOCK_KIB = 4

const blocksOf = (node: Node): number => diskBytes(node) / KIBI

/** As BusyBox shortens it: `3.9G`, `64.0M`, `512`. */
function human(kib: number): string {
  const units = ['K', 'M', 'G', 'T']
  let value = kib
  let unit = 0
  for (; value >= KIBI && unit < units.length - 1; unit++) value /= KIBI
  return kib === 0 ? '0' : `${value.toFixed(1)}${units[unit]}`
}

const amount = (kib: number, flags: Set<string>): string =>
  flags.has('h') ? human(kib) : String(flags.has('m') ? Math.round(kib / KIBI) : kib)

interface Room {
  name: string
  total: number
  used: number
  path: string
}

function roomOf(fs: FileSystem, { path, source, type, root, limitBytes }: MountPoint): Room {
  if (type === 'tmpfs') {
    const total = limitBytes === undefined ? MEMORY_KIB : Math.ceil(limitBytes / KIBI)
    return { name: source, total, used: blocksOf(root) - BLOCK_KIB, path }
  }
  // Everything on the disk of the node sees the whole of it.
  const { freeBytes } = fs.options
  if (freeBytes) return { name: source, total: DISK_KIB, used: DISK_KIB - Math.floor(freeBytes() / KIBI), path }
  const onDisk = fs.mountPoints().filter((each) => each.type !== 'tmpfs')
  return { name: source, total: DISK_KIB, used: onDisk.reduce((sum, each) => sum + blocksOf(each.root), SYSTEM_KIB), path }
}

function rowOf({ name, total, used, path }: Room, flags: Set<string>): string {
  const free = Math.max(0, total - used)
  const share = total === 0 ? 0 : Math.ceil((100 * used) / total)
  const columns = [total, used, free].map((kib) => amount(kib, flags).padStart(9)).join(' ')
  const head = name.length > 20 ? `${name}\n${''.padEnd(20)}` : name.padEnd(20)
  return `${head} ${columns} ${String(share).padStart(3)}% ${path}\n`
}

const df = command(async (process, args) => {
  const { flags, operands } = readOptions(args)
  const { fs } = process.machine
  const points = fs.mountPoints()
  let status = 0
  const shown = operands.flatMap((operand) => {
    const path = resolve(process, operand)
    if (fs.exists(path)) return [fs.mountPointOf(path)]
    complain(process, `${operand}: can't find mount point`)
    status = 1
    return []
  })
  const unit = flags.has('h') ? '     Size' : flags.has('m') ? '1M-blocks' : '1K-blocks'
  await process.stdout.write(`Filesystem           ${unit.padEnd(15)}Used Available Use% Mounted on\n`)
  for (const point of operands.length > 0 ? shown : points) await process.stdout.write(rowOf(roomOf(fs, point), flags))
  return status
})

const du = command(async (process, args) => {
  const { flags, values, operands } = readOptions(args, ['d', 'max-depth'])
  const { fs } = process.machine
  const deepest = flags.has('s') ? 0 : Number(values.get('d') ?? values.get('max-depth') ?? Number.POSITIVE_INFINITY)
  const lines: string[] = []
  const sizeBelow = (path: string, depth: number): number => {
    const node = fs.stat(path, false)
    if (!node) return 0
    const names = node.type === 'directory' ? fs.list(path) : []
    const own = node.type === 'directory' ? BLOCK_KIB : blocksOf(node)
    const size = names.reduce((sum, name) => sum + sizeBelow(`${path === '/' ? '' : path}/${name}`, depth + 1), own)
    if (depth <= deepest && (depth === 0 || node.type === 'directory' || flags.has('a')))
      lines.push(`${amount(size, flags)}\t${path}\n`)
    return size
  }
  let status = 0
  let total = 0
  for (const operand of operands.length > 0 ? operands : ['.']) {
    const full = resolve(process, operand)
    if (!fs.exists(full)) {
      complain(process, `${operand}: No such file or directory`)
      status = 1
      continue
    }
    total += sizeBelow(full, 0)
    // Told by the name that was asked for.
    for (const line of lines.splice(0)) await process.stdout.write(line.replace(`\t${full}`, `\t${operand}`))
  }
  if (flags.has('c')) await process.stdout.write(`${amount(total, flags)}\ttotal\n`)
  return status
})

/** What a runtime mounts into every container beside its volumes. */
const SYSTEM_MOUNTS = `proc on /proc type proc (rw,nosuid,nodev,noexec,relatime)
tmpfs on /dev type tmpfs (rw,nosuid,size=65536k,mode=755,inode64)
devpts on /dev/pts type devpts (rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666)
mqueue on /dev/mqueue type mqueue (rw,nosuid,nodev,noexec,relatime)
sysfs on /sys type sysfs (ro,nosuid,nodev,noexec,relatime)
cgroup on /sys/fs/cgroup type cgroup2 (ro,nosuid,nodev,noexec,relatime)
`

const lineOf = ({ path, source, type, readOnly }: MountPoint): string =>
  `${source} on ${path} type ${type} (${readOnly ? 'ro' : 'rw'},relatime)\n`

const mount: Program = async (process: Process) => {
  const args = process.argv.slice(1)
  const { values, operands } = readOptions(args, ['t', 'o'])
  if (operands.length > 0) {
    await process.stderr.write(`mount: permission denied (are you root?)\n`)
    return 1
  }
  const [first, ...others] = process.machine.fs.mountPoints()
  const lines = `${first ? lineOf(first) : ''}${SYSTEM_MOUNTS}${others.map(lineOf).join('')}`.split(/(?<=\n)/)
  const type = values.get('t')
  await process.stdout.write(lines.filter((line) => !type || line.includes(` type ${type} `)).join(''))
  return 0
}

export const storageCommands: Record<string, Program> = { df, du, mount }
