/** For tests of the Gateway API: a cluster with its kinds and its controller, and two Services to lead to. */
import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import type { ResourceRef } from '../../client/client.js'
import type { KubeObject } from '../../objects/object.js'
import { type NetworkCluster, networkCluster } from '../testing.js'
import { type Condition, GATEWAY, type ParentStatus, ROUTES, type RouteKind } from './kinds.js'

const load = (name: string): KubeObject[] =>
  parseAllDocuments(readFileSync(new URL(`../../../addons/${name}`, import.meta.url), 'utf8')).map(
    (each) => each.toJS() as KubeObject,
  )

export const ADDRESS = '172.30.255.1'

export interface GatewayStatus {
  addresses: object[]
  conditions: Condition[]
  listeners: { name: string; attachedRoutes: number; supportedKinds: { kind: string }[]; conditions: Condition[] }[]
}

export interface GatewayCluster extends NetworkCluster {
  apply(name: string): Promise<void>
  /** Of Gateway `front` where the spec names no other, and of namespace `default`. */
  route(name: string, spec: object, kind?: RouteKind, namespace?: string): Promise<void>
  gateway(name: string, listeners: object[], more?: object): Promise<void>
  gatewayStatus(name: string): Promise<GatewayStatus>
  /** What the first parent of a route says: `Accepted True Accepted`. */
  conditions(name: string, kind?: RouteKind): Promise<string[] | undefined>
  /** The answer and its code. */
  ask(host: string, path?: string, more?: string, seconds?: number): Promise<string>
}

export const shown = (conditions: Condition[] | undefined): string[] | undefined =>
  conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)

const refOfRoute = (kind: RouteKind): ResourceRef => ROUTES.find((each) => each.kind === kind) as ResourceRef

export async function gatewayCluster(): Promise<GatewayCluster> {
  const net = await networkCluster()
  const refFor = async (object: KubeObject): Promise<ResourceRef> => {
    const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion]
    const found = (await net.client.resources()).find(
      (each) => each.kind === object.kind && each.group === group && each.version === version,
    )
    if (!found) throw new Error(`${object.apiVersion} ${object.kind} is not served`)
    return found
  }
  const cluster: GatewayCluster = Object.assign(net, {
    async apply(name: string) {
      for (const object of load(name)) await net.client.create(await refFor(object), object as never)
      await net.pass(2)
    },
    async route(name: string, spec: object, kind: RouteKind = 'HTTPRoute', namespace = 'default') {
      const ref = refOfRoute(kind)
      await net.client.create(ref, {
        apiVersion: `${ref.group}/${ref.version}`,
        kind,
        metadata: { name, namespace },
        spec: { parentRefs: [{ name: 'front' }], ...spec },
      } as never)
      await net.pass(1)
    },
    async gateway(name: string, listeners: object[], more: object = {}) {
      await net.client.create(GATEWAY, {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'Gateway',
        metadata: { name, namespace: 'default' },
        spec: { gatewayClassName: 'wheelhouse', listeners, ...more },
      } as never)
      await net.pass(2)
    },
    gatewayStatus: async (name: string) =>
      ((await net.client.get(GATEWAY, `default/${name}`)) as unknown as { status: GatewayStatus }).status,
    async conditions(name: string, kind: RouteKind = 'HTTPRoute') {
      const key = name.includes('/') ? name : `default/${name}`
      const found = (await net.client.get(refOfRoute(kind), key)) as unknown as { status?: { parents: ParentStatus[] } }
      return shown(found.status?.parents[0]?.conditions)
    },
    async ask(host: string, path = '/', more = '', seconds = 0) {
      const line = `curl -s -m 30 ${more} -w ' %{http_code}' -H 'Host: ${host}' http://${ADDRESS}${path}`
      return (await net.run('caller', line, seconds)).stdout.replace('\n', '')
    },
  })
  net.cluster.addImage('wheelhouse/gateway:1')
  await cluster.apply('gateway-api-crds.yaml')
  await cluster.apply('gateway.yaml')
  for (const name of ['shop', 'cart']) {
    await net.server(name)
    await net.service(name, { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] })
  }
  await net.caller('caller')
  return cluster
}

export const to = (name: string, weight = 1, more: object = {}) => ({ name, port: 80, weight, ...more })
