import type { Container, SELinuxOptions } from '../../schema/kubernetes.generated.js'
import type { Check, Subject, Violation } from './checks.js'
import { containersText, isInUserNamespace, namesOf, plural, quoted, setters, sorted } from './words.js'

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/'

function appArmor({ spec, annotations, ...rest }: Subject): Violation | undefined {
  const isBad = (type: string | undefined) => type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'
  const subject = { spec, annotations, ...rest }
  const podType = spec.securityContext?.appArmorProfile?.type
  const names = namesOf(subject, ({ securityContext }) => isBad(securityContext?.appArmorProfile?.type))
  const types = subject.containers.map(({ securityContext }) => securityContext?.appArmorProfile?.type)
  const values = sorted([podType, ...types].filter((type): type is string => isBad(type)))
  const notes = Object.entries(annotations)
    .filter(
      ([key, value]) => key.startsWith(APP_ARMOR) && value && value !== 'runtime/default' && !value.startsWith('localhost/'),
    )
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort()
  const who = [setters(isBad(podType), names), notes.length ? plural('annotation', 'annotations', notes.length) : ''].filter(
    Boolean,
  )
  if (who.length === 0) return undefined
  const all = [...values, ...notes]
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', all.length),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(all)}`,
  }
}

const HARMLESS_CAPABILITIES = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
)

function capabilities(subject: Subject): Violation | undefined {
  const bad = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((name) => !HARMLESS_CAPABILITIES.has(name))
  const names = namesOf(subject, (container) => bad(container).length > 0)
  if (names.length === 0) return undefined
  const added = sorted(subject.containers.flatMap(bad))
  return {
    reason: 'non-default capabilities',
    detail: `${containersText(names)} must not include ${quoted(added)} in securityContext.capabilities.add`,
  }
}

function hostNamespaces({ spec }: Subject): Violation | undefined {
  const set = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name]).map((name) => `${name}=true`)
  return set.length ? { reason: 'host namespaces', detail: set.join(', ') } : undefined
}

function hostPaths({ spec }: Subject): Violation | undefined {
  const names = (spec.volumes ?? []).filter((volume) => volume.hostPath).map(({ name }) => name)
  return names.length
    ? { reason: 'hostPath volumes', detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)}` }
    : undefined
}

function hostPorts(subject: Subject): Violation | undefined {
  const portsOf = ({ ports }: Container) => (ports ?? []).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : []))
  const names = namesOf(subject, (container) => portsOf(container).length > 0)
  if (names.length === 0) return undefined
  const ports = sorted(subject.containers.flatMap(portsOf))
  const uses = plural('uses', 'use', names.length)
  return {
    reason: 'hostPort',
    detail: `${containersText(names)} ${uses} ${plural('hostPort', 'hostPorts', ports.length)} ${ports.join(', ')}`,
  }
}

function hostProbes(subject: Subject): Violation | undefined {
  const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container) =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap((action) =>
      [action?.httpGet?.host, action?.tcpSocket?.host].filter((host): host is string => Boolean(host)),
    )
  const names = sorted(namesOf(subject, (container) => hostsOf(container).length > 0))
  if (names.length === 0) return undefined
  const hosts = sorted(subject.containers.flatMap(hostsOf))
  const what = plural('probe or lifecycle host', 'probe or lifecycle hosts', hosts.length)
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersText(names)} ${plural('uses', 'use', names.length)} ${what} ${quoted(hosts)}`,
  }
}

function privileged(subject: Subject): Violation | undefined {
  const names = namesOf(subject, ({ securityContext }) => securityContext?.privileged === true)
  return names.length
    ? { reason: 'privileged', detail: `${containersText(names)} must not set securityContext.privileged=true` }
    : undefined
}

export function procMount(subject: Subject): Violation | undefined {
  const typeOf = ({ securityContext }: Container) => securityContext?.procMount ?? 'Default'
  const names = namesOf(subject, (container) => typeOf(container) !== 'Default')
  if (names.length === 0) return undefined
  const types = sorted(subject.containers.map(typeOf).filter((type) => type !== 'Default'))
  return { reason: 'procMount', detail: `${containersText(names)} must not set securityContext.procMount to ${quoted(types)}` }
}

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t']

