/** Who asks: client certificate, bearer token, nobody; and on whose behalf. */
import type { X509Certificate } from 'node:crypto'
import type { Authorizer } from '../api/context.js'
import type { User } from '../api/request.js'
import { failure } from '../objects/status.js'
import { subjectOf } from './certificates.js'
import type { TokenIssuer } from './tokens.js'
import { ANONYMOUS, AUTHENTICATED, authenticated, serviceAccountUser } from './users.js'

export interface Credentials {
  /** Verified against the cluster's CA by the transport. */
  certificate?: X509Certificate | undefined
  bearer?: string | undefined
  impersonate?: { user: string; uid: string; groups: string[]; extra: Record<string, string[]> } | undefined
}

type Headers = Record<string, string | string[] | undefined>

const all = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : value.split(',').map((each) => each.trim())
const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? (value[0] ?? '') : (value ?? ''))
const EXTRA = 'impersonate-extra-'
const AUTHENTICATION = 'authentication.k8s.io'

export function readCredentials(headers: Headers, certificate: X509Certificate | undefined): Credentials {
  const bearer = /^Bearer (\S+)$/i.exec(one(headers.authorization))?.[1] ?? webSocketToken(one(headers['sec-websocket-protocol']))
  const extra: Record<string, string[]> = {}
  for (const name of Object.keys(headers))
    if (name.startsWith(EXTRA)) extra[decodeURIComponent(name.slice(EXTRA.length))] = all(headers[name])
  const groups = all(headers['impersonate-group'])
  const user = one(headers['impersonate-user'])
  const isImpersonated = Boolean(user || groups.length || Object.keys(extra).length)
  return {
    certificate,
    bearer,
    ...(isImpersonated ? { impersonate: { user, uid: one(headers['impersonate-uid']), groups, extra } } : {}),
  }
}

/** Browsers cannot set headers on a WebSocket: a token may come as a sub-protocol. */
function webSocketToken(protocols: string): string | undefined {
  const match = /base64url\.bearer\.authorization\.k8s\.io\.([\w-]+)/.exec(protocols)
  return match ? Buffer.from(match[1] ?? '', 'base64url').toString() : undefined
}

/** @see apiserver/pkg/authentication/user: CredentialIDKey */
const CREDENTIAL = 'authentication.kubernetes.io/credential-id'
const fingerprintOf = ({ fingerprint256 }: X509Certificate): string => fingerprint256.replaceAll(':', '').toLowerCase()

function userOf(certificate: X509Certificate): User {
  const { name, groups } = subjectOf(certificate)
  return { ...authenticated(name, groups), extra: { [CREDENTIAL]: [`X509SHA256=${fingerprintOf(certificate)}`] } }
}

export class Authenticator {
  /** Whom a certificate names: read once, however many requests come with it. */
  readonly #users = new WeakMap<X509Certificate, User>()
  constructor(
    readonly tokens: TokenIssuer,
    readonly authorizer: Authorizer,
  ) {}

  /** @throws ApiError 401 for a token that is not ours, 403 for an impersonation that is not allowed */
  authenticate(credentials: Credentials): User {
    const user = this.#own(credentials)
    return credentials.impersonate ? this.#impersonate(user, credentials.impersonate) : user
  }

  #own({ certificate, bearer }: Credentials): User {
    if (bearer !== undefined) {
      const found = this.tokens.review(bearer)
      if (!found) throw failure.unauthorized()
      return found.user
    }
    if (!certificate) return ANONYMOUS
    const user = this.#users.get(certificate) ?? userOf(certificate)
    this.#users.set(certificate, user)
    return user
  }

  #impersonate(user: User, wanted: NonNullable<Credentials['impersonate']>): User {
    if (!wanted.user) throw failure.internal('requested impersonation without impersonating a user')
    const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(wanted.user)
    const [, namespace = '', name = ''] = account ?? []
    if (account) this.#require(user, { resource: 'serviceaccounts', namespace, name })
    else this.#require(user, { resource: 'users', namespace: '', name: wanted.user })
    for (const group of wanted.groups) this.#require(user, { resource: 'groups', namespace: '', name: group })
    for (const [key, values] of Object.entries(wanted.extra))
      for (const name of values)
        this.#require(user, { group: AUTHENTICATION, resource: 'userextras', subresource: key, namespace: '', name })
    if (wanted.uid) this.#require(user, { group: AUTHENTICATION, resource: 'uids', namespace: '', name: wanted.uid })
    const base = account ? serviceAccountUser(namespace, name) : { name: wanted.user, groups: [] }
    const groups = [...new Set([...wanted.groups, ...base.groups])]
    if (wanted.user !== ANONYMOUS.name && !groups.includes(AUTHENTICATED)) groups.push(AUTHENTICATED)
    return {
      name: wanted.user,
      ...(wanted.uid ? { uid: wanted.uid } : {}),
      groups,
      ...(Object.keys(wanted.extra).length ? { extra: wanted.extra } : {}),
    }
  }

  #require(user: User, what: { group?: string; resource: string; subresource?: string; namespace: string; name: string }): void {
    const { group = '', resource, subresource = '', namespace, name } = what
    const refusal = this.authorizer.refuse({ user, verb: 'impersonate', group, resource, subresource, namespace, name })
    if (refusal) throw failure.forbidden({ group, resource }, name, refusal)
  }
}
