import { lives, until } from './life.js'

export const networkLives = lives(
  {
    type: 'ingress',
    name: 'front',
    manifest: `
apiVersion: networking.k8s.io/v1
kind: Ingress
spec:
  ingressClassName: none
  tls: [{ hosts: [shop.example.com], secretName: shop-tls }]
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }`,
    patch: '{"spec":{"defaultBackend":{"service":{"name":"other","port":{"name":"http"}}}}}',
  },
  {
    type: 'ingressclass',
    name: '{{ns}}-class',
    manifest: `
apiVersion: networking.k8s.io/v1
kind: IngressClass
spec: { controller: example.com/ingress, parameters: { apiGroup: example.com, kind: Parameters, name: some } }`,
    patch: '{"spec":{"parameters":null}}',
  },
  {
    type: 'networkpolicy',
    name: 'closed',
    manifest: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
spec:
  podSelector: { matchLabels: { app: web } }
  ingress:
    - from: [{ podSelector: { matchLabels: { role: front } } }, { ipBlock: { cidr: 192.0.2.0/24, except: [192.0.2.128/25] } }]
      ports: [{ port: 80 }, { port: 1000, endPort: 2000, protocol: UDP }]
  egress: [{ to: [{ namespaceSelector: {} }] }]`,
    patch: '{"spec":{"egress":null,"policyTypes":["Ingress"]}}',
  },
  {
    type: 'endpointslice',
    name: 'outside',
    manifest: `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
addressType: IPv4
endpoints: [{ addresses: [192.0.2.1], conditions: { ready: true }, nodeName: elsewhere }]
ports: [{ name: http, port: 80 }]`,
    patch: '{"ports":[{"name":"http","port":8080,"protocol":"TCP"}]}',
  },
  {
    type: 'servicecidr',
    name: '{{ns}}-range',
    manifest: `
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
spec: { cidrs: [198.51.100.0/28] }`,
    patch: '{"metadata":{"labels":{"range":"second"}}}',
    settled: until('get servicecidr {{ns}}-range -o jsonpath={.status.conditions[0].status}', 'True'),
  },
  {
    type: 'ipaddress',
    name: '192.0.2.77',
    manifest: `
apiVersion: networking.k8s.io/v1
kind: IPAddress
spec: { parentRef: { resource: services, name: none, namespace: "{{ns}}" } }`,
    patch: '{"metadata":{"labels":{"kept":"no"}}}',
  },
)

export const storageLives = lives(
  {
    type: 'storageclass',
    name: '{{ns}}-fast',
    manifest: `
apiVersion: storage.k8s.io/v1
kind: StorageClass
provisioner: example.com/disk
parameters: { type: ssd }
allowVolumeExpansion: true
mountOptions: [discard]`,
    patch: '{"allowVolumeExpansion":false}',
  },
  {
    type: 'csidriver',
    name: '{{ns}}.example.com',
    manifest: `
apiVersion: storage.k8s.io/v1
kind: CSIDriver
spec: { attachRequired: false, podInfoOnMount: true, volumeLifecycleModes: [Persistent, Ephemeral] }`,
    patch: '{"spec":{"podInfoOnMount":false}}',
  },
  {
    type: 'csinode',
    name: '{{ns}}-node',
    manifest: `
apiVersion: storage.k8s.io/v1
kind: CSINode
spec: { drivers: [{ name: disk.example.com, nodeID: "7", topologyKeys: [zone], allocatable: { count: 3 } }] }`,
    patch: '{"spec":{"drivers":null}}',
  },
  {
    type: 'csistoragecapacity',
    name: 'room',
    manifest: `
apiVersion: storage.k8s.io/v1
kind: CSIStorageCapacity
storageClassName: fast
capacity: 10Gi
nodeTopology: { matchLabels: { zone: a } }`,
    patch: '{"capacity":"5Gi"}',
  },
  {
    type: 'volumeattachment',
    name: '{{ns}}-attached',
    manifest: `
apiVersion: storage.k8s.io/v1
kind: VolumeAttachment
spec: { attacher: none.example.com, nodeName: nowhere, source: { persistentVolumeName: none } }`,
    patch: '{"metadata":{"labels":{"kept":"no"}}}',
  },
  {
    type: 'volumeattributesclass',
    name: '{{ns}}-gold',
    manifest: `
apiVersion: storage.k8s.io/v1
kind: VolumeAttributesClass
driverName: disk.example.com
parameters: { iops: "1000" }`,
    patch: '{"metadata":{"labels":{"metal":"gold"}}}',
  },
)