function seLinux(subject: Subject, minor: number): Violation | undefined {
  const allowed = minor >= 31 ? [...SELINUX_TYPES, 'container_engine_t'] : SELINUX_TYPES
  const isBad = (options: SELinuxOptions | undefined) =>
    options !== undefined && (!allowed.includes(options.type ?? '') || Boolean(options.user) || Boolean(options.role))
  const ofPod = subject.spec.securityContext?.seLinuxOptions
  const ofContainers = subject.containers.map(({ securityContext }) => securityContext?.seLinuxOptions)
  const who = setters(
    isBad(ofPod),
    namesOf(subject, ({ securityContext }) => isBad(securityContext?.seLinuxOptions)),
  )
  if (!who) return undefined
  const bad = [ofPod, ...ofContainers].filter(isBad)
  const types = sorted(bad.map((options) => options?.type ?? '').filter((type) => !allowed.includes(type)))
  const what = [
    ...(types.length ? [`${plural('type', 'types', types.length)} ${quoted(types)}`] : []),
    ...(bad.some((options) => options?.user) ? ['user may not be set'] : []),
    ...(bad.some((options) => options?.role) ? ['role may not be set'] : []),
  ]
  return { reason: 'seLinuxOptions', detail: `${who} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}` }
}

const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'

function seccompAnnotations({ annotations, containers }: Subject): Violation | undefined {
  const isFine = (value: string) => value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/')
  const keys = [SECCOMP_POD, ...containers.map(({ name }) => `${SECCOMP_CONTAINER}${name}`)]
  const bad = sorted(
    keys.flatMap((key) => {
      const value = annotations[key]
      return value !== undefined && !isFine(value) ? [`${key}=${JSON.stringify(value)}`] : []
    }),
  )
  return bad.length
    ? { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', 'annotations', bad.length)} ${bad.join(', ')}` }
    : undefined
}

export const isBadSeccomp = (type: string | undefined): boolean =>
  type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'

/** Profiles that are set and not allowed. */
export function badSeccomp(subject: Subject): Violation | undefined {
  const podType = subject.spec.securityContext?.seccompProfile?.type
  const typeOf = ({ securityContext }: Container) => securityContext?.seccompProfile?.type
  const who = setters(
    isBadSeccomp(podType),
    namesOf(subject, (container) => isBadSeccomp(typeOf(container))),
  )
  if (!who) return undefined
  const values = sorted([podType, ...subject.containers.map(typeOf)].filter((type): type is string => isBadSeccomp(type)))
  return { reason: 'seccompProfile', detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(values)}` }
}

/** By the minor version that brought them. */
const SYSCTLS: [number, string[]][] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
]

function sysctls({ spec }: Subject, minor: number): Violation | undefined {
  const allowed = new Set(SYSCTLS.filter(([since]) => since <= minor).flatMap(([, names]) => names))
  const bad = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.has(name))
  return bad.length ? { reason: 'forbidden sysctls', detail: bad.join(', ') } : undefined
}

function hostProcess(subject: Subject): Violation | undefined {
  const who = setters(
    subject.spec.securityContext?.windowsOptions?.hostProcess === true,
    namesOf(subject, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true),
  )
  return who
    ? { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` }
    : undefined
}

export const baselineChecks: Check[] = [
  { id: 'appArmorProfile', since: 0, run: appArmor },
  { id: 'capabilities_baseline', since: 0, run: capabilities },
  { id: 'hostNamespaces', since: 0, run: hostNamespaces },
  { id: 'hostPathVolumes', since: 0, run: hostPaths },
  { id: 'hostPorts', since: 0, run: hostPorts },
  { id: 'hostProbesAndHostLifecycle', since: 34, run: hostProbes },
  { id: 'privileged', since: 0, run: privileged },
  {
    id: 'procMount',
    since: 0,
    run: (subject, minor) => (minor >= 35 && isInUserNamespace(subject) ? undefined : procMount(subject)),
  },
  { id: 'seLinuxOptions', since: 0, run: seLinux },
  {
    id: 'seccompProfile_baseline',
    since: 0,
    run: (subject, minor) => (minor < 19 ? seccompAnnotations(subject) : badSeccomp(subject)),
  },
  { id: 'sysctls', since: 0, run: sysctls },
  { id: 'windowsHostProcess', since: 0, run: hostProcess },
]
