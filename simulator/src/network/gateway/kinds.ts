/** What the simulated gateway reads of the Gateway API. @see https://gateway-api.sigs.k8s.io/reference/spec/ */
import type { ResourceRef } from '../../client/client.js'
import type { KubeObject } from '../../objects/object.js'

const GROUP = 'gateway.networking.k8s.io'
const ref = (version: string, resource: string, kind: string, namespaced = true): ResourceRef => ({
  group: GROUP,
  version,
  resource,
  kind,
  namespaced,
})
export const GATEWAY_CLASS = ref('v1', 'gatewayclasses', 'GatewayClass', false)
export const GATEWAY = ref('v1', 'gateways', 'Gateway')
export const HTTP_ROUTE = ref('v1', 'httproutes', 'HTTPRoute')
export const REFERENCE_GRANT = ref('v1beta1', 'referencegrants', 'ReferenceGrant')

export interface Condition {
  type: string
  status: 'True' | 'False'
  reason: string
  message: string
  observedGeneration?: number | undefined
  lastTransitionTime: string
}

export interface GatewayClass extends KubeObject {
  spec: { controllerName: string }
  status?: { conditions?: Condition[] }
}

export interface Listener {
  name: string
  port: number
  protocol: string
  hostname?: string
  tls?: {
    mode?: 'Terminate' | 'Passthrough'
    certificateRefs?: { group?: string; kind?: string; name: string; namespace?: string }[]
  }
  allowedRoutes?: { namespaces?: { from?: 'All' | 'Same' | 'Selector'; selector?: object } }
}

export interface Gateway extends KubeObject {
  spec: { gatewayClassName: string; listeners: Listener[] }
  status?: object
}

export interface ParentRef {
  name: string
  namespace?: string
  sectionName?: string
  port?: number
}

interface Named {
  type?: string
  name: string
  value: string
}
export interface Match {
  path?: { type?: string; value?: string }
  headers?: Named[]
  queryParams?: Named[]
  method?: string
}

interface HeaderChange {
  set?: { name: string; value: string }[]
  add?: { name: string; value: string }[]
  remove?: string[]
}
interface PathChange {
  type: 'ReplaceFullPath' | 'ReplacePrefixMatch'
  replaceFullPath?: string
  replacePrefixMatch?: string
}
export interface Filter {
  type: string
  requestHeaderModifier?: HeaderChange
  responseHeaderModifier?: HeaderChange
  requestRedirect?: { scheme?: string; hostname?: string; port?: number; statusCode?: number; path?: PathChange }
  requestMirror?: { backendRef: BackendRef; percent?: number; fraction?: { numerator: number; denominator?: number } }
  urlRewrite?: { hostname?: string; path?: PathChange }
}
export type { HeaderChange, PathChange }

export interface BackendRef {
  name: string
  namespace?: string
  port?: number
  weight?: number
}
export interface Rule {
  matches?: Match[]
  filters?: Filter[]
  backendRefs?: BackendRef[]
}
export interface HttpRoute extends KubeObject {
  spec: { parentRefs?: ParentRef[]; hostnames?: string[]; rules?: Rule[] }
  status?: { parents?: object[] }
}
export interface ReferenceGrant extends KubeObject {
  spec: { from: { kind: string; namespace: string }[]; to: { kind: string; name?: string }[] }
}
