/** Validation of a Pod's spec, in Pods and in templates alike. @see pkg/apis/core/validation/validation.go */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsLabel, dnsSubdomain, envVarName, isIp, portName, portNumber, qualifiedName } from '../../objects/names.js'
import { compareQuantities, parseQuantity } from '../../objects/quantity.js'
import type { Container, EnvVar, PodSpec, PodTemplateSpec, Probe, Toleration, Volume } from '../../schema/kubernetes.generated.js'
import { validateLabels } from '../metadata.js'

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']

export function validatePodTemplate(template: PodTemplateSpec, path: string, errors: FieldErrors): void {
  validateLabels(template.metadata?.labels, `${path}.metadata.labels`, errors)
  if (template.spec) validatePodSpec(template.spec, `${path}.spec`, errors)
}

export function validatePodSpec(spec: PodSpec, path: string, errors: FieldErrors): void {
  validateVolumes(spec.volumes ?? [], `${path}.volumes`, errors)
  const volumes = new Set((spec.volumes ?? []).map((volume) => volume.name))
  if (!spec.containers?.length) errors.required(`${path}.containers`)
  const names = new Set<string>()
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [index, container] of (spec[list] ?? []).entries()) {
      validateContainer(
        container,
        { path: `${path}.${list}[${index}]`, volumes, names, isInit: list === 'initContainers' },
        errors,
      )
    }
  }
  if (!['Always', 'Never', 'OnFailure'].includes(spec.restartPolicy ?? ''))
    errors.notSupported(`${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never'])
  if (!['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'].includes(spec.dnsPolicy ?? ''))
    errors.notSupported(`${path}.dnsPolicy`, spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'])
  validateDns(spec, path, errors)
  validateLabels(spec.nodeSelector, `${path}.nodeSelector`, errors)
  if (spec.serviceAccountName)
    for (const problem of dnsSubdomain(spec.serviceAccountName))
      errors.invalid(`${path}.serviceAccountName`, spec.serviceAccountName, problem)
  if (spec.nodeName) for (const problem of dnsSubdomain(spec.nodeName)) errors.invalid(`${path}.nodeName`, spec.nodeName, problem)
  if (spec.hostname) for (const problem of dnsLabel(spec.hostname)) errors.invalid(`${path}.hostname`, spec.hostname, problem)
  if (spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds < 1)
    errors.invalid(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 'must be between 1 and 2147483647, inclusive')
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0)
    errors.invalid(
      `${path}.terminationGracePeriodSeconds`,
      spec.terminationGracePeriodSeconds,
      'must be greater than or equal to 0',
    )
  for (const [index, toleration] of (spec.tolerations ?? []).entries())
    validateToleration(toleration, `${path}.tolerations[${index}]`, errors)
}

function validateVolumes(volumes: Volume[], path: string, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [index, volume] of volumes.entries()) {
    const at = `${path}[${index}]`
    if (!volume.name) errors.required(`${at}.name`)
    else {
      for (const problem of dnsLabel(volume.name)) errors.invalid(`${at}.name`, volume.name, problem)
      if (seen.has(volume.name)) errors.duplicate(`${at}.name`, volume.name)
      seen.add(volume.name)
    }
    const sources = Object.keys(volume).filter((key) => key !== 'name')
    for (const extra of sources.slice(1)) errors.forbidden(`${at}.${extra}`, 'may not specify more than 1 volume type')
    if (volume.hostPath && !volume.hostPath.path) errors.required(`${at}.hostPath.path`)
    if (volume.secret && !volume.secret.secretName) errors.required(`${at}.secret.secretName`)
    if (volume.configMap && !volume.configMap.name) errors.required(`${at}.configMap.name`)
    if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName)
      errors.required(`${at}.persistentVolumeClaim.claimName`)
  }
}

interface ContainerContext {
  path: string
  volumes: Set<string>
  names: Set<string>
  isInit: boolean
}

function validateContainer(container: Container, { path, volumes, names, isInit }: ContainerContext, errors: FieldErrors): void {
  if (!container.name) errors.required(`${path}.name`)
  else {
    for (const problem of dnsLabel(container.name)) errors.invalid(`${path}.name`, container.name, problem)
  }
  if (!container.image) errors.required(`${path}.image`)
  else if (container.image !== container.image.trim())
    errors.invalid(`${path}.image`, container.image, 'must not have leading or trailing whitespace')
  if (!PULL_POLICIES.includes(container.imagePullPolicy ?? ''))
    errors.notSupported(`${path}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES)
  if (container.name && names.has(container.name)) errors.duplicate(`${path}.name`, container.name)
  names.add(container.name)
  validatePorts(container, path, errors)
  for (const [index, variable] of (container.env ?? []).entries()) validateEnv(variable, `${path}.env[${index}]`, errors)
  validateMounts(container, path, volumes, errors)
  validateResources(container, path, errors)
  const mayProbe = !isInit || container.restartPolicy === 'Always'
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[name]
    if (probe && !mayProbe) errors.forbidden(`${path}.${name}`, 'may not be set for init containers without restartPolicy=Always')
    else if (probe) validateProbe(probe, `${path}.${name}`, name !== 'readinessProbe', errors)
  }
}

