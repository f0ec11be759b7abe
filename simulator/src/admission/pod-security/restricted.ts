import type { Container } from '../../schema/kubernetes.generated.js'
import { badSeccomp, procMount } from './baseline.js'
import type { Check, Subject, Violation } from './checks.js'
import { containersText, isInUserNamespace, isWindows, namesOf, plural, quoted, setters, sorted } from './words.js'

function escalation(subject: Subject): Violation | undefined {
  const names = namesOf(subject, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
  return names.length
    ? {
        reason: 'allowPrivilegeEscalation != false',
        detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
      }
    : undefined
}

function capabilities(subject: Subject): Violation | undefined {
  const addedBy = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE')
  const keeping = namesOf(subject, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'))
  const adding = namesOf(subject, (container) => addedBy(container).length > 0)
  const details = [
    ...(keeping.length ? [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length
      ? [
          `${containersText(adding)} must not include ${quoted(sorted(subject.containers.flatMap(addedBy)))} in securityContext.capabilities.add`,
        ]
      : []),
  ]
  return details.length ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined
}

const FINE_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]

function volumes({ spec }: Subject): Violation | undefined {
  const sourcesOf = (volume: object) => Object.keys(volume).filter((key) => key !== 'name')
  const bad = (spec.volumes ?? []).filter((volume) => !sourcesOf(volume).some((source) => FINE_VOLUMES.includes(source)))
  if (bad.length === 0) return undefined
  const types = sorted(bad.map((volume) => sourcesOf(volume)[0] ?? 'unknown'))
  const names = `${plural('volume', 'volumes', bad.length)} ${quoted(bad.map(({ name }) => name))}`
  const what = plural('restricted volume type', 'restricted volume types', types.length)
  return { reason: 'restricted volume types', detail: `${names} ${plural('uses', 'use', bad.length)} ${what} ${quoted(types)}` }
}

function runAsNonRoot(subject: Subject): Violation | undefined {
  const ofPod = subject.spec.securityContext?.runAsNonRoot
  const explicit = namesOf(subject, ({ securityContext }) => securityContext?.runAsNonRoot === false)
  const who = setters(ofPod === false, explicit)
  const reason = 'runAsNonRoot != true'
  if (who) return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` }
  if (ofPod) return undefined
  const implicit = namesOf(subject, ({ securityContext }) => securityContext?.runAsNonRoot === undefined)
  return implicit.length
    ? { reason, detail: `pod or ${containersText(implicit)} must set securityContext.runAsNonRoot=true` }
    : undefined
}

function runAsUser(subject: Subject): Violation | undefined {
  const who = setters(
    subject.spec.securityContext?.runAsUser === 0,
    namesOf(subject, ({ securityContext }) => securityContext?.runAsUser === 0),
  )
  return who ? { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` } : undefined
}

function seccomp(subject: Subject): Violation | undefined {
  const bad = badSeccomp(subject)
  if (bad || subject.spec.securityContext?.seccompProfile) return bad
  const implicit = namesOf(subject, ({ securityContext }) => !securityContext?.seccompProfile)
  return implicit.length
    ? {
        reason: 'seccompProfile',
        detail: `pod or ${containersText(implicit)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
      }
    : undefined
}

/** Since 1.25 what Linux alone knows is not asked of Windows. */
const onLinux =
  (run: (subject: Subject) => Violation | undefined): Check['run'] =>
  (subject, minor) =>
    minor >= 25 && isWindows(subject) ? undefined : run(subject)
/** Since 1.35 root of a user namespace may be root. */
const outsideUserNamespaces =
  (run: (subject: Subject) => Violation | undefined): Check['run'] =>
  (subject, minor) =>
    minor >= 35 && isInUserNamespace(subject) ? undefined : run(subject)

export const restrictedChecks: Check[] = [
  { id: 'allowPrivilegeEscalation', since: 8, run: onLinux(escalation) },
  { id: 'capabilities_restricted', since: 22, replaces: ['capabilities_baseline'], run: onLinux(capabilities) },
  { id: 'procMount_restricted', since: 35, replaces: ['procMount'], run: procMount },
  { id: 'restrictedVolumes', since: 0, replaces: ['hostPathVolumes'], run: volumes },
  { id: 'runAsNonRoot', since: 0, run: outsideUserNamespaces(runAsNonRoot) },
  { id: 'runAsUser', since: 23, run: outsideUserNamespaces(runAsUser) },
  { id: 'seccompProfile_restricted', since: 19, replaces: ['seccompProfile_baseline'], run: onLinux(seccomp) },
]
