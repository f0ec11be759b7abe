import { file, kubectl, type Scenario, scenario, until } from '../scenario.js'

interface Told {
  name: string
  about: string
  type?: 'Normal' | 'Warning'
  reason: string
  at: string
}

const told = ({ name, about, type = 'Normal', reason, at }: Told): string => `
apiVersion: v1
kind: Event
metadata: { name: ${name}, namespace: "{{ns}}" }
involvedObject: { apiVersion: v1, kind: Pod, name: ${about}, namespace: "{{ns}}" }
type: ${type}
reason: ${reason}
message: "${reason} of ${about}"
count: 3
firstTimestamp: "2026-01-01T00:00:00Z"
lastTimestamp: "2026-01-01T${at}:00Z"
source: { component: tester }
`

const POD = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - { name: main, image: "busybox:1.37", command: [sleep, infinity] }
    - { name: side, image: "busybox:1.37", command: [sleep, infinity] }
`

/** What `kubectl events` and `kubectl top` tell. A real cluster needs a metrics server for the second when it is recorded. */
export const observe: Scenario[] = [
  scenario(
    'observe: events',
    file(
      'events.yaml',
      [
        told({ name: 'one', about: 'web', reason: 'Pulled', at: '01:00' }),
        told({ name: 'two', about: 'web', type: 'Warning', reason: 'BackOff', at: '02:00' }),
        told({ name: 'three', about: '{{ns}}-other', type: 'Warning', reason: 'Failed', at: '03:00' }),
      ].join('---'),
    ),
    kubectl('events'),
    kubectl('create -f events.yaml'),
    kubectl('events'),
    kubectl('events --types=Warning'),
    kubectl('events --types=Warning,Normal --no-headers'),
    kubectl('events --types=Some'),
    kubectl('events --for=pod/web'),
    kubectl('events --for=pod/none'),
    kubectl('events --for=web'),
    kubectl('events --for=nonsense/web'),
    kubectl('events -o name'),
    kubectl('events --for=pod/web -o yaml'),
    kubectl('events -A --for=pod/{{ns}}-other'),
    kubectl('get events'),
    kubectl('get events --sort-by=.lastTimestamp -o name'),
    kubectl("get events '--field-selector=type=Warning,involvedObject.name=web'"),
    kubectl('describe events two'),
    kubectl('delete events --all'),
  ),
  scenario(
    'observe: what Pods and nodes use',
    file('pod.yaml', POD),
    kubectl('create -f pod.yaml'),
    until('wait --for=condition=Ready pod/web --timeout=60s'),
    until('top pod web'),
    kubectl('top pod web'),
    kubectl('top pods -l app=web --no-headers'),
    kubectl('top pod web --containers'),
    kubectl('top pods -l app=web --sum'),
    kubectl('top pods -l app=none'),
    kubectl('top pod none'),
    kubectl('top pod web -l app=web'),
    kubectl('top pods --sort-by=nonsense'),
    kubectl('top nodes'),
    kubectl('top nodes --no-headers'),
    kubectl('top node none'),
    kubectl('top nodes --show-capacity'),
    kubectl('get --raw /apis/metrics.k8s.io/v1beta1'),
    kubectl('get podmetrics web -o jsonpath={.metadata.labels}'),
    kubectl('get nodemetrics none'),
    kubectl('delete pod web'),
  ),
]
