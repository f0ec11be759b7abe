/** Containers of a Pod. @see pkg/apis/core/validation/validation.go: validateContainerCommon and what it calls */
import type { FieldErrors } from '../../../objects/field-errors.js'
import { dnsLabel, portName, portNumber, qualifiedName } from '../../../objects/names.js'
import { compareQuantities, parseQuantity, wholeNumber } from '../../../objects/quantity.js'
import type { Container, PodSpec } from '../../../schema/kubernetes.generated.js'
import { follow } from '../../checks.js'
import { validateEnv, validateEnvFrom } from './environment.js'
import { validateLifecycle, validateProbes } from './probes.js'
import { validateContainerSecurity } from './security.js'
import { descendingPath } from './volumes.js'

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError']
const ONLY_SIDECARS = 'may not be set for init containers without restartPolicy=Always'

interface Context {
  path: string
  volumes: Set<string>
  restartPolicy: string | undefined
}

export function validateContainers(spec: PodSpec, path: string, volumes: Set<string>, errors: FieldErrors): void {
  const names = new Set<string>()
  if (!spec.containers?.length) errors.required(`${path}.containers`)
  for (const [index, container] of (spec.containers ?? []).entries()) {
    const at = `${path}.containers[${index}]`
    validateContainer(container, { path: at, volumes, restartPolicy: spec.restartPolicy }, errors)
    validateName(container, at, names, errors)
    if (container.lifecycle) validateLifecycle(container.lifecycle, `${at}.lifecycle`, errors)
    validateProbes(container, at, errors)
  }
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const at = `${path}.initContainers[${index}]`
    validateContainer(container, { path: at, volumes, restartPolicy: spec.restartPolicy }, errors)
    validateName(container, at, names, errors)
    validateInit(container, at, errors)
  }
}

function validateName({ name }: Container, path: string, names: Set<string>, errors: FieldErrors): void {
  if (names.has(name ?? '')) errors.duplicate(`${path}.name`, name ?? '')
  names.add(name ?? '')
}

function validateInit(container: Container, path: string, errors: FieldErrors): void {
  if (container.restartPolicy === 'Always') {
    if (container.lifecycle) validateLifecycle(container.lifecycle, `${path}.lifecycle`, errors)
    validateProbes(container, path, errors)
    return
  }
  for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    if (container[name]) errors.forbidden(`${path}.${name}`, ONLY_SIDECARS)
}

