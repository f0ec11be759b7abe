/** Approval of a CertificateSigningRequest. @see pkg/registry/certificates/certificates/storage */
import { clone, fieldsOf, type JsonObject, type KubeObject } from '../../objects/object.js'
import type { CertificateSigningRequest } from '../../schema/kubernetes.generated.js'
import { timestamp } from '../../time/clock.js'
import type { ApiContext } from '../context.js'
import type { ApiRequest } from '../request.js'
import { patchFields } from '../verbs/patch.js'
import { decodeBody } from '../verbs/write.js'
import type { SubresourceHandler } from './index.js'
import { storedObject } from './stored.js'

function write(context: ApiContext, request: ApiRequest, body: JsonObject): KubeObject {
  const old = storedObject<CertificateSigningRequest>(context, request)
  const wanted = decodeBody(request, body) as CertificateSigningRequest
  const now = timestamp(context.clock.now())
  const object = clone(old)
  const conditions = (wanted.status?.conditions ?? []).map((condition) => ({
    ...condition,
    lastUpdateTime: condition.lastUpdateTime ?? now,
    lastTransitionTime: condition.lastTransitionTime ?? now,
  }))
  object.status = { ...object.status, conditions }
  return request.dryRun ? object : context.store.put(request.resource.storage, request.name, object)
}

export const approval: SubresourceHandler = {
  get: (context, request) => storedObject(context, request),
  update: (context, request) => write(context, request, request.body ?? {}),
  patch: (context, request) =>
    write(context, request, patchFields(request, fieldsOf(storedObject(context, request))) as JsonObject),
}
