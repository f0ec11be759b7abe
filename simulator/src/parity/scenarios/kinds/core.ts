import { GO_DIFF } from '../../builders.js'
import { lives, until } from './life.js'

const CONTAINER = '{ name: main, image: "busybox:1.37", command: [sleep, infinity], ports: [{ containerPort: 80 }] }'

export const coreLives = lives(
  {
    type: 'configmap',
    name: 'settings',
    manifest: `
apiVersion: v1
kind: ConfigMap
data: { mode: dark, app.properties: "a=1\\nb=2\\n" }
binaryData: { logo: aGVsbG8= }`,
    patch: '{"data":{"mode":"light"}}',
  },
  {
    type: 'secret',
    name: 'keys',
    manifest: `
apiVersion: v1
kind: Secret
stringData: { password: s3cret }`,
    patch: '{"data":{"user":"YW5u"}}',
  },
  {
    type: 'serviceaccount',
    name: 'robot',
    manifest: `
apiVersion: v1
kind: ServiceAccount
automountServiceAccountToken: false
imagePullSecrets: [{ name: registry }]`,
    patch: '{"automountServiceAccountToken":true}',
  },
  {
    type: 'service',
    name: 'web',
    manifest: `
apiVersion: v1
kind: Service
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: web }, { name: dns, port: 53, protocol: UDP }] }`,
    patch: '{"spec":{"selector":{"app":"other"}}}',
  },
  {
    type: 'endpoints',
    name: 'outside',
    manifest: `
apiVersion: v1
kind: Endpoints
subsets: [{ addresses: [{ ip: 192.0.2.1 }], notReadyAddresses: [{ ip: 192.0.2.2, hostname: two }], ports: [{ port: 80 }] }]`,
    patch: '{"subsets":[{"addresses":[{"ip":"192.0.2.3"}],"ports":[{"name":"http","port":8080}]}]}',
  },
  {
    type: 'pod',
    name: 'gated',
    manifest: `
apiVersion: v1
kind: Pod
spec:
  schedulingGates: [{ name: example.com/wait }]
  containers: [${CONTAINER}]`,
    patch: '{"spec":{"activeDeadlineSeconds":3600}}',
    differs: { replace: GO_DIFF },
  },
  {
    type: 'podtemplate',
    name: 'template',
    manifest: `
apiVersion: v1
kind: PodTemplate
template: { metadata: { labels: { app: t } }, spec: { containers: [${CONTAINER}] } }`,
    patch: '{"template":{"metadata":{"labels":{"app":"u"}}}}',
  },
  {
    type: 'replicationcontroller',
    name: 'old',
    manifest: `
apiVersion: v1
kind: ReplicationController
spec: { replicas: 0, template: { metadata: { labels: { app: old } }, spec: { containers: [${CONTAINER}] } } }`,
    patch: '{"spec":{"minReadySeconds":5}}',
    settled: until('get rc old -o jsonpath={.status.observedGeneration}', '1'),
  },
  {
    type: 'limitrange',
    name: 'limits',
    manifest: `
apiVersion: v1
kind: LimitRange
spec:
  limits:
    - { type: Container, max: { cpu: "1" }, min: { cpu: 10m }, default: { cpu: 200m }, defaultRequest: { cpu: 100m } }
    - { type: PersistentVolumeClaim, max: { storage: 1Gi } }`,
    patch: '{"spec":{"limits":[{"type":"Pod","max":{"memory":"1Gi"}}]}}',
  },
  {
    type: 'resourcequota',
    name: 'quota',
    manifest: `
apiVersion: v1
kind: ResourceQuota
spec: { hard: { pods: "4", requests.cpu: "1", count/secrets: "10" } }`,
    patch: '{"spec":{"hard":{"pods":"5"}}}',
    settled: until('get resourcequota quota -o jsonpath={.status.hard.pods}', '4'),
  },
  {
    type: 'persistentvolume',
    name: '{{ns}}-volume',
    manifest: `
apiVersion: v1
kind: PersistentVolume
spec:
  capacity: { storage: 1Gi }
  accessModes: [ReadWriteOnce, ReadOnlyMany]
  storageClassName: none
  hostPath: { path: /tmp/parity }`,
    patch: '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}',
    settled: until('get pv {{ns}}-volume', 'Available'),
  },
  {
    type: 'persistentvolumeclaim',
    name: 'claim',
    manifest: `
apiVersion: v1
kind: PersistentVolumeClaim
spec: { accessModes: [ReadWriteOnce], storageClassName: "", resources: { requests: { storage: 1Gi } } }`,
    patch: '{"metadata":{"labels":{"size":"small"}}}',
    settled: until('describe pvc claim', 'no persistent volumes available'),
  },
  {
    type: 'namespace',
    name: '{{ns}}-other',
    manifest: `
apiVersion: v1
kind: Namespace`,
    patch: '{"metadata":{"labels":{"team":"blue"}}}',
    settled: until('get serviceaccount default -n {{ns}}-other'),
  },
  {
    type: 'node',
    name: '{{ns}}-node',
    manifest: `
apiVersion: v1
kind: Node
spec: { podCIDR: 192.0.2.0/24, taints: [{ key: example.com/spare, effect: NoSchedule }] }`,
    patch: '{"spec":{"unschedulable":true}}',
    settled: until('get events -n default --field-selector involvedObject.name={{ns}}-node', 'RegisteredNode'),
  },
  {
    type: 'events',
    name: 'happened',
    manifest: `
apiVersion: v1
kind: Event
involvedObject: { kind: Pod, name: web, namespace: "{{ns}}" }
type: Warning
reason: Happened
message: something happened
source: { component: parity }
count: 2`,
    patch: '{"count":3}',
  },
)
