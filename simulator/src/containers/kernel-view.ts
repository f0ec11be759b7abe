/** What the kernel lets the programs of a container do, and what it tells them of that. @see capabilities(7) */
const NAMES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'LINUX_IMMUTABLE'],
  ...['NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER', 'SYS_MODULE', 'SYS_RAWIO'],
  ...['SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE', 'SYS_RESOURCE', 'SYS_TIME'],
  ...['SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP', 'MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG'],
  ...['WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF', 'CHECKPOINT_RESTORE'],
]
const ALL = (1n << BigInt(NAMES.length)) - 1n

const bitOf = (name: string): bigint => {
  const number = NAMES.indexOf(name.toUpperCase().replace(/^CAP_/, ''))
  return number < 0 ? 0n : 1n << BigInt(number)
}

/** As a set of bits; `ALL` is every one. */
export const capabilitySet = (names: readonly string[]): bigint =>
  names.reduce((set, name) => set | (name.toUpperCase() === 'ALL' ? ALL : bitOf(name)), 0n)

/** What containerd gives to a container that asks for nothing. */
export const DEFAULT_CAPABILITIES = capabilitySet([
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP'],
  ...['NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE'],
])

export interface KernelView {
  /** What any program of the container may ever hold. */
  bounding: bigint
  /** What its programs hold: nothing for a user other than root. */
  effective: bigint
  noNewPrivileges: boolean
  /** System calls are filtered. */
  isFiltered: boolean
  /** By name, where they differ from those of every container. */
  sysctls: Readonly<Record<string, string>>
  /** The files below /sys/fs/cgroup, as they are now. */
  cgroup: () => Record<string, string>
}

export const plainKernel: KernelView = {
  bounding: DEFAULT_CAPABILITIES,
  effective: DEFAULT_CAPABILITIES,
  noNewPrivileges: false,
  isFiltered: false,
  sysctls: {},
  cgroup: () => ({}),
}

export const holds = ({ effective }: KernelView, name: string): boolean => (effective & bitOf(name)) !== 0n
