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
export const GRPC_ROUTE = ref('v1', 'grpcroutes', 'GRPCRoute')
export const TLS_ROUTE = ref('v1alpha3', 'tlsroutes', 'TLSRoute')
export const TCP_ROUTE = ref('v1alpha2', 'tcproutes', 'TCPRoute')
export const UDP_ROUTE = ref('v1alpha2', 'udproutes', 'UDPRoute')
export const ROUTES = [HTTP_ROUTE, GRPC_ROUTE, TLS_ROUTE, TCP_ROUTE, UDP_ROUTE]
export type RouteKind = 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute' | 'UDPRoute'
/** Of the group that all kinds of the Gateway API have. */
export const GATEWAY_GROUP = GROUP
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
  allowedRoutes?: {
    namespaces?: { from?: 'All' | 'Same' | 'Selector'; selector?: object }
    kinds?: { group?: string; kind: string }[]
  }
}

export interface Gateway extends KubeObject {
  spec: { gatewayClassName: string; listeners: Listener[]; addresses?: { type?: string; value?: string }[] }
  status?: object
}

export interface ParentRef {
  group?: string
  kind?: string
  name: string
  namespace?: string
  sectionName?: string
  port?: number
}

export interface Named {
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
  group?: string
  kind?: string
  name: string
  namespace?: string
  port?: number
  weight?: number
  filters?: Filter[]
}
export interface Timeouts {
  request?: string
  backendRequest?: string
}
export interface Rule {
  matches?: Match[]
  filters?: Filter[]
  backendRefs?: BackendRef[]
  timeouts?: Timeouts
}

export interface GrpcMethod {
  type?: 'Exact' | 'RegularExpression'
  service?: string
  method?: string
}
export interface GrpcMatch {
  method?: GrpcMethod
  headers?: Named[]
}

/** What rules of routes of any kind may hold. */
export interface AnyRule {
  matches?: (Omit<Match, 'method'> & { method?: string | GrpcMethod })[]
  filters?: Filter[]
  backendRefs?: BackendRef[]
}

/** What one parent of a route says of it. */
export interface ParentStatus {
  parentRef: ParentRef
  controllerName: string
  conditions: Condition[]
}

/** A route of any kind; TCPRoutes and UDPRoutes have no names of hosts. */
export interface Route<R extends AnyRule = AnyRule> extends KubeObject {
  spec: { parentRefs?: ParentRef[]; hostnames?: string[]; rules?: R[] }
  status?: { parents?: ParentStatus[] }
}
export type HttpRoute = Route<Rule>
export type GrpcRoute = Route<Omit<Rule, 'matches'> & { matches?: GrpcMatch[] }>

export interface ReferenceGrant extends KubeObject {
  spec: {
    from: { group: string; kind: string; namespace: string }[]
    to: { group: string; kind: string; name?: string }[]
  }
}
