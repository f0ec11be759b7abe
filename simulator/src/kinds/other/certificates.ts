/** CertificateSigningRequest. @see pkg/apis/certificates/validation/validation.go */
import { pemOf, readCertificateRequest } from '../../access/certificate-request.js'
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsLabel, dnsSubdomain } from '../../objects/names.js'
import type { CertificateSigningRequest } from '../../schema/kubernetes.generated.js'
import { ageColumn, column, humanDuration, nameColumn } from '../columns.js'
import { type Column, defineKind } from '../define.js'

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]
const SHORTEST_S = 600

function validateSigner(name: string | undefined, errors: FieldErrors): void {
  const path = 'spec.signerName'
  if (!name) return void errors.required(path)
  const [domain = '', rest = '', ...more] = name.split('/')
  if (!name.includes('/') || more.length)
    return void errors.invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")
  const labels = domain.split('.')
  const badLabel = labels.find((label) => dnsLabel(label).length)
  for (const problem of badLabel === undefined ? [] : dnsLabel(badLabel))
    errors.invalid(path, domain, `validating label ${JSON.stringify(badLabel)}: ${problem}`)
  if (labels.length < 2) errors.invalid(path, domain, 'should be a domain with at least two segments separated by dots')
  const badPart = rest.split('.').find((label) => dnsSubdomain(label).length)
  for (const problem of badPart === undefined ? [] : dnsSubdomain(badPart))
    errors.invalid(path, rest, `validating label ${JSON.stringify(badPart)}: ${problem}`)
}

/** Approved and Denied may not both hold, and every condition says how it stands. */
export function validateConditions({ status }: CertificateSigningRequest, errors: FieldErrors): void {
  const conditions = status?.conditions ?? []
  for (const [index, { type, status: state }] of conditions.entries()) {
    const path = `status.conditions[${index}]`
    if (!type) errors.required(`${path}.type`)
    const allowed = ['Approved', 'Denied', 'Failed'].includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    if (!state) errors.required(`${path}.status`)
    else if (!allowed.includes(state)) errors.notSupported(`${path}.status`, state, allowed)
    const before = conditions.slice(0, index).map((each) => each.type)
    const opposite = { Approved: 'Denied', Denied: 'Approved' }[type]
    if (opposite && before.includes(opposite))
      errors.invalid('status.conditions', type, 'Approved and Denied conditions are mutually exclusive')
    if (before.includes(type)) errors.duplicate(`${path}.type`, type)
  }
}

/** What once stands cannot be taken back. */
export function validateKept(object: CertificateSigningRequest, old: CertificateSigningRequest, errors: FieldErrors): void {
  const count = ({ status }: CertificateSigningRequest, type: string) =>
    (status?.conditions ?? []).filter((each) => each.type === type).length
  for (const type of ['Approved', 'Denied', 'Failed'])
    if (count(object, type) < count(old, type))
      errors.forbidden('status.conditions', `updates may not remove a condition of type ${JSON.stringify(type)}`)
}

function validate({ spec }: CertificateSigningRequest, errors: FieldErrors): void {
  try {
    readCertificateRequest(pemOf(spec.request ?? ''))
  } catch (error) {
    errors.invalid('spec.request', spec.request ?? '', error instanceof Error ? error.message : String(error))
  }
  const usages = spec.usages ?? []
  if (usages.length === 0) errors.required('spec.usages')
  for (const [index, usage] of usages.entries())
    if (!USAGES.includes(usage)) errors.notSupported(`spec.usages[${index}]`, usage, USAGES)
  for (const [index, usage] of usages.entries())
    if (usages.indexOf(usage) < index) errors.duplicate(`spec.usages[${index}]`, usage)
  validateSigner(spec.signerName, errors)
  const seconds = spec.expirationSeconds
  if (seconds !== undefined && seconds < SHORTEST_S)
    errors.invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 600 seconds (10 minutes)')
}

function stateOf({ status }: CertificateSigningRequest): string {
  const has = (type: string) => status?.conditions?.some((each) => each.type === type) === true
  const parts = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending']
  if (has('Failed')) parts.push('Failed')
  if (status?.certificate) parts.push('Issued')
  return parts.join(',')
}

export const certificateSigningRequest = defineKind<CertificateSigningRequest>(
  'certificates.k8s.io',
  'CertificateSigningRequest',
  {
    nameRule: () => [],
    prepareForUpdate(object, old) {
      object.spec = old.spec
    },
    validate,
    validateStatusUpdate(object, old, errors) {
      validateConditions(object, errors)
      validateKept(object, old, errors)
    },
    fields: { 'spec.signerName': ({ spec }) => spec.signerName },
    columns: [
      nameColumn as Column<CertificateSigningRequest>,
      ageColumn as Column<CertificateSigningRequest>,
      column('SignerName', ({ spec }) => spec.signerName),
      column('Requestor', ({ spec }) => spec.username, ''),
      column('RequestedDuration', ({ spec }) =>
        spec.expirationSeconds === undefined ? undefined : humanDuration(spec.expirationSeconds * 1000),
      ),
      { name: 'Condition', value: stateOf },
    ],
  },
)
