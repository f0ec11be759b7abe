import type { KubeObject } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import { type ApiContext, keyFor } from '../context.js'
import type { ApiRequest } from '../request.js'

/** The object that a subresource belongs to. @throws ApiError 404 */
export function storedObject<T extends KubeObject>(context: ApiContext, { resource, namespace, name }: ApiRequest): T {
  const object = context.store.get(resource.storage, keyFor(resource, namespace, name))
  if (!object) throw failure.notFound(resource, name)
  return object as T
}
