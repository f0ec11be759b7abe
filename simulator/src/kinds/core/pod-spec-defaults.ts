/** Defaults of a Pod's spec, in Pods and in templates alike. @see pkg/apis/core/v1/defaults.go */
import type { Container, EphemeralContainer, PodSpec, Probe, Volume } from '../../schema/kubernetes.generated.js'

/** The tag of an image reference; `latest` where there is neither tag nor digest, nothing where there is a digest alone. */
export function imageTag(image: string): string {
  const [reference = '', digest] = image.split('@')
  const last = reference.slice(reference.lastIndexOf('/') + 1)
  const colon = last.indexOf(':')
  if (colon >= 0) return last.slice(colon + 1)
  return digest ? '' : 'latest'
}

const pullPolicyOf = (image: string): string => (imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent')

export function defaultPodSpec(spec: PodSpec): void {
  spec.dnsPolicy ??= 'ClusterFirst'
  spec.restartPolicy ??= 'Always'
  spec.securityContext ??= {}
  spec.terminationGracePeriodSeconds ??= 30
  spec.schedulerName ??= 'default-scheduler'
  // An alias that both carry. @see pkg/apis/core/v1/conversion.go
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount
  for (const container of spec.containers ?? []) defaultContainer(container, spec)
  for (const container of spec.initContainers ?? []) defaultContainer(container, spec)
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container, spec)
  for (const volume of spec.volumes ?? []) defaultVolume(volume)
}

function defaultContainer(container: Container | EphemeralContainer, spec: PodSpec): void {
  container.imagePullPolicy ??= pullPolicyOf(container.image ?? '')
  container.terminationMessagePath ??= '/dev/termination-log'
  container.terminationMessagePolicy ??= 'File'
  for (const port of container.ports ?? []) {
    port.protocol ??= 'TCP'
    if (spec.hostNetwork && !port.hostPort) port.hostPort = port.containerPort
  }
  for (const variable of container.env ?? []) {
    if (variable.valueFrom?.fieldRef) variable.valueFrom.fieldRef.apiVersion ??= 'v1'
    if (variable.valueFrom?.resourceFieldRef) variable.valueFrom.resourceFieldRef.divisor ??= '0'
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (probe) defaultProbe(probe)
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop])
    if (handler?.httpGet) defaultHttpGet(handler.httpGet)
}

function defaultProbe(probe: Probe): void {
  probe.timeoutSeconds ||= 1
  probe.periodSeconds ||= 10
  probe.successThreshold ||= 1
  probe.failureThreshold ||= 3
  if (probe.httpGet) defaultHttpGet(probe.httpGet)
  if (probe.grpc) probe.grpc.service ??= ''
}

function defaultHttpGet(action: { path?: string | undefined; scheme?: string | undefined }): void {
  action.path ??= '/'
  action.scheme ??= 'HTTP'
}

/** 0644 */
const READABLE = 420

function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {}
  if (volume.configMap) volume.configMap.defaultMode ??= READABLE
  if (volume.secret) volume.secret.defaultMode ??= READABLE
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= READABLE
    for (const item of volume.downwardAPI.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ??= 'v1'
  }
  if (volume.hostPath) volume.hostPath.type ??= ''
  if (volume.projected) {
    volume.projected.defaultMode ??= READABLE
    for (const source of volume.projected.sources ?? []) {
      if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600
      for (const item of source.downwardAPI?.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ??= 'v1'
    }
  }
  if (volume.image) volume.image.pullPolicy ??= pullPolicyOf(volume.image.reference ?? '')
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec
  if (claim) claim.volumeMode ??= 'Filesystem'
}

/** Requests follow limits; in Pods alone, not in templates. */
export function defaultPodResources(spec: PodSpec): void {
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    const limits = container.resources?.limits
    if (!limits || !container.resources) continue
    container.resources.requests = { ...limits, ...container.resources.requests }
  }
  spec.enableServiceLinks ??= true
}
