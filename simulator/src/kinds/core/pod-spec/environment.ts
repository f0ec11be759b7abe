/** Variables of a container. @see pkg/apis/core/validation/validation.go: ValidateEnv, ValidateEnvFrom */
import type { FieldErrors } from '../../../objects/field-errors.js'
import { configMapKey, dnsSubdomain, envVarName, qualifiedName } from '../../../objects/names.js'
import type { EnvFromSource, EnvVar } from '../../../schema/kubernetes.generated.js'
import { follow } from '../../checks.js'

const KNOWN_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.hostIP',
  'spec.host',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.phase',
  'status.podIP',
  'status.podIPs',
]
const OF_VARIABLES = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const OF_FILES = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']
const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const SUBSCRIPT = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/

function validateFieldRef(fieldPath: string | undefined, allowed: string[], path: string, errors: FieldErrors): void {
  if (!fieldPath) {
    errors.required(`${path}.fieldPath`)
    return
  }
  const subscript = SUBSCRIPT.exec(fieldPath)
  if (subscript) follow(qualifiedName, (subscript[2] ?? '').toLowerCase(), path, errors)
  else if (!KNOWN_FIELDS.includes(fieldPath))
    errors.invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)
  else if (!allowed.includes(fieldPath)) errors.notSupported(`${path}.fieldPath`, fieldPath, allowed)
}

export const validateFileFieldRef = (fieldPath: string | undefined, path: string, errors: FieldErrors): void =>
  validateFieldRef(fieldPath, OF_FILES, path, errors)

/** A number of a container, such as `limits.cpu`. */
export function validateResourceRef(resource: string | undefined, path: string, errors: FieldErrors): void {
  if (!resource) errors.required(`${path}.resource`)
  else if (!RESOURCES.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource))
    errors.notSupported(`${path}.resource`, resource, RESOURCES)
}

export function validateEnv(variable: EnvVar, path: string, errors: FieldErrors): void {
  if (!variable.name) errors.required(`${path}.name`)
  else follow(envVarName, variable.name, `${path}.name`, errors)
  const source = variable.valueFrom
  if (!source) return
  const at = `${path}.valueFrom`
  if (source.fieldRef) validateFieldRef(source.fieldRef.fieldPath, OF_VARIABLES, `${at}.fieldRef`, errors)
  if (source.resourceFieldRef) validateResourceRef(source.resourceFieldRef.resource, `${at}.resourceFieldRef`, errors)
  for (const name of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = source[name]
    if (!reference) continue
    if (!reference.name) errors.required(`${at}.${name}.name`)
    if (!reference.key) errors.required(`${at}.${name}.key`)
    else follow(configMapKey, reference.key, `${at}.${name}.key`, errors)
  }
  const count = Object.keys(source).length
  if (count === 0)
    errors.invalid(
      at,
      '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    )
  else if (variable.value) errors.invalid(at, '', 'may not be specified when `value` is not empty')
  else if (count > 1) errors.invalid(at, '', 'may not have more than one field specified at a time')
}

export function validateEnvFrom(sources: EnvFromSource[], path: string, errors: FieldErrors): void {
  for (const [index, source] of sources.entries()) {
    const at = `${path}[${index}]`
    if (source.prefix) follow(envVarName, source.prefix, `${at}.prefix`, errors)
    const references = (['configMapRef', 'secretRef'] as const).filter((name) => source[name])
    for (const name of references) {
      const target = source[name]?.name
      if (!target) errors.required(`${at}.${name}.name`)
      else follow(dnsSubdomain, target, `${at}.${name}.name`, errors)
    }
    // Of the list, not of its item, as upstream has it.
    if (references.length === 0) errors.invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`')
    else if (references.length > 1) errors.invalid(path, '', 'may not have more than one field specified at a time')
  }
}
