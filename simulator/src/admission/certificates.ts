/** Who may approve and sign what, and for whom. @see plugin/pkg/admission/certificates */
import { pemOf, readCertificateRequest } from '../access/certificate-request.js'
import type { ApiContext } from '../api/context.js'
import type { User } from '../api/request.js'
import { sameJson } from '../objects/object.js'
import { failure } from '../objects/status.js'
import type { CertificateSigningRequest } from '../schema/kubernetes.generated.js'
import type { AdmissionPlugin } from './admission.js'

export const REQUESTS = 'certificates.k8s.io/certificatesigningrequests'
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client'

/** For this signer, or for all of its domain. */
export function maySignerVerb(context: ApiContext, user: User, verb: 'approve' | 'sign', signerName: string): boolean {
  const names = [signerName, `${signerName.split('/')[0]}/*`]
  const rest = { user, verb, group: 'certificates.k8s.io', resource: 'signers', subresource: '', namespace: '' }
  return names.some((name) => context.authorizer.refuse({ ...rest, name }) === undefined)
}

export const certificateAdmission: AdmissionPlugin = {
  name: 'CertificateSigning',
  validate({ context, request, operation, object, old }) {
    if (request.resource.storage !== REQUESTS || operation === 'DELETE') return
    const asked = object as CertificateSigningRequest
    const refuse = (why: string) => failure.forbidden(request.resource, object.metadata.name, why)
    if (operation === 'CREATE' && asked.spec.signerName === CLIENT_SIGNER) {
      if (readCertificateRequest(pemOf(asked.spec.request)).organizations.includes('system:masters'))
        throw refuse(`use of ${CLIENT_SIGNER} signer with system:masters group is not allowed`)
    }
    if (request.subresource !== 'status') return
    const before = old as CertificateSigningRequest
    const isSame =
      asked.status?.certificate === before.status?.certificate && sameJson(asked.status?.conditions, before.status?.conditions)
    if (!isSame && !maySignerVerb(context, request.user, 'sign', before.spec.signerName))
      throw refuse(`user not permitted to sign requests with signerName ${JSON.stringify(before.spec.signerName)}`)
  },
}
