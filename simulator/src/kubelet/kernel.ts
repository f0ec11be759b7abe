/** What a container may do, and its share of the node. Models containerd's defaults and pkg/kubelet/{sysctl,kuberuntime} (v1.36). */
import { capabilitySet, DEFAULT_CAPABILITIES, type KernelView } from '../containers/kernel-view.js'
import type { Machine } from '../containers/process.js'
import { milliOf, unitsOf } from '../objects/quantity.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import type { Slot } from './slot.js'

const PERIOD_MICROS = 100_000
const LEAST_SHARES = 2
const MEBIBYTE = 1024 * 1024

export function kernelFor(pod: Pod, slot: Slot, { user }: { user: Machine['user'] }): KernelView {
  const { capabilities, privileged, allowPrivilegeEscalation, seccompProfile } = slot.spec.securityContext ?? {}
  const { add = [], drop = [] } = capabilities ?? {}
  const kept = drop.some((name) => name.toUpperCase() === 'ALL') ? 0n : DEFAULT_CAPABILITIES & ~capabilitySet(drop)
  const bounding = privileged ? capabilitySet(['ALL']) : kept | capabilitySet(add)
  const profile = seccompProfile ?? pod.spec.securityContext?.seccompProfile
  const { sysctls = [] } = pod.spec.securityContext ?? {}
  return {
    bounding,
    effective: user.uid === 0 ? bounding : 0n,
    noNewPrivileges: allowPrivilegeEscalation === false,
    isFiltered: !privileged && profile !== undefined && profile.type !== 'Unconfined',
    sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [name.replaceAll('/', '.'), value.replaceAll(' ', '\t')])),
    cgroup: () => cgroupOf(slot),
  }
}

/** As runc turns the shares of the CPU into a weight. @see https://github.com/opencontainers/cgroups: ConvertCPUSharesToCgroupV2Value */
function weightOf(shares: number): number {
  const power = Math.log2(Math.max(LEAST_SHARES, shares))
  return Math.ceil(10 ** ((power * power + 125 * power) / 612 - 7 / 34))
}

function cgroupOf({ resources, state }: Slot): Record<string, string> {
  const { requests = {}, limits = {} } = (resources ?? {}) as Record<string, Record<string, string> | undefined>
  const cpu = requests.cpu ?? limits.cpu
  const taken = state.type === 'running' ? state.run.machine.load.memoryBytes : 0
  return {
    'cpu.max': `${limits.cpu === undefined ? 'max' : Math.round((milliOf(limits.cpu) * PERIOD_MICROS) / 1000)} ${PERIOD_MICROS}`,
    'cpu.weight': String(weightOf(cpu === undefined ? LEAST_SHARES : (milliOf(cpu) * 1024) / 1000)),
    'memory.current': String(taken + MEBIBYTE),
    'memory.high': 'max',
    'memory.max': limits.memory === undefined ? 'max' : String(unitsOf(limits.memory)),
    'memory.min': '0',
    'memory.swap.max': '0',
    'pids.current': '1',
    'pids.max': 'max',
  }
}

/** What a Pod may set for itself alone. @see pkg/kubelet/sysctl/safe_sysctls.go */
const SAFE = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
])

export const SYSCTL_FORBIDDEN = 'SysctlForbidden'

/** Why the kubelet takes no Pod that sets these. @see pkg/kubelet/sysctl/allowlist.go */
export function forbiddenSysctl({ spec }: Pod): string | undefined {
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    const dotted = name.replaceAll('/', '.')
    if (!SAFE.has(dotted)) return `forbidden sysctl: ${JSON.stringify(dotted)} not allowlisted`
    if (spec.hostNetwork && dotted.startsWith('net.'))
      return `forbidden sysctl: ${JSON.stringify(dotted)} not allowed with host Net enabled`
  }
  return undefined
}
