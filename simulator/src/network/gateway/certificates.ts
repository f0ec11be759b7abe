/** The certificates of a Gateway's HTTPS listeners. @see GatewayTLSConfig.certificateRefs */
import type { TlsIdentity } from '../../containers/network.js'
import type { Informers } from '../../controllers/runtime/informer.js'
import { identityOf } from '../tls/identity.js'
import { grants } from './grants.js'
import type { Gateway, Listener, ReferenceGrant } from './kinds.js'

export type Certificate =
  | { type: 'identity'; identity: TlsIdentity }
  /** Why the listener serves nothing. */
  | { type: 'refused'; reason: 'InvalidCertificateRef' | 'RefNotPermitted'; message: string }

const refused = (reason: 'InvalidCertificateRef' | 'RefNotPermitted', message: string): Certificate => ({
  type: 'refused',
  reason,
  message,
})

/** The first certificate of a listener that can be used. */
export function certificateOf(
  informers: Informers,
  gateway: Gateway,
  { listener, allowed }: { listener: Listener; allowed: ReferenceGrant[] },
): Certificate {
  const [reference] = listener.tls?.certificateRefs ?? []
  if (!reference) return refused('InvalidCertificateRef', `listener ${listener.name} names no certificate`)
  const { group = '', kind = 'Secret', name } = reference
  if (group !== '' || kind !== 'Secret') return refused('InvalidCertificateRef', `${kind} ${name} is no Secret`)
  const namespace = reference.namespace ?? gateway.metadata.namespace ?? ''
  const from = { kind: 'Gateway', namespace: gateway.metadata.namespace ?? '' }
  if (!grants(allowed, { from, to: { kind: 'Secret', namespace, name } }))
    return refused('RefNotPermitted', `no ReferenceGrant lets this Gateway use Secret ${namespace}/${name}`)
  const secret = informers.get('Secret', `${namespace}/${name}`)
  if (!secret) return refused('InvalidCertificateRef', `Secret ${namespace}/${name} is not there`)
  const identity = identityOf(secret)
  return identity
    ? { type: 'identity', identity }
    : refused('InvalidCertificateRef', `Secret ${namespace}/${name} holds no certificate with its key`)
}
