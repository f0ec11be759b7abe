/** Validation of a Pod's spec, in Pods and in templates alike, in upstream's order. @see pkg/apis/core/validation/validation.go */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsLabel, dnsSubdomain } from '../../objects/names.js'
import type { PodSpec, PodTemplateSpec } from '../../schema/kubernetes.generated.js'
import { follow } from '../checks.js'
import { validateLabels } from '../metadata.js'
import { validateContainers } from './pod-spec/containers.js'
import { validateDns, validateHostAliases, validateHostPorts } from './pod-spec/network.js'
import { validateAffinityOf, validateGates, validateToleration } from './pod-spec/placement.js'
import { validatePodSecurity, validateWindows } from './pod-spec/security.js'
import { validateVolumes } from './pod-spec/volumes.js'

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const MOST_SECONDS = 2 ** 31 - 1

export function validatePodTemplate(template: PodTemplateSpec, path: string, errors: FieldErrors): void {
  validateLabels(template.metadata?.labels, `${path}.metadata.labels`, errors)
  if (!template.spec) return
  validatePodSpec(template.spec, `${path}.spec`, errors)
  if (template.spec.ephemeralContainers?.length)
    errors.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')
}

export function validatePodSpec(spec: PodSpec, path: string, errors: FieldErrors): void {
  const volumes = validateVolumes(spec.volumes ?? [], `${path}.volumes`, errors)
  validateContainers(spec, path, volumes, errors)
  validateHostPorts(spec, path, errors)
  if (!RESTART_POLICIES.includes(spec.restartPolicy ?? ''))
    errors.notSupported(`${path}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES)
  if (!DNS_POLICIES.includes(spec.dnsPolicy ?? '')) errors.notSupported(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES)
  validateLabels(spec.nodeSelector, `${path}.nodeSelector`, errors)
  validatePodSecurity(spec, `${path}.securityContext`, errors)
  validateAffinityOf(spec, path, errors)
  validateDns(spec, `${path}.dnsConfig`, errors)
  validateGates(spec, path, errors)
  validateIdentity(spec, path, errors)
  for (const [index, toleration] of (spec.tolerations ?? []).entries())
    validateToleration(toleration, `${path}.tolerations[${index}]`, errors)
  validateHostAliases(spec, `${path}.hostAliases`, errors)
  if (spec.priorityClassName) follow(dnsSubdomain, spec.priorityClassName, `${path}.priorityClassName`, errors)
  if (spec.runtimeClassName) follow(dnsSubdomain, spec.runtimeClassName, `${path}.runtimeClassName`, errors)
  if (spec.os?.name === 'windows') validateWindows(spec, path, errors)
}

function validateIdentity(spec: PodSpec, path: string, errors: FieldErrors): void {
  if (spec.serviceAccountName) follow(dnsSubdomain, spec.serviceAccountName, `${path}.serviceAccountName`, errors)
  if (spec.nodeName) follow(dnsSubdomain, spec.nodeName, `${path}.nodeName`, errors)
  const seconds = spec.activeDeadlineSeconds
  if (seconds !== undefined && (seconds < 1 || seconds > MOST_SECONDS))
    errors.invalid(`${path}.activeDeadlineSeconds`, seconds, `must be between 1 and ${MOST_SECONDS}, inclusive`)
  if (spec.hostname) follow(dnsLabel, spec.hostname, `${path}.hostname`, errors)
  if (spec.subdomain) follow(dnsLabel, spec.subdomain, `${path}.subdomain`, errors)
}
