/** For tests of Ingresses: a cluster with ingress-nginx' controller at the first address of its load balancers, and Services behind it. */
import { fromBytes } from '../../containers/stream.js'
import { type NetworkCluster, networkCluster } from '../testing.js'

const RULES = [
  {
    apiGroups: [''],
    resources: ['services', 'secrets', 'endpoints', 'namespaces', 'configmaps'],
    verbs: ['get', 'list', 'watch'],
  },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
]

export interface ControllerCluster extends NetworkCluster {
  /** What the controller has logged. */
  log(): Promise<string>
}

export async function ingressCluster(): Promise<ControllerCluster> {
  const net = await networkCluster()
  const namespace = 'ingress-nginx'
  await net.namespace(namespace)
  const controller = net.client
  const as = { metadata: { name: 'ingress-nginx', namespace } }
  await controller.create('ServiceAccount', as as never)
  const role = {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    resource: 'clusterroles',
    kind: 'ClusterRole',
    namespaced: false,
  }
  await controller.create(role, { metadata: { name: 'ingress-nginx' }, rules: RULES } as never)
  await controller.create({ ...role, resource: 'clusterrolebindings', kind: 'ClusterRoleBinding' }, {
    metadata: { name: 'ingress-nginx' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'ingress-nginx' },
    subjects: [{ kind: 'ServiceAccount', name: 'ingress-nginx', namespace }],
  } as never)
  await controller.create('IngressClass', {
    metadata: { name: 'nginx' },
    spec: { controller: 'k8s.io/ingress-nginx' },
  } as never)
  net.cluster.addImage('registry.k8s.io/ingress-nginx/controller:v1.13.3')
  const args = [
    '/nginx-ingress-controller',
    '--publish-service=ingress-nginx/controller',
    '--controller-class=k8s.io/ingress-nginx',
  ]
  const containers = [{ name: 'controller', image: 'registry.k8s.io/ingress-nginx/controller:v1.13.3', args }]
  await controller.create('Pod', {
    metadata: { name: 'controller', namespace, labels: { app: 'controller' } },
    spec: { serviceAccountName: 'ingress-nginx', containers },
  } as never)
  const ports = [
    { name: 'http', port: 80 },
    { name: 'https', port: 443 },
  ]
  await net.service('controller', { type: 'LoadBalancer', selector: { app: 'controller' }, ports }, namespace)
  for (const name of ['shop', 'cart']) {
    await net.server(name)
    await net.service(name, { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] })
  }
  await net.caller('caller')
  return Object.assign(net, { log: () => logOf(net) })
}

async function logOf({ client, cluster }: NetworkCluster): Promise<string> {
  const pod = await client.get('Pod', 'ingress-nginx/controller')
  let text = ''
  const write = (bytes: Uint8Array) => {
    text += fromBytes(bytes)
  }
  const options = { container: 'controller', follow: false, previous: false, timestamps: false }
  await cluster.connections.logs(pod, options, write, new AbortController().signal)
  return text
}
