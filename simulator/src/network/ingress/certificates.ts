/** Which certificate an Ingress controller shows for a name. Models internal/ingress/controller/controller.go of ingress-nginx 1.13 (`createServers`). */
import { X509Certificate } from 'node:crypto'
import type { TlsIdentity } from '../../containers/network.js'
import type { Informers } from '../../controllers/runtime/informer.js'
import type { Ingress } from '../../schema/kubernetes.generated.js'
import { identityOf } from '../tls/identity.js'
import { hostMatches, hostWeight } from './matching.js'

export type Certificate =
  | { type: 'secret'; identity: TlsIdentity }
  /** `why` where a Secret is named that does not do. */
  | { type: 'default'; why?: string }

const NONE: Certificate = { type: 'default' }

/** Also a wildcard that is the certificate's own. */
function covers({ certificatePem = '', names }: TlsIdentity, host: string): boolean {
  return names.includes(host) || new X509Certificate(certificatePem).checkHost(host) !== undefined
}

/** The certificate of one host of an Ingress: of the entry that names the host, else of one whose Secret fits it. */
export function certificateOfHost(informers: Informers, { metadata, spec }: Ingress, host: string): Certificate {
  const keyOf = (secretName: string | undefined) => `${metadata.namespace}/${secretName}`
  const entries = spec.tls ?? []
  const named = entries.find(({ hosts = [] }) => hosts.some((each) => each.toLowerCase() === host.toLowerCase()))
  if (!named) {
    const found = entries.map(({ secretName }) => identityOf(informers.get('Secret', keyOf(secretName))))
    const identity = found.find((each) => each && covers(each, host))
    return identity ? { type: 'secret', identity } : NONE
  }
  if (!named.secretName) return NONE
  const key = keyOf(named.secretName)
  const identity = identityOf(informers.get('Secret', key))
  if (!identity)
    return {
      type: 'default',
      why: `Error getting SSL certificate "${key}": local SSL certificate ${key} was not found. Using default certificate`,
    }
  if (covers(identity, host)) return { type: 'secret', identity }
  const why = `SSL certificate "${key}" does not contain a Common Name or Subject Alternative Name for server "${host}". Using default certificate`
  return { type: 'default', why }
}

/** Of the host that fits a name best; a name that no rule has gets the default. @param ingresses the oldest first */
export function certificateFor(informers: Informers, ingresses: Ingress[], serverName: string): Certificate {
  const fitting = ingresses
    .flatMap((ingress) => (ingress.spec.rules ?? []).map(({ host = '' }) => ({ ingress, host })))
    .filter(({ host }) => host !== '' && hostMatches(host, serverName))
    .sort((left, right) => hostWeight(right.host) - hostWeight(left.host))
  const most = hostWeight(fitting[0]?.host ?? '')
  for (const { ingress, host } of fitting.filter((each) => hostWeight(each.host) === most)) {
    const found = certificateOfHost(informers, ingress, host)
    if (found.type === 'secret') return found
  }
  return NONE
}
