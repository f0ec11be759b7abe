/** `kubectl create token`. @see pkg/registry/core/serviceaccount/storage/token.go */
import { isObject } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import type { ServiceAccount } from '../../schema/kubernetes.generated.js'
import { timestamp } from '../../time/clock.js'
import type { SubresourceHandler } from './index.js'
import { storedObject } from './stored.js'

const SHORTEST_S = 600
const DEFAULT_S = 3600

export const token: SubresourceHandler = {
  create(context, request) {
    const account = storedObject<ServiceAccount>(context, request)
    if (!context.facts.issueToken) throw failure.notImplemented('token issuing')
    const spec = isObject(request.body?.spec) ? request.body.spec : {}
    const seconds = typeof spec.expirationSeconds === 'number' ? spec.expirationSeconds : DEFAULT_S
    if (seconds < SHORTEST_S)
      throw failure.unprocessable(
        ` "" is invalid: spec.expirationSeconds: Invalid value: ${seconds}: may not specify a duration less than 10 minutes`,
      )
    const audiences =
      Array.isArray(spec.audiences) && spec.audiences.length
        ? (spec.audiences as string[])
        : ['https://kubernetes.default.svc.cluster.local']
    const bound = isObject(spec.boundObjectRef) && spec.boundObjectRef.kind === 'Pod' ? spec.boundObjectRef : undefined
    const { token: text, expiresAtMs } = context.facts.issueToken({
      namespace: request.namespace,
      serviceAccount: request.name,
      uid: account.metadata.uid,
      audiences,
      seconds,
      boundPod: bound ? { name: String(bound.name ?? ''), uid: String(bound.uid ?? '') } : undefined,
    })
    return {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: request.name, namespace: request.namespace, creationTimestamp: timestamp(context.clock.now()) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
      status: { token: text, expirationTimestamp: timestamp(expiresAtMs) },
    }
  },
}
