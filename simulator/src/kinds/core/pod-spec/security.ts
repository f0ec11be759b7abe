/** Security contexts. @see pkg/apis/core/validation/validation.go: ValidateSecurityContext, validatePodSpecSecurityContext */
import type { FieldErrors } from '../../../objects/field-errors.js'
import type { PodSecurityContext, PodSpec, SeccompProfile, SecurityContext } from '../../../schema/kubernetes.generated.js'

const MOST_ID = 2 ** 31 - 1
const ID_TEXT = `must be between 0 and ${MOST_ID}, inclusive`
const PROC_MOUNTS = ['Default', 'Unmasked']
const SECCOMP_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined']
const GROUP_POLICIES = ['Always', 'OnRootMismatch']
const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/
const SYSCTL_TEXT =
  'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$'

function validateId(value: number | undefined, path: string, errors: FieldErrors): void {
  if (value !== undefined && (value < 0 || value > MOST_ID)) errors.invalid(path, value, ID_TEXT)
}

function validateSeccomp(profile: SeccompProfile | undefined, path: string, errors: FieldErrors): void {
  if (!profile) return
  const { type, localhostProfile } = profile
  if (!SECCOMP_TYPES.includes(type)) errors.notSupported(`${path}.type`, type, SECCOMP_TYPES)
  if (type === 'Localhost' && !localhostProfile)
    errors.required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost')
  else if (type !== 'Localhost' && localhostProfile)
    errors.invalid(`${path}.localhostProfile`, localhostProfile, 'may only be set when seccomp type is Localhost')
}

/** As Go writes its own type of it: upstream shows the whole context. */
const inGo = (context: SecurityContext) => ({
  Capabilities: context.capabilities ? { Add: context.capabilities.add ?? null, Drop: context.capabilities.drop ?? null } : null,
  Privileged: context.privileged ?? null,
  SELinuxOptions: context.seLinuxOptions ?? null,
  WindowsOptions: context.windowsOptions ?? null,
  RunAsUser: context.runAsUser ?? null,
  RunAsGroup: context.runAsGroup ?? null,
  RunAsNonRoot: context.runAsNonRoot ?? null,
  ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
  AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
  ProcMount: context.procMount ?? null,
  SeccompProfile: context.seccompProfile
    ? { Type: context.seccompProfile.type, LocalhostProfile: context.seccompProfile.localhostProfile ?? null }
    : null,
  AppArmorProfile: context.appArmorProfile ?? null,
})

export function validateContainerSecurity(context: SecurityContext | undefined, path: string, errors: FieldErrors): void {
  if (!context) return
  validateId(context.runAsUser, `${path}.runAsUser`, errors)
  validateId(context.runAsGroup, `${path}.runAsGroup`, errors)
  if (context.procMount && !PROC_MOUNTS.includes(context.procMount))
    errors.notSupported(`${path}.procMount`, context.procMount, PROC_MOUNTS)
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors)
  if (context.allowPrivilegeEscalation !== false) return
  if (context.privileged)
    errors.invalid(path, inGo(context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true')
  if (context.capabilities?.add?.includes('CAP_SYS_ADMIN'))
    errors.invalid(path, inGo(context), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN')
}

function validateSysctls({ sysctls = [] }: PodSecurityContext, path: string, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [index, { name }] of sysctls.entries()) {
    const at = `${path}[${index}].name`
    if (!name) errors.required(at)
    else if (name.length > 253 || !SYSCTL.test(name)) errors.invalid(at, name, SYSCTL_TEXT)
    else if (seen.has(name)) errors.duplicate(at, name)
    seen.add(name)
  }
}

export function validatePodSecurity(spec: PodSpec, path: string, errors: FieldErrors): void {
  const context: PodSecurityContext = spec.securityContext ?? {}
  validateId(context.fsGroup, `${path}.fsGroup`, errors)
  validateId(context.runAsUser, `${path}.runAsUser`, errors)
  validateId(context.runAsGroup, `${path}.runAsGroup`, errors)
  for (const [index, group] of (context.supplementalGroups ?? []).entries())
    validateId(group, `${path}.supplementalGroups[${index}]`, errors)
  if (spec.shareProcessNamespace && spec.hostPID)
    errors.invalid(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')
  validateSysctls(context, `${path}.sysctls`, errors)
  const { fsGroupChangePolicy } = context
  if (fsGroupChangePolicy && !GROUP_POLICIES.includes(fsGroupChangePolicy))
    errors.notSupported(`${path}.fsGroupChangePolicy`, fsGroupChangePolicy, GROUP_POLICIES)
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors)
}

/** What a Windows Pod may not have; of it what Linux alone knows. */
export function validateWindows(spec: PodSpec, path: string, errors: FieldErrors): void {
  const text = 'cannot be set for a windows pod'
  for (const [index, { securityContext }] of (spec.containers ?? []).entries())
    if (securityContext?.privileged !== undefined)
      errors.forbidden(`${path}.containers[${index}].securityContext.privileged`, text)
}
