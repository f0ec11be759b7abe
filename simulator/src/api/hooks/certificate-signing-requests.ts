import type { CertificateSigningRequest } from '../../schema/kubernetes.generated.js'
import type { StorageHooks } from '../context.js'

/** Who asks is written by the server, never by the client. @see pkg/registry/certificates/certificates/strategy.go */
export const certificateRequestHooks: StorageHooks = {
  beforeCreate({ request, object }) {
    const { name, uid, groups, extra } = request.user
    const { spec, metadata } = object as CertificateSigningRequest
    const { username: _username, uid: _uid, groups: _groups, extra: _extra, ...asked } = spec
    const user = { username: name, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) }
    Object.assign(object, { metadata, spec: { ...asked, ...user } })
  },
}
