/** /proc and /sys/fs/cgroup as programs of a container see them, made anew at each look. @see proc(5) */
import { type DirectoryNode, directory, file, type Mount, type Node } from './file-system.js'
import type { KernelView } from './kernel-view.js'
import type { Machine } from './process.js'
import type { ProcessTable, Running } from './process-table.js'

const CORES = 4
const TOTAL_KIB = 8 * 1024 * 1024
const USED_KIB = 1024 * 1024

/** What a container finds where its Pod says nothing. */
const SYSCTLS: Record<string, string> = {
  'kernel.hostname': '',
  'kernel.osrelease': '6.18.0',
  'kernel.ostype': 'Linux',
  'kernel.shm_rmid_forced': '0',
  'kernel.msgmax': '8192',
  'kernel.sem': '32000\t1024000000\t500\t32000',
  'net.core.somaxconn': '4096',
  'net.ipv4.ip_forward': '1',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.ipv4.ip_local_reserved_ports': '',
  'net.ipv4.ip_unprivileged_port_start': '0',
  'net.ipv4.ping_group_range': '0\t2147483647',
  'net.ipv4.tcp_fin_timeout': '60',
  'net.ipv4.tcp_keepalive_intvl': '75',
  'net.ipv4.tcp_keepalive_probes': '9',
  'net.ipv4.tcp_keepalive_time': '7200',
  'net.ipv4.tcp_rmem': '4096\t131072\t6291456',
  'net.ipv4.tcp_syncookies': '1',
  'net.ipv4.tcp_wmem': '4096\t16384\t4194304',
  'vm.max_map_count': '65530',
  'vm.overcommit_memory': '1',
  'vm.swappiness': '60',
}

/** Every parameter of the kernel that a container sees, by name. */
export const sysctlsOf = ({ hostname, kernel }: Machine): Record<string, string> => ({
  ...SYSCTLS,
  'kernel.hostname': hostname,
  ...kernel.sysctls,
})

const hex = (set: bigint): string => set.toString(16).padStart(16, '0')

function capabilityLines({ effective, bounding, noNewPrivileges, isFiltered }: KernelView): string[] {
  const filter = isFiltered ? 2 : 0
  return [
    `CapInh:\t${hex(0n)}`,
    `CapPrm:\t${hex(effective)}`,
    `CapEff:\t${hex(effective)}`,
    `CapBnd:\t${hex(bounding)}`,
    `CapAmb:\t${hex(0n)}`,
    `NoNewPrivs:\t${Number(noNewPrivileges)}`,
    `Seccomp:\t${filter}`,
    `Seccomp_filters:\t${Number(isFiltered)}`,
  ]
}

const commandOf = ({ argv }: Running): string => argv[0]?.replace(/:$/, '').split('/').at(-1)?.slice(0, 15) ?? ''

function statusOf(pid: number, running: Running, processes: ProcessTable): string {
  const { user, machine } = running
  const four = (id: number) => Array(4).fill(id).join('\t')
  const lines = [
    `Name:\t${commandOf(running)}`,
    'Umask:\t0022',
    'State:\tS (sleeping)',
    `Tgid:\t${pid}`,
    'Ngid:\t0',
    `Pid:\t${pid}`,
    `PPid:\t${processes.pidOf(running.parent)}`,
    'TracerPid:\t0',
    `Uid:\t${four(user.uid)}`,
    `Gid:\t${four(user.gid)}`,
    'FDSize:\t64',
    `Groups:\t${(machine?.user.groups ?? []).join(' ')}`,
    `NSpid:\t${[...running.pids].reverse().slice(-running.pids.length).join('\t')}`,
    'Threads:\t1',
    ...(machine ? capabilityLines(machine.kernel) : []),
    `Cpus_allowed_list:\t0-${CORES - 1}`,
  ]
  return `${lines.join('\n')}\n`
}

const joined = (words: Iterable<string>): string => [...words].map((word) => `${word}\0`).join('')

