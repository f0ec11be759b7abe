import type { JsonObject, KubeObject } from '../../objects/object.js'
import type { ApiContext } from '../context.js'
import type { ApiRequest } from '../request.js'
import { approval } from './approval.js'
import { binding } from './binding.js'
import { eviction } from './eviction.js'
import { finalize } from './finalize.js'
import { ephemeralContainers, resize } from './pod-parts.js'
import { scale } from './scale.js'
import { token } from './token.js'

type Run = (context: ApiContext, request: ApiRequest) => KubeObject | JsonObject

export interface SubresourceHandler {
  get?: Run
  create?: Run
  update?: Run
  patch?: Run
}

/** By `shelf/subresource`; `*` stands for every shelf. `status` is no handler: the verbs themselves know it. */
export const subresources: ReadonlyMap<string, SubresourceHandler> = new Map<string, SubresourceHandler>([
  ['*/scale', scale],
  ['pods/binding', binding],
  ['pods/eviction', eviction],
  ['pods/ephemeralcontainers', ephemeralContainers],
  ['pods/resize', resize],
  ['namespaces/finalize', finalize],
  ['serviceaccounts/token', token],
  ['certificates.k8s.io/certificatesigningrequests/approval', approval],
])
