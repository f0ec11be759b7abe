/** ServiceAccount tokens: JWTs that the cluster signs and knows again. @see pkg/serviceaccount */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import type { TokenBinding, TokenRequest } from '../api/context.js'
import type { User } from '../api/request.js'
import type { ServiceAccount } from '../schema/kubernetes.generated.js'
import type { Store } from '../storage/store.js'
import type { Clock } from '../time/clock.js'
import { serviceAccountUser } from './users.js'

export const ISSUER = 'https://kubernetes.default.svc.cluster.local'

interface Claims {
  aud: string[]
  exp: number
  iss: string
  sub: string
  jti?: string
  'kubernetes.io': {
    namespace: string
    serviceaccount: Reference
    pod?: Reference
    secret?: Reference
    /** Of the Pod, or what the token is bound to where there is neither Pod nor Secret. */
    node?: Partial<Reference>
  }
}

interface Reference {
  name: string
  uid: string
}

function boundTo(binding: TokenBinding | undefined): Pick<Claims['kubernetes.io'], 'pod' | 'secret' | 'node'> {
  if (!binding) return {}
  const { kind, name, uid, node } = binding
  if (kind === 'Secret') return { secret: { name, uid } }
  if (kind === 'Node') return { node: { name, uid } }
  return { ...(node ? { node } : {}), pod: { name, uid } }
}

/** What a bound token tells of its bearer. @see apiserver/pkg/authentication/serviceaccount/util.go */
function extraOf({ jti, 'kubernetes.io': { pod, node } }: Claims): { extra?: Record<string, string[]> } {
  const prefix = 'authentication.kubernetes.io'
  const extra: Record<string, string[]> = {}
  if (jti) extra[`${prefix}/credential-id`] = [`JTI=${jti}`]
  if (node?.name) extra[`${prefix}/node-name`] = [node.name]
  if (node?.uid) extra[`${prefix}/node-uid`] = [node.uid]
  if (pod) Object.assign(extra, { [`${prefix}/pod-name`]: [pod.name], [`${prefix}/pod-uid`]: [pod.uid] })
  return Object.keys(extra).length ? { extra } : {}
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const ENCODING = 'ieee-p1363' as const
const ALGORITHM = 'ES256'
const KEY_ID = 'wheelhouse'

export class TokenIssuer {
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject
  constructor(
    readonly store: Store,
    readonly clock: Clock,
    keyPem?: string,
  ) {
    this.#privateKey = keyPem ? createPrivateKey(keyPem) : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    this.#publicKey = createPublicKey(this.#privateKey)
  }

  /** PEM, to keep over a restart. */
  get keyPem(): string {
    return this.#privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  }

  /** For whoever checks tokens without asking the API server. */
  keys(): JsonWebKey[] {
    return [{ use: 'sig', kid: KEY_ID, alg: ALGORITHM, ...this.#publicKey.export({ format: 'jwk' }) }]
  }

  issue(request: TokenRequest): { token: string; expiresAtMs: number } {
    const now = Math.floor(this.clock.now() / 1000)
    const { namespace, serviceAccount, uid, audiences, seconds, id, binding } = request
    const claims = {
      aud: audiences,
      exp: now + seconds,
      iat: now,
      iss: ISSUER,
      jti: id,
      'kubernetes.io': { namespace, ...boundTo(binding), serviceaccount: { name: serviceAccount, uid } },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    }
    const body = `${encode({ alg: ALGORITHM, kid: KEY_ID })}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(body), { key: this.#privateKey, dsaEncoding: ENCODING }).toString('base64url')
    return { token: `${body}.${signature}`, expiresAtMs: (now + seconds) * 1000 }
  }

  /** Who a token stands for; undefined where it is not ours, has expired, or what it is bound to is gone. */
  review(token: string, audiences: string[] = []): { user: User; audiences: string[] } | undefined {
    const claims = this.#read(token)
    if (!claims || claims.exp * 1000 < this.clock.now()) return undefined
    const accepted = audiences.length ? claims.aud.filter((audience) => audiences.includes(audience)) : claims.aud
    if (accepted.length === 0 || (audiences.length === 0 && !claims.aud.includes(ISSUER))) return undefined
    const { namespace, serviceaccount } = claims['kubernetes.io']
    const account = this.store.get('serviceaccounts', `${namespace}/${serviceaccount.name}`) as ServiceAccount | undefined
    if (account?.metadata.uid !== serviceaccount.uid) return undefined
    if (!this.#stands(claims)) return undefined
    const user = serviceAccountUser(namespace, serviceaccount.name, serviceaccount.uid)
    return { user: { ...user, ...extraOf(claims) }, audiences: accepted }
  }

  /** Whether what the token is bound to is still there. */
  #stands({ 'kubernetes.io': { namespace, pod, secret, node } }: Claims): boolean {
    const has = (shelf: string, key: string, uid: string | undefined) => this.store.get(shelf, key)?.metadata.uid === uid
    if (pod) return has('pods', `${namespace}/${pod.name}`, pod.uid)
    if (secret) return has('secrets', `${namespace}/${secret.name}`, secret.uid)
    return !node || has('nodes', node.name ?? '', node.uid)
  }

  #read(token: string): Claims | undefined {
    const [head, body, signature, ...rest] = token.split('.')
    if (!head || !body || !signature || rest.length > 0) return undefined
    const isOurs = verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      { key: this.#publicKey, dsaEncoding: ENCODING },
      Buffer.from(signature, 'base64url'),
    )
    if (!isOurs) return undefined
    try {
      return JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims
    } catch {
      return undefined
    }
  }
}