/** @param asks the container that looks: others' files and environments are there for who may trace them */
function folderOf(pid: number, running: Running, asks: Machine): DirectoryNode {
  const { machine, env = new Map<string, string>(), user } = running
  const isOwn = machine === asks || asks.user.uid === 0 || asks.user.uid === user.uid
  return directory({
    cmdline: file(joined(running.argv)),
    comm: file(`${commandOf(running)}\n`),
    status: file(statusOf(pid, running, asks.processes)),
    cgroup: file('0::/\n'),
    ...(isOwn && machine
      ? {
          environ: file(joined([...env].map(([name, value]) => `${name}=${value}`))),
          root: machine === asks ? { type: 'link', target: '/' } : machine.fs.view(),
          mounts: file(mountsText(machine)),
        }
      : {}),
  })
}

const mountsText = ({ fs }: Machine): string =>
  `${fs
    .mountPoints()
    .map(({ source, path, type, readOnly }) => `${source} ${path} ${type} ${readOnly ? 'ro' : 'rw'},relatime 0 0`)
    .join('\n')}\n`

function sysFolder(machine: Machine): DirectoryNode {
  const root = directory()
  for (const [name, value] of Object.entries(sysctlsOf(machine))) {
    const parts = name.split('.')
    const last = parts.pop() ?? ''
    let node = root
    for (const part of parts) {
      const next = node.entries.get(part)
      const folder = next?.type === 'directory' ? next : directory()
      node.entries.set(part, folder)
      node = folder
    }
    node.entries.set(last, file(`${value}\n`))
  }
  return root
}

const processorText = (number: number): string =>
  `processor\t: ${number}\nvendor_id\t: GenuineIntel\nmodel name\t: Simulated CPU @ 2.00GHz\ncpu MHz\t\t: 2000.000\ncpu cores\t: ${CORES}\n\n`
const memoryText = (): string =>
  [
    ['MemTotal', TOTAL_KIB],
    ['MemFree', TOTAL_KIB - 2 * USED_KIB],
    ['MemAvailable', TOTAL_KIB - USED_KIB],
    ['Buffers', 0],
    ['Cached', USED_KIB],
    ['SwapTotal', 0],
    ['SwapFree', 0],
  ]
    .map(([name, kib]) => `${`${name}:`.padEnd(16)}${String(kib).padStart(8)} kB\n`)
    .join('')

function entriesOf(machine: Machine): Record<string, Node> {
  const processes = machine.processes.list()
  return {
    ...Object.fromEntries(processes.map(({ pid, running }) => [String(pid), folderOf(pid, running, machine)])),
    self: { type: 'link', target: `/proc/${machine.processes.pidOf(machine.main.running) || 1}` },
    cpuinfo: file(Array.from({ length: CORES }, (_, number) => processorText(number)).join('')),
    loadavg: file(`0.00 0.00 0.00 1/${processes.length} ${processes.at(-1)?.pid ?? 1}\n`),
    meminfo: file(memoryText()),
    mounts: file(mountsText(machine)),
    sys: sysFolder(machine),
    version: file('Linux version 6.18.0 (simulated) #1 SMP\n'),
  }
}

const mounted = (path: string, entries: () => Record<string, Node>): Mount => {
  const root = directory()
  const refresh = () => {
    root.entries.clear()
    for (const [name, node] of Object.entries(entries())) root.entries.set(name, node)
  }
  return { path, root, readOnly: true, system: true, refresh }
}

const cgroupEntries = ({ kernel, processes }: Machine): Record<string, Node> => ({
  'cgroup.controllers': file('cpuset cpu io memory hugetlb pids rdma\n'),
  'cgroup.procs': file(
    `${processes
      .list()
      .map(({ pid }) => pid)
      .join('\n')}\n`,
  ),
  ...Object.fromEntries(Object.entries(kernel.cgroup()).map(([name, text]) => [name, file(`${text}\n`)])),
})

/** @param machine asked at each look, as it is made with its file system */
export const systemMounts = (machine: () => Machine): Mount[] => [
  mounted('/proc', () => entriesOf(machine())),
  mounted('/sys/fs/cgroup', () => cgroupEntries(machine())),
]