function validateContainer(container: Container, { path, volumes, restartPolicy }: Context, errors: FieldErrors): void {
  if (!container.name) errors.required(`${path}.name`)
  else follow(dnsLabel, container.name, `${path}.name`, errors)
  if (!container.image) errors.required(`${path}.image`)
  if (container.terminationMessagePolicy && !MESSAGE_POLICIES.includes(container.terminationMessagePolicy))
    errors.notSupported(`${path}.terminationMessagePolicy`, container.terminationMessagePolicy, MESSAGE_POLICIES)
  validatePorts(container, path, errors)
  for (const [index, variable] of (container.env ?? []).entries()) validateEnv(variable, `${path}.env[${index}]`, errors)
  validateEnvFrom(container.envFrom ?? [], `${path}.envFrom`, errors)
  validateMounts(container, path, volumes, errors)
  if (!PULL_POLICIES.includes(container.imagePullPolicy ?? ''))
    errors.notSupported(`${path}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES)
  validateResources(container, path, errors)
  validateResizePolicy(container, path, restartPolicy, errors)
  validateContainerSecurity(container.securityContext, `${path}.securityContext`, errors)
}

function validatePorts(container: Container, path: string, errors: FieldErrors): void {
  const seen = new Set<string>()
  for (const [index, port] of (container.ports ?? []).entries()) {
    const at = `${path}.ports[${index}]`
    if (port.name) {
      const problems = portName(port.name)
      for (const problem of problems) errors.invalid(`${at}.name`, port.name, problem)
      if (problems.length === 0 && seen.has(port.name)) errors.duplicate(`${at}.name`, port.name)
      if (problems.length === 0) seen.add(port.name)
    }
    if (!port.containerPort) errors.required(`${at}.containerPort`)
    else for (const problem of portNumber(port.containerPort)) errors.invalid(`${at}.containerPort`, port.containerPort, problem)
    if (port.hostPort) for (const problem of portNumber(port.hostPort)) errors.invalid(`${at}.hostPort`, port.hostPort, problem)
    if (!PROTOCOLS.includes(port.protocol ?? '')) errors.notSupported(`${at}.protocol`, port.protocol, PROTOCOLS)
  }
}

/** Paths below a mount say nothing of its place in the list, as upstream's do not. */
function validateMounts(container: Container, path: string, volumes: Set<string>, errors: FieldErrors): void {
  const points = new Set<string>()
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}.volumeMounts[${index}]`
    if (!mount.name) errors.required(`${at}.name`)
    if (!volumes.has(mount.name)) errors.notFound(`${at}.name`, mount.name ?? '')
    if (!mount.mountPath) errors.required(`${at}.mountPath`)
    if (points.has(mount.mountPath)) errors.invalid(`${at}.mountPath`, mount.mountPath, 'must be unique')
    points.add(mount.mountPath)
    if (mount.subPath) descendingPath(mount.subPath, `${path}.volumeMounts.subPath`, errors)
    if (mount.subPathExpr) {
      if (mount.subPath) errors.invalid(`${at}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive')
      descendingPath(mount.subPathExpr, `${path}.volumeMounts.subPathExpr`, errors)
    }
  }
}

const STANDARD = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/

function validateResourceList(list: Record<string, string>, path: string, errors: FieldErrors): void {
  for (const [name, value] of Object.entries(list).sort(([left], [right]) => (left < right ? -1 : 1))) {
    const at = `${path}[${name}]`
    for (const problem of qualifiedName(name)) errors.invalid(at, name, problem)
    const isExtended = name.includes('/')
    if (!isExtended && !STANDARD.test(name)) errors.invalid(at, name, 'must be a standard resource for containers')
    if (compareQuantities(value, '0') < 0) errors.invalid(at, value, 'must be greater than or equal to 0')
    if (isExtended && !wholeNumber(value)) errors.invalid(at, value, 'must be an integer')
  }
}

function validateResources(container: Container, path: string, errors: FieldErrors): void {
  const limits = (container.resources?.limits ?? {}) as Record<string, string>
  const requests = (container.resources?.requests ?? {}) as Record<string, string>
  const at = `${path}.resources`
  validateResourceList(limits, `${at}.limits`, errors)
  for (const [name, value] of Object.entries(requests).sort(([left], [right]) => (left < right ? -1 : 1))) {
    validateResourceList({ [name]: value }, `${at}.requests`, errors)
    const limit = limits[name]
    if (limit !== undefined && parseQuantity(limit) && compareQuantities(value, limit) > 0)
      errors.invalid(`${at}.requests`, value, `must be less than or equal to ${name} limit of ${limit}`)
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  if (names.some((name) => name.startsWith('hugepages-')) && !names.includes('cpu') && !names.includes('memory'))
    errors.forbidden(at, 'HugePages require cpu or memory')
}

function validateResizePolicy(
  { resizePolicy = [] }: Container,
  path: string,
  restartPolicy: string | undefined,
  errors: FieldErrors,
): void {
  const at = `${path}.resizePolicy`
  for (const { resourceName, restartPolicy: policy } of resizePolicy) {
    if (!['cpu', 'memory'].includes(resourceName)) errors.notSupported(at, resourceName, ['cpu', 'memory'])
    if (!['NotRequired', 'RestartContainer'].includes(policy))
      errors.notSupported(at, policy, ['NotRequired', 'RestartContainer'])
    if (restartPolicy === 'Never' && policy !== 'NotRequired')
      errors.invalid(at, policy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")
  }
}

/** What is asked of a Pod and not of a template. */
export function validateImages(spec: PodSpec, path: string, errors: FieldErrors): void {
  for (const list of ['containers', 'initContainers'] as const)
    for (const [index, { image = '' }] of (spec[list] ?? []).entries())
      if (image !== image.trim())
        errors.invalid(`${path}.${list}[${index}].image`, image, 'must not have leading or trailing whitespace')
}
