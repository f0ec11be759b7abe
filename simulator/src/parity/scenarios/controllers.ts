import { file, kubectl, scenario, until } from '../scenario.js'

const JOB = `
apiVersion: batch/v1
kind: Job
metadata: { name: pi }
spec:
  completions: 3
  parallelism: 3
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: main, image: busybox:1.37, command: [sh, -c, 'echo done'] }]
`
const INDEXED = `
apiVersion: batch/v1
kind: Job
metadata: { name: indexed }
spec:
  completions: 3
  parallelism: 3
  completionMode: Indexed
  backoffLimitPerIndex: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: main, image: busybox:1.37, command: [sh, -c, 'test $JOB_COMPLETION_INDEX != 1'] }]
`
const FAILING = `
apiVersion: batch/v1
kind: Job
metadata: { name: failing }
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: main, image: busybox:1.37, command: [sh, -c, 'exit 3'] }]
`
const SET = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 2
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{ name: main, image: busybox:1.37, command: [sleep, infinity] }]
`
const DEPLOYMENT = SET.replace('StatefulSet', 'Deployment').replace('  serviceName: db\n', '')
const STATUS = '-o jsonpath={.status.succeeded},{.status.failed},{.status.active},{.status.ready},{.status.terminating}'
const CONDITIONS = `'-o=jsonpath={range .status.conditions[*]}{.type}={.status} {.reason}: {.message};{end}'`
const EVENTS = `'-o=jsonpath={range .items[*]}{.type} {.reason} {.source.component};{end}'`

export const controllers = [
  scenario(
    'controllers: Jobs, from their first Pod to their last',
    file('job.yaml', JOB),
    file('indexed.yaml', INDEXED),
    file('failing.yaml', FAILING),
    kubectl('create -f job.yaml'),
    until('wait --for=condition=Complete job/pi --timeout=60s'),
    kubectl(`get job pi ${STATUS}`),
    kubectl(`get job pi ${CONDITIONS}`),
    kubectl("get pods -l job-name=pi '-o=jsonpath={.items[*].status.phase}'"),
    kubectl("get pods -l job-name=pi '-o=jsonpath={.items[*].metadata.finalizers}'"),
    kubectl(`get events --field-selector involvedObject.name=pi ${EVENTS}`),
    kubectl("get job pi '-o=jsonpath={.spec.completionMode} {.spec.backoffLimit} {.spec.podReplacementPolicy}'"),
    kubectl('delete job pi'),
    kubectl('create -f indexed.yaml'),
    until('wait --for=condition=Failed job/indexed --timeout=60s'),
    kubectl(`get job indexed ${STATUS}`),
    kubectl(`get job indexed ${CONDITIONS}`),
    kubectl("get job indexed '-o=jsonpath={.status.completedIndexes} {.status.failedIndexes}'"),
    kubectl("get pods -l job-name=indexed --sort-by=.metadata.name '-o=jsonpath={.items[*].spec.hostname}'"),
    kubectl('create -f failing.yaml'),
    until('wait --for=condition=Failed job/failing --timeout=60s'),
    kubectl(`get job failing ${STATUS}`),
    kubectl(`get job failing ${CONDITIONS}`),
    kubectl(`get events --field-selector involvedObject.name=failing ${EVENTS}`),
    kubectl("create cronjob tick --image=busybox:1.37 '--schedule=*/5 * * * *' -- true"),
    kubectl('get cronjob tick'),
    kubectl('create job once --from=cronjob/tick'),
    until('wait --for=condition=Complete job/once --timeout=60s'),
    kubectl("get job once '-o=jsonpath={.metadata.annotations}'"),
    kubectl("create cronjob bad --image=busybox:1.37 '--schedule=61 * * * *' -- true"),
    kubectl("create cronjob bad --image=busybox:1.37 '--schedule=* * *' -- true"),
  ),
  scenario(
    'controllers: a StatefulSet, its revisions and its budget',
    file('set.yaml', SET),
    kubectl('create -f set.yaml'),
    until('rollout status statefulset/db --timeout=60s'),
    kubectl('get statefulset db'),
    kubectl('get pods -l app=db'),
    kubectl("get pod db-0 '-o=jsonpath={.spec.hostname} {.spec.subdomain}'"),
    kubectl("get pod db-1 '-o=jsonpath={.metadata.labels.apps\\.kubernetes\\.io/pod-index}'"),
    kubectl(
      "get statefulset db '-o=jsonpath={.status.replicas} {.status.readyReplicas} {.status.currentReplicas} {.status.updatedReplicas}'",
    ),
    kubectl('set env statefulset/db A=b'),
    until('rollout status statefulset/db --timeout=90s'),
    kubectl('rollout history statefulset/db'),
    kubectl('rollout undo statefulset/db'),
    until('rollout status statefulset/db --timeout=90s'),
    kubectl('rollout history statefulset/db'),
    kubectl('create poddisruptionbudget db --selector=app=db --min-available=2'),
    until("get pdb db '-o=jsonpath={.status.currentHealthy}'", '2'),
    kubectl('get pdb db'),
    kubectl(`get pdb db ${CONDITIONS}`),
    kubectl("get pdb db '-o=jsonpath={.status.expectedPods} {.status.desiredHealthy} {.status.disruptionsAllowed}'"),
    kubectl('scale statefulset db --replicas=3'),
    until('get statefulset db', '3/3'),
    until("get pdb db '-o=jsonpath={.status.disruptionsAllowed}'", '1'),
    kubectl('get pdb db'),
    kubectl('delete statefulset db'),
  ),
  scenario(
    'controllers: what the scheduler says',
    file('deployment.yaml', DEPLOYMENT),
    kubectl('create -f deployment.yaml'),
    until('rollout status deployment/db --timeout=60s'),
    kubectl(
      'run big --image=busybox:1.37 --overrides={"spec":{"containers":[{"name":"big","image":"busybox:1.37","resources":{"requests":{"cpu":"900"}}}]}}',
    ),
    until("get pod big '-o=jsonpath={.status.conditions[0].message}'", 'nodes'),
    kubectl("get pod big '-o=jsonpath={.status.conditions[0].message}'"),
    kubectl(
      'run near --image=busybox:1.37 --overrides={"spec":{"affinity":{"podAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname","labelSelector":{"matchLabels":{"app":"none"}}}]}}}}',
    ),
    until("get pod near '-o=jsonpath={.status.conditions[0].message}'", 'nodes'),
    kubectl("get pod near '-o=jsonpath={.status.conditions[0].message}'"),
    kubectl(
      'run spread --image=busybox:1.37 --overrides={"spec":{"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"db"}}}]}}',
    ),
    until("get pod spread '-o=jsonpath={.status.conditions[0].message}'", 'nodes'),
    kubectl("get pod spread '-o=jsonpath={.status.conditions[0].message}'"),
    kubectl('run gated --image=busybox:1.37 --overrides={"spec":{"schedulingGates":[{"name":"example.com/wait"}]}}'),
    kubectl('get pod gated'),
    kubectl("get pod gated '-o=jsonpath={.status.conditions[0].message}'"),
    kubectl(
      'run claimed --image=busybox:1.37 --overrides={"spec":{"volumes":[{"name":"d","persistentVolumeClaim":{"claimName":"none"}}]}}',
    ),
    until("get pod claimed '-o=jsonpath={.status.conditions[0].message}'", 'nodes'),
    kubectl("get pod claimed '-o=jsonpath={.status.conditions[0].message}'"),
  ),
  scenario(
    'controllers: a quota that counts',
    kubectl('create quota all --hard=pods=2,count/configmaps=3,requests.cpu=1'),
    until("get quota all '-o=jsonpath={.status.used.pods}'", '0'),
    kubectl("get quota all '-o=jsonpath={.status.used}'"),
    kubectl('create configmap one'),
    kubectl("get quota all '-o=jsonpath={.status.used}'"),
    kubectl('create configmap two'),
    kubectl('create configmap three'),
    kubectl('delete configmap one'),
    until("get quota all '-o=jsonpath={.status.used.count/configmaps}'", '2'),
    kubectl('get quota all'),
    kubectl('run plain --image=busybox:1.37'),
    kubectl('describe quota all'),
  ),
]