function validatePorts(container: Container, path: string, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [index, port] of (container.ports ?? []).entries()) {
    const at = `${path}.ports[${index}]`
    if (port.name) {
      for (const problem of portName(port.name)) errors.invalid(`${at}.name`, port.name, problem)
      if (seen.has(port.name)) errors.duplicate(`${at}.name`, port.name)
      seen.add(port.name)
    }
    if (!port.containerPort) errors.required(`${at}.containerPort`)
    else for (const problem of portNumber(port.containerPort)) errors.invalid(`${at}.containerPort`, port.containerPort, problem)
    if (port.hostPort) for (const problem of portNumber(port.hostPort)) errors.invalid(`${at}.hostPort`, port.hostPort, problem)
    if (!PROTOCOLS.includes(port.protocol ?? '')) errors.notSupported(`${at}.protocol`, port.protocol, PROTOCOLS)
  }
}

function validateEnv(variable: EnvVar, path: string, errors: FieldErrors): void {
  if (!variable.name) errors.required(`${path}.name`)
  else for (const problem of envVarName(variable.name)) errors.invalid(`${path}.name`, variable.name, problem)
  if (!variable.valueFrom) return
  const sources = Object.keys(variable.valueFrom)
  if (variable.value) errors.invalid(`${path}.valueFrom`, '', 'may not be specified when `value` is not empty')
  if (sources.length === 0)
    errors.invalid(
      `${path}.valueFrom`,
      '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    )
  if (sources.length > 1) errors.invalid(`${path}.valueFrom`, '', 'may not have more than one field specified at a time')
  for (const source of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = variable.valueFrom[source]
    if (reference && !reference.name) errors.required(`${path}.valueFrom.${source}.name`)
    if (reference && !reference.key) errors.required(`${path}.valueFrom.${source}.key`)
  }
}

function validateMounts(container: Container, path: string, volumes: Set<string>, errors: FieldErrors): void {
  const points = new Set<string>()
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}.volumeMounts[${index}]`
    if (!mount.name) errors.required(`${at}.name`)
    else if (!volumes.has(mount.name)) errors.notFound(`${at}.name`, mount.name)
    if (!mount.mountPath) errors.required(`${at}.mountPath`)
    else if (points.has(mount.mountPath)) errors.invalid(`${at}.mountPath`, mount.mountPath, 'must be unique')
    points.add(mount.mountPath)
  }
}

const EXTENDED = /\//

function validateResources(container: Container, path: string, errors: FieldErrors): void {
  const { limits = {}, requests = {} } = container.resources ?? {}
  for (const [where, list] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, value] of Object.entries(list ?? {})) {
      const at = `${path}.resources.${where}`
      for (const problem of qualifiedName(name)) errors.invalid(at, name, problem)
      if (!EXTENDED.test(name) && !/^(cpu|memory|ephemeral-storage|hugepages-.+)$/.test(name))
        errors.invalid(at, name, 'must be a standard resource for containers')
      if (compareQuantities(value as string, '0') < 0)
        errors.invalid(`${at}[${name}]`, value, 'must be greater than or equal to 0')
    }
  }
  for (const [name, value] of Object.entries(requests ?? {})) {
    const limit = limits?.[name] as string | undefined
    if (limit !== undefined && parseQuantity(limit) && compareQuantities(value as string, limit) > 0)
      errors.invalid(`${path}.resources.requests`, value, `must be less than or equal to ${name} limit of ${limit}`)
  }
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const

export function validateProbe(probe: Probe, path: string, isOnce: boolean, errors: FieldErrors): void {
  const handlers = HANDLERS.filter((name) => probe[name])
  if (handlers.length === 0) errors.required(path, 'must specify a handler type')
  for (const extra of handlers.slice(1)) errors.forbidden(`${path}.${extra}`, 'may not specify more than 1 handler type')
  const counts = { initialDelaySeconds: 0, timeoutSeconds: 0, periodSeconds: 0, successThreshold: 0, failureThreshold: 0 }
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
    if ((probe[name] ?? 0) < 0) errors.invalid(`${path}.${name}`, probe[name], 'must be greater than or equal to 0')
  }
  if (isOnce && (probe.successThreshold ?? 1) !== 1)
    errors.invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1')
  if (probe.exec && !probe.exec.command?.length) errors.required(`${path}.exec.command`)
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port
  if (port !== undefined) {
    const problems = typeof port === 'number' ? portNumber(port) : portName(port)
    for (const problem of problems) errors.invalid(`${path}.${probe.httpGet ? 'httpGet' : 'tcpSocket'}.port`, port, problem)
  }
}

function validateToleration(toleration: Toleration, path: string, errors: FieldErrors): void {
  if (toleration.key) for (const problem of qualifiedName(toleration.key)) errors.invalid(`${path}.key`, toleration.key, problem)
  if (!toleration.key && toleration.operator !== 'Exists')
    errors.invalid(
      `${path}.operator`,
      toleration.operator ?? '',
      'operator must be Exists when `key` is empty, which means "match all values and all keys"',
    )
  if (toleration.tolerationSeconds !== undefined && toleration.effect !== 'NoExecute')
    errors.invalid(`${path}.effect`, toleration.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set")
  if (toleration.operator === 'Exists' && toleration.value)
    errors.invalid(`${path}.operator`, toleration, "value must be empty when `operator` is 'Exists'")
  const operators = ['', 'Equal', 'Exists']
  if (!operators.includes(toleration.operator ?? ''))
    errors.notSupported(`${path}.operator`, toleration.operator, ['Equal', 'Exists'])
  if (toleration.effect && !['NoSchedule', 'PreferNoSchedule', 'NoExecute'].includes(toleration.effect))
    errors.notSupported(`${path}.effect`, toleration.effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
}

const MOST_NAME_SERVERS = 3

/** @see pkg/apis/core/validation: validatePodDNSConfig */
function validateDns({ dnsPolicy, dnsConfig }: PodSpec, path: string, errors: FieldErrors): void {
  const servers = dnsConfig?.nameservers ?? []
  if (dnsPolicy === 'None' && !dnsConfig)
    errors.required(`${path}.dnsConfig`, 'must provide `dnsConfig` when `dnsPolicy` is None')
  else if (dnsPolicy === 'None' && servers.length === 0)
    errors.required(`${path}.dnsConfig.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')
  if (servers.length > MOST_NAME_SERVERS)
    errors.invalid(`${path}.dnsConfig.nameservers`, servers, `must not have more than ${MOST_NAME_SERVERS} nameservers`)
  for (const [index, server] of servers.entries())
    if (!isIp(server))
      errors.invalid(
        `${path}.dnsConfig.nameservers[${index}]`,
        server,
        'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      )
}
