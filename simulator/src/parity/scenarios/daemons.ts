import { conditions, events, podSpec, sleeper, template, workload } from '../builders.js'
import { file, kubectl, scenario, until } from '../scenario.js'

const EVERYWHERE = podSpec(sleeper(), { tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] })
const STATUS =
  "get daemonset agent '-o=jsonpath={.status.desiredNumberScheduled} {.status.currentNumberScheduled} {.status.numberReady} {.status.numberAvailable} {.status.updatedNumberScheduled} {.status.numberMisscheduled}'"
const rolled = until('rollout status daemonset/agent --timeout=80s')
const daemons = (spec: Record<string, unknown>) => file('agent.json', workload('DaemonSet', 'agent', spec))

export const daemonSets = [
  scenario(
    'daemons: on each worker',
    daemons({}),
    kubectl('create -f agent.json'),
    rolled,
    kubectl('get daemonset agent'),
    kubectl('get daemonset agent -o wide'),
    kubectl(STATUS),
    kubectl('describe daemonset agent'),
    kubectl("get pods -l app=agent '-o=jsonpath={.items[0].spec.affinity}'"),
    kubectl("get pods -l app=agent '-o=jsonpath={.items[0].spec.tolerations}'"),
    kubectl("get pods -l app=agent '-o=jsonpath={.items[0].metadata.ownerReferences[0].kind}'"),
    kubectl('set env daemonset/agent STEP=2'),
    rolled,
    kubectl('rollout status daemonset/agent'),
    kubectl('rollout history daemonset/agent'),
    kubectl('rollout history daemonset/agent --revision=2'),
    kubectl('rollout undo daemonset/agent'),
    rolled,
    kubectl('rollout history daemonset/agent'),
    kubectl(STATUS),
    kubectl('rollout pause daemonset/agent'),
    kubectl('scale daemonset agent --replicas=2'),
    kubectl('patch daemonset agent -p {"spec":{"template":{"spec":{"nodeSelector":{"disk":"none"}}}}}'),
    until(STATUS, '0 0 0'),
    kubectl(STATUS),
    kubectl('get daemonset agent'),
    kubectl('delete daemonset agent'),
  ),
  scenario(
    'daemons: on every node, and only where they are deleted',
    daemons({ template: template('agent', EVERYWHERE), updateStrategy: { type: 'OnDelete' } }),
    kubectl('create -f agent.json'),
    until(STATUS, '2 2 2 2'),
    kubectl('get daemonset agent'),
    kubectl(STATUS),
    kubectl("get pods -l app=agent --sort-by=.spec.nodeName '-o=jsonpath={.items[*].spec.nodeName}'"),
    kubectl('set env daemonset/agent STEP=2'),
    kubectl('rollout status daemonset/agent'),
    until("get daemonset agent '-o=jsonpath={.status.observedGeneration}'", '2'),
    kubectl('get daemonset agent'),
    kubectl('delete pods -l app=agent --wait=false -o name'),
    until(STATUS, '2 2 2 2 2'),
    kubectl(STATUS),
    kubectl(conditions('daemonset agent')),
    kubectl('delete daemonset agent --cascade=orphan'),
    kubectl('get pods -l app=agent'),
    kubectl('delete pods -l app=agent --now -o name'),
  ),
  scenario(
    'daemons: the new one first',
    daemons({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }),
    kubectl('create -f agent.json'),
    rolled,
    kubectl('describe daemonset agent'),
    kubectl('set env daemonset/agent STEP=2'),
    rolled,
    kubectl(STATUS),
    kubectl(events('agent')),
    kubectl('patch daemonset agent -p {"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":1}}}}'),
    kubectl('patch daemonset agent -p {"spec":{"updateStrategy":{"rollingUpdate":{"maxSurge":0}}}}'),
  ),
]
