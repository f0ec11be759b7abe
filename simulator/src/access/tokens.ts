/** ServiceAccount tokens: JWTs that the cluster signs and knows again. @see pkg/serviceaccount */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import type { TokenRequest } from '../api/context.js'
import type { User } from '../api/request.js'
import type { Pod, ServiceAccount } from '../schema/kubernetes.generated.js'
import type { Store } from '../storage/store.js'
import type { Clock } from '../time/clock.js'
import { serviceAccountUser } from './users.js'

export const ISSUER = 'https://kubernetes.default.svc.cluster.local'

interface Claims {
  aud: string[]
  exp: number
  iss: string
  sub: string
  'kubernetes.io': { namespace: string; serviceaccount: { name: string; uid: string }; pod?: { name: string; uid: string } }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const ENCODING = 'ieee-p1363' as const

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

  issue(request: TokenRequest): { token: string; expiresAtMs: number } {
    const now = Math.floor(this.clock.now() / 1000)
    const { namespace, serviceAccount, uid, audiences, seconds, boundPod } = request
    const claims = {
      aud: audiences,
      exp: now + seconds,
      iat: now,
      iss: ISSUER,
      'kubernetes.io': { namespace, ...(boundPod ? { pod: boundPod } : {}), serviceaccount: { name: serviceAccount, uid } },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    }
    const body = `${encode({ alg: 'ES256', kid: 'wheelhouse' })}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(body), { key: this.#privateKey, dsaEncoding: ENCODING }).toString('base64url')
    return { token: `${body}.${signature}`, expiresAtMs: (now + seconds) * 1000 }
  }

  /** Who a token stands for; undefined where it is not ours, has expired, or what it is bound to is gone. */
  review(token: string, audiences: string[] = []): { user: User; audiences: string[] } | undefined {
    const claims = this.#read(token)
    if (!claims || claims.exp * 1000 < this.clock.now()) return undefined
    const accepted = audiences.length ? claims.aud.filter((audience) => audiences.includes(audience)) : claims.aud
    if (accepted.length === 0 || (audiences.length === 0 && !claims.aud.includes(ISSUER))) return undefined
    const { namespace, serviceaccount, pod } = claims['kubernetes.io']
    const account = this.store.get('serviceaccounts', `${namespace}/${serviceaccount.name}`) as ServiceAccount | undefined
    if (account?.metadata.uid !== serviceaccount.uid) return undefined
    const bound = pod ? (this.store.get('pods', `${namespace}/${pod.name}`) as Pod | undefined) : undefined
    if (pod && bound?.metadata.uid !== pod.uid) return undefined
    return { user: serviceAccountUser(namespace, serviceaccount.name, serviceaccount.uid), audiences: accepted }
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
