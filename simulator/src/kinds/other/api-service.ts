/** @see kube-aggregator/pkg/apis/apiregistration/validation/validation.go */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dns1035Label, dnsSubdomain, pathSegment, portNumber } from '../../objects/names.js'
import type { ObjectMeta } from '../../schema/kubernetes.generated.js'
import { follow } from '../checks.js'
import { column, columns } from '../columns.js'
import { defineKind } from '../define.js'

interface ApiService {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  spec: {
    group?: string
    version?: string
    groupPriorityMinimum: number
    versionPriority: number
    service?: { namespace?: string; name?: string; port?: number }
    caBundle?: string
    insecureSkipTLSVerify?: boolean
  }
  status?: { conditions?: { type: string; status: string; reason?: string }[] }
}

function available({ status }: ApiService): string {
  const found = status?.conditions?.find((condition) => condition.type === 'Available')
  if (!found) return 'Unknown'
  return found.status === 'True' ? 'True' : `${found.status}${found.reason ? ` (${found.reason})` : ''}`
}

function validateName({ metadata, spec }: ApiService, errors: FieldErrors): void {
  const { group = '', version = '' } = spec
  const required = `${version}.${group}`
  if (pathSegment(metadata.name).length === 0 && metadata.name !== required)
    errors.invalid('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(required)}`)
  if (group) follow(dnsSubdomain, group, 'spec.group', errors)
  else if (version !== 'v1') errors.required('spec.group', 'only v1 may have an empty group and it better be legacy kube')
  follow(dns1035Label, version, 'spec.version', errors)
}

function validatePriorities({ groupPriorityMinimum, versionPriority }: ApiService['spec'], errors: FieldErrors): void {
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > 20_000)
    errors.invalid('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000')
  if (versionPriority <= 0 || versionPriority > 1000)
    errors.invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000')
}

function validateService({ service, caBundle, insecureSkipTLSVerify }: ApiService['spec'], errors: FieldErrors): void {
  if (!service) {
    const bytes = Buffer.from(caBundle ?? '', 'base64').length
    if (bytes) errors.invalid('spec.caBundle', `${bytes} bytes`, 'local APIServices may not have a caBundle')
    if (insecureSkipTLSVerify)
      errors.invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify')
    return
  }
  if (!service.namespace) errors.required('spec.service.namespace')
  if (!service.name) errors.required('spec.service.name')
  const problems = portNumber(service.port ?? 0)
  if (problems.length) errors.invalid('spec.service.port', service.port, `port is not valid: ${problems.join(', ')}`)
  if (insecureSkipTLSVerify && caBundle)
    errors.invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')
}

export const apiService = defineKind<ApiService>('apiregistration.k8s.io', 'APIService', {
  nameRule: pathSegment,
  keepsStatus: true,
  defaults({ spec }) {
    if (spec.service) spec.service.port ??= 443
  },
  validate(object, errors) {
    validateName(object, errors)
    validatePriorities(object.spec, errors)
    validateService(object.spec, errors)
  },
  columns: columns<ApiService>(
    column('Service', ({ spec }) => (spec.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local')),
    { name: 'Available', value: available },
  ),
})
