/** What a cluster holds before anybody has touched it: data of a real one, with the names and addresses of this one filled in. */

import { LOOPBACK } from '../access/users.js'
import type { ApiRequest } from '../api/request.js'
import type { ApiServer } from '../api/server.js'
import { splitApiVersion } from '../kinds/resource.js'
import { fieldsOf, type KubeObject } from '../objects/object.js'
import { readData } from '../schema/data.js'
import type { NodeShape } from './shape.js'

type Part =
  | 'rbac'
  | 'scheduling'
  | 'flow'
  | 'apiservices'
  | 'networking'
  | 'storage'
  | 'namespaces'
  | 'config'
  | 'accounts'
  | 'workloads'
  | 'localPath'
  | 'staticPods'

/** Namespaces first, workloads last. */
const ORDER: Part[] = [
  'namespaces',
  'rbac',
  'scheduling',
  'flow',
  'apiservices',
  'networking',
  'storage',
  'config',
  'accounts',
  'localPath',
  'workloads',
]

const LOCAL_SERVICE = {
  type: 'Available',
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
  lastTransitionTime: null,
}

/** What the controllers would set otherwise. */
const GIVEN: Record<string, string> = { 'kube-system/kube-dns': '10.96.0.10' }

function objectsFor(controlPlane: NodeShape): Record<Part, KubeObject[]> {
  const text = JSON.stringify(readData('bootstrap.json'))
  const filled = text
    .replaceAll('{{controlplane}}', controlPlane.name)
    .replaceAll('{{cluster}}', 'kubernetes')
    .replaceAll('{{address}}', controlPlane.address)
  return JSON.parse(filled) as Record<Part, KubeObject[]>
}

export interface BootstrapOptions {
  server: ApiServer
  controlPlane: NodeShape
}

/** Writes every object through the API server, so that they have defaults, uids and addresses like all others. */
export function bootstrap({ server, controlPlane }: BootstrapOptions): void {
  const parts = objectsFor(controlPlane)
  const create = (object: KubeObject) => createObject(server, object)
  for (const namespace of parts.namespaces) create(namespace)
  create(apiServerService())
  for (const part of ORDER.slice(1)) {
    for (const object of parts[part]) {
      if (object.kind === 'APIService') fieldsOf(object).status = { conditions: [LOCAL_SERVICE] }
      const address = GIVEN[`${object.metadata.namespace}/${object.metadata.name}`]
      if (object.kind === 'Service' && address)
        fieldsOf(object).spec = { ...(fieldsOf(object).spec as object), clusterIP: address }
      create(object)
    }
  }
}

/** What names this one cluster: its certificate and address. */
export function introduce({ server, controlPlane }: BootstrapOptions, caPem: string): void {
  for (const config of clusterConfig(controlPlane, caPem)) createObject(server, config)
}

const staticPods = new Map<string, KubeObject[]>()

/** What lies in the folder of manifests of a control plane; shared, like all objects. */
export function staticPodsOf(controlPlane: NodeShape): KubeObject[] {
  const key = `${controlPlane.name} ${controlPlane.address}`
  const pods = staticPods.get(key) ?? objectsFor(controlPlane).staticPods
  staticPods.set(key, pods)
  return pods
}

function createObject(server: ApiServer, object: KubeObject): void {
  const { group, version } = splitApiVersion(object.apiVersion)
  const resource = server.context.resources.byKind(group, object.kind, version)
  if (!resource) throw new Error(`the data of the cluster names a kind that is not served: ${object.apiVersion} ${object.kind}`)
  const request: ApiRequest = {
    verb: 'create',
    resource,
    subresource: '',
    namespace: object.metadata.namespace ?? '',
    name: '',
    user: LOOPBACK,
    body: fieldsOf(object),
    fieldManager: 'kubeadm',
    warnings: [],
  }
  server.execute(request)
}

const apiServerService = (): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { type: 'ClusterIP', clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
  }) as unknown as KubeObject

function clusterConfig(controlPlane: NodeShape, caPem: string): KubeObject[] {
  const endpoint = `https://${controlPlane.name}:6443`
  const kubeconfig = `apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: ${Buffer.from(caPem).toString('base64')}\n    server: ${endpoint}\n  name: ""\ncontexts: null\ncurrent-context: ""\nkind: Config\nusers: null\n`
  const configMap = (namespace: string, name: string, data: Record<string, string>) =>
    ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data }) as unknown as KubeObject
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [controlPlane.address], conditions: { ready: true } }],
    ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
  }
  const endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: controlPlane.address }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }],
  }
  return [
    configMap('kube-public', 'cluster-info', { kubeconfig }),
    configMap('kube-system', 'extension-apiserver-authentication', { 'client-ca-file': caPem }),
    slice as unknown as KubeObject,
    endpoints as unknown as KubeObject,
  ]
}
