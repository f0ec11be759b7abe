import { lives, until } from './life.js'

const template = (extra = '') =>
  `template: { metadata: { labels: { app: web } }, spec: { ${extra}containers: [{ name: main, image: "busybox:1.37", command: [sleep, infinity] }] } }`
const observed = (type: string, name: string) => until(`get ${type} ${name} -o jsonpath={.status.observedGeneration}`, '1')

export const workloadLives = lives(
  {
    type: 'deployment',
    name: 'web',
    manifest: `
apiVersion: apps/v1
kind: Deployment
spec: { replicas: 0, selector: { matchLabels: { app: web } }, ${template()} }`,
    patch: '{"spec":{"revisionHistoryLimit":3}}',
    settled: until(
      "get deployment web '-o=jsonpath={.status.observedGeneration} {.status.conditions[*].reason}'",
      'NewReplicaSetAvailable',
    ),
  },
  {
    type: 'replicaset',
    name: 'set',
    manifest: `
apiVersion: apps/v1
kind: ReplicaSet
spec: { replicas: 0, selector: { matchLabels: { app: web } }, ${template()} }`,
    patch: '{"spec":{"minReadySeconds":3}}',
    settled: observed('rs', 'set'),
  },
  {
    type: 'statefulset',
    name: 'db',
    manifest: `
apiVersion: apps/v1
kind: StatefulSet
spec:
  replicas: 0
  serviceName: db
  selector: { matchLabels: { app: web } }
  ${template()}
  volumeClaimTemplates:
    - { metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }`,
    patch: '{"spec":{"minReadySeconds":3}}',
    settled: observed('sts', 'db'),
  },
  {
    type: 'daemonset',
    name: 'agent',
    manifest: `
apiVersion: apps/v1
kind: DaemonSet
spec: { selector: { matchLabels: { app: web } }, ${template('nodeSelector: { nowhere: "true" }, ')} }`,
    patch: '{"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":"50%"}}}}',
    settled: observed('ds', 'agent'),
  },
  {
    type: 'controllerrevision',
    name: 'revision',
    manifest: `
apiVersion: apps/v1
kind: ControllerRevision
data: { spec: { a: 1 } }
revision: 3`,
    patch: '{"revision":4}',
  },
  {
    type: 'job',
    name: 'pi',
    manifest: `
apiVersion: batch/v1
kind: Job
spec: { suspend: true, ${template('restartPolicy: Never, ')} }`,
    patch: '{"spec":{"ttlSecondsAfterFinished":100}}',
    settled: until('get job pi -o jsonpath={.status.conditions[0].type}', 'Suspended'),
  },
  {
    type: 'cronjob',
    name: 'nightly',
    manifest: `
apiVersion: batch/v1
kind: CronJob
spec:
  schedule: "0 3 * * *"
  timeZone: Europe/Zurich
  suspend: true
  jobTemplate: { spec: { ${template('restartPolicy: OnFailure, ')} } }`,
    patch: '{"spec":{"schedule":"30 4 * * 1-5"}}',
  },
  {
    type: 'horizontalpodautoscaler',
    name: 'scaler',
    manifest: `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
spec:
  minReplicas: 2
  maxReplicas: 5
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: none }
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]`,
    patch: '{"spec":{"maxReplicas":6}}',
    settled: until('get events --field-selector involvedObject.name=scaler', 'FailedGetScale'),
  },
  {
    type: 'poddisruptionbudget',
    name: 'budget',
    manifest: `
apiVersion: policy/v1
kind: PodDisruptionBudget
spec: { minAvailable: 1, selector: { matchLabels: { app: none } } }`,
    patch: '{"spec":{"minAvailable":"50%"}}',
    settled: observed('pdb', 'budget'),
  },
  {
    type: 'priorityclass',
    name: '{{ns}}-high',
    manifest: `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
value: 1000
description: for what matters`,
    patch: '{"description":"for what matters more"}',
  },
)
