/** Objects of a subresource's own kind: a Scale, an Eviction, a Binding, a TokenRequest. */
import { type AdmissionReview, admitPart } from '../../admission/admission.js'
import { apiVersionOf } from '../../kinds/resource.js'
import { asObject, clone, isObject, type JsonObject, type KubeObject } from '../../objects/object.js'
import { decodeObject } from '../../schema/decode.js'
import { typeForKind } from '../../schema/types.js'
import type { ApiContext } from '../context.js'
import type { ApiRequest } from '../request.js'

/** The body as the kind that the subresource takes; the caller may change it. @throws ApiError 400 where a field has the wrong type */
export function partOf({ resource, subresource, name, namespace }: ApiRequest, body: JsonObject = {}): KubeObject {
  const kind = resource.subresources.get(subresource)?.kind ?? resource
  const metadata = { ...(isObject(body.metadata) ? body.metadata : {}) }
  if (name) metadata.name ||= name
  if (resource.namespaced) metadata.namespace ||= namespace
  const fields: JsonObject = { ...body, kind: kind.kind, apiVersion: apiVersionOf(kind), metadata }
  const typeName = typeForKind(kind.group, kind.version, kind.kind)
  return asObject(typeName ? decodeObject(typeName, kind.kind, fields) : clone(fields))
}

/** The object as admission leaves it. @param old where there was one before @throws ApiError */
export function admitted(
  context: ApiContext,
  request: ApiRequest,
  { object, old }: { object: KubeObject; old?: KubeObject },
): JsonObject {
  const operation: AdmissionReview['operation'] = old ? 'UPDATE' : 'CREATE'
  admitPart({ context, request, operation, object, ...(old ? { old } : {}) })
  return object as unknown as JsonObject
}
