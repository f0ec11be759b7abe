/** df, du and mount: what the file systems of a container hold. The disk is the node's; what is in memory is a tmpfs. */
import { diskBytes, type FileSystem, type MountPoint, type Node } from '../../containers/file-system.js'
import type { Program } from '../../containers/process.js'
import { applet, complain, resolve, WordError, wholeNumber } from './command.js'

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

function rowOf({ name, total, used, path }: Room, { flags, type }: { flags: Set<string>; type: string }): string {
  const free = Math.max(0, total - used)
  const share = total === 0 ? 0 : Math.ceil((100 * used) / total)
  const columns = [total, used, free].map((kib) => amount(kib, flags).padStart(9)).join(' ')
  const head = name.length > 20 && !flags.has('P') ? `${name}\n${''.padEnd(20)}` : name.padEnd(20)
  return `${head} ${flags.has('T') ? `${type.padEnd(10)} ` : ''}${columns} ${String(share).padStart(3)}% ${path}\n`
}

function headOf(flags: Set<string>): string {
  const unit = flags.has('h') ? '     Size' : flags.has('m') ? '1M-blocks' : flags.has('P') ? '1024-blocks' : '1K-blocks'
  const use = flags.has('P') && !flags.has('h') ? 'Capacity' : 'Use%'
  return `Filesystem           ${flags.has('T') ? 'Type       ' : ''}${unit.padEnd(15)}Used Available ${use} Mounted on\n`
}

const df = applet(
  '[-PkmhT] [-t TYPE] [FILESYSTEM]...',
  async (process, { flags, values, operands }) => {
    const { fs } = process.machine
    const wanted = values.get('t')
    let status = 0
    const shown = operands.flatMap((operand) => {
      const path = resolve(process, operand)
      if (fs.exists(path)) return [fs.mountPointOf(path)]
      complain(process, `${operand}: can't find mount point`)
      status = 1
      return []
    })
    await process.stdout.write(headOf(flags))
    for (const point of operands.length > 0 ? shown : fs.mountPoints())
      if (wanted === undefined || point.type === wanted)
        await process.stdout.write(rowOf(roomOf(fs, point), { flags, type: point.type }))
    return status
  },
  { long: { 'human-readable': 'h', 'print-type': 'T', portability: 'P', type: 't' } },
)

const DU = '[-achkms] [-d N] [FILE]...'
const du = applet(
  DU,
  async (process, { flags, values, operands }) => {
    const { fs } = process.machine
    const deepest = flags.has('s') ? 0 : values.has('d') ? wholeNumber(values.get('d') ?? '') : Number.POSITIVE_INFINITY
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
  },
  { long: { all: 'a', total: 'c', 'human-readable': 'h', summarize: 's', 'max-depth': 'd' } },
)

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

/** Nobody in a container may mount, whatever the options. */
const mount: Program = applet(
  '[-afrvnw] [-t FSTYPE] [-o OPT] [-O OPT] [-T FILE] [DEVICE] [NODE]',
  async (process, { flags, values, operands }) => {
    if (operands.length > 0) throw new WordError('permission denied (are you root?)')
    if (flags.has('a')) throw new WordError(`can't read '${values.get('T') ?? '/etc/fstab'}': No such file or directory`)
    const [first, ...others] = process.machine.fs.mountPoints()
    const lines = `${first ? lineOf(first) : ''}${SYSTEM_MOUNTS}${others.map(lineOf).join('')}`.split(/(?<=\n)/)
    const type = values.get('t')
    await process.stdout.write(lines.filter((line) => !type || line.includes(` type ${type} `)).join(''))
    return 0
  },
)

const umount: Program = applet('[-rlfad] [-t FSTYPE] FILESYSTEM...', (process, { operands }) => {
  for (const operand of operands) {
    const path = resolve(process, operand)
    const why = process.machine.fs.exists(path) ? 'Operation not permitted' : 'No such file or directory'
    complain(process, `can't unmount ${operand}: ${why}`)
  }
  return 1
})

export const storageCommands: Record<string, Program> = { df, du, mount, umount }
