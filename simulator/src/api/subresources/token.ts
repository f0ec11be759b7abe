/** `kubectl create token`. @see pkg/registry/core/serviceaccount/storage/token.go */
import { ISSUER } from '../../access/tokens.js'
import { FieldErrors } from '../../objects/field-errors.js'
import { isObject, type JsonObject, type KubeObject } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import type { Pod, ServiceAccount } from '../../schema/kubernetes.generated.js'
import { timestamp } from '../../time/clock.js'
import type { ApiContext, TokenBinding } from '../context.js'
import type { ApiRequest } from '../request.js'
import type { SubresourceHandler } from './index.js'
import { admitted, partOf } from './part.js'
import { storedObject } from './stored.js'

const SHORTEST_S = 600
const LONGEST_S = 2 ** 32
const DEFAULT_S = 3600
const GROUP = 'authentication.k8s.io'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const part = (object: unknown, name: string): JsonObject => {
  const found = isObject(object) ? object[name] : undefined
  return isObject(found) ? found : {}
}

/** Name and namespace may be left out; where they stand they must be those of the account. */
function checkIdentity({ name, namespace, body }: ApiRequest, account: ServiceAccount): void {
  const metadata = part(body, 'metadata')
  const errors = new FieldErrors()
  if (metadata.name && metadata.name !== name)
    errors.invalid('metadata.name', metadata.name, 'must match the service account name if specified')
  else if (metadata.namespace && metadata.namespace !== namespace)
    errors.invalid('metadata.namespace', metadata.namespace, 'must match the service account namespace if specified')
  if (errors.any) throw errors.toError(GROUP, 'TokenRequest', name)
  if (metadata.uid && metadata.uid !== account.metadata.uid)
    throw failure.conflict(
      { group: GROUP, resource: 'TokenRequest' },
      name,
      `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${account.metadata.uid})`,
    )
}

function checkDuration(seconds: number): void {
  const errors = new FieldErrors()
  const path = 'spec.expirationSeconds'
  if (seconds < SHORTEST_S) errors.invalid(path, seconds, 'may not specify a duration less than 10 minutes')
  if (seconds > LONGEST_S) errors.invalid(path, seconds, 'may not specify a duration larger than 2^32 seconds')
  if (errors.any) throw errors.toError(GROUP, 'TokenRequest', '')
}

/** What a token is bound to: it ends with that object. */
function bindingOf(context: ApiContext, { namespace, name }: ApiRequest, reference: JsonObject): TokenBinding {
  const kind = text(reference.kind)
  const resource = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }[kind]
  if (!resource || text(reference.apiVersion) !== 'v1')
    throw failure.badRequest(`cannot bind token to object of type ${text(reference.apiVersion)}, Kind=${kind}`)
  const target = text(reference.name)
  const object = context.store.get(resource, kind === 'Node' ? target : `${namespace}/${target}`) as KubeObject | undefined
  if (!object) throw failure.notFound({ group: '', resource }, target)
  if (kind === 'Pod' && (object as Pod).spec.serviceAccountName !== name)
    throw failure.badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(name)} to pod running with different serviceaccount name.`,
    )
  const { uid } = object.metadata
  if (reference.uid && reference.uid !== uid)
    throw failure.conflict(
      { group: '', resource: kind },
      target,
      `the UID in the bound object reference (${reference.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  const node = kind === 'Pod' ? (object as Pod).spec.nodeName : undefined
  const nodeUid = node ? context.store.get('nodes', node)?.metadata.uid : undefined
  return {
    kind: kind as TokenBinding['kind'],
    name: target,
    uid,
    ...(node ? { node: { name: node, ...(nodeUid ? { uid: nodeUid } : {}) } } : {}),
  }
}

export const token: SubresourceHandler = {
  create(context, request) {
    const account = storedObject<ServiceAccount>(context, request)
    if (!context.facts.issueToken) throw failure.notImplemented('token issuing')
    checkIdentity(request, account)
    const spec = part(admitted(context, request, { object: partOf(request, request.body) }), 'spec')
    const seconds = typeof spec.expirationSeconds === 'number' ? spec.expirationSeconds : DEFAULT_S
    checkDuration(seconds)
    const audiences = Array.isArray(spec.audiences) && spec.audiences.length ? (spec.audiences as string[]) : [ISSUER]
    const reference = isObject(spec.boundObjectRef) ? spec.boundObjectRef : undefined
    const binding = reference ? bindingOf(context, request, reference) : undefined
    const { uid } = account.metadata
    const { token: issued, expiresAtMs } = context.facts.issueToken({
      namespace: request.namespace,
      serviceAccount: request.name,
      uid,
      audiences,
      seconds,
      id: context.random.uuid(),
      binding,
    })
    return {
      kind: 'TokenRequest',
      apiVersion: `${GROUP}/v1`,
      metadata: { name: request.name, namespace: request.namespace, uid, creationTimestamp: timestamp(context.clock.now()) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: reference ?? null },
      status: { token: issued, expirationTimestamp: timestamp(expiresAtMs) },
    }
  },
}
