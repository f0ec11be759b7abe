/** Answers of resources that are worked out for each request. */
import { type KubeObject, keyOf } from '../objects/object.js'
import { parseLabelSelector } from '../objects/selector.js'
import { failure } from '../objects/status.js'
import type { ApiRequest, ApiResult } from './request.js'

/** One of all objects, or those that a list asks for. @throws ApiError 404 */
export function computedResult({ resource, namespace, name, verb, list }: ApiRequest, all: KubeObject[]): ApiResult {
  if (verb === 'get') {
    const object = all.find((each) => keyOf(each) === keyOf({ metadata: { name, namespace } }))
    if (!object) throw failure.notFound(resource, name)
    return { type: 'object', code: 200, object }
  }
  const matches = parseLabelSelector(list?.labelSelector)
  const field = /^metadata\.name=(.+)$/.exec(list?.fieldSelector ?? '')?.[1]
  const isWanted = ({ metadata }: KubeObject) =>
    (!namespace || metadata.namespace === namespace) && matches(metadata.labels) && (!field || metadata.name === field)
  return { type: 'list', list: { items: all.filter(isWanted), resourceVersion: '' } }
}
