import { conditions, documents, events, manifest, pod, podSpec, sleeper, workload } from '../builders.js'
import { file, kubectl, scenario, scenarioAlone, until } from '../scenario.js'

type Fields = Record<string, unknown>
const budget = (name: string, spec: Fields) =>
  manifest('policy/v1', 'PodDisruptionBudget', {
    metadata: { name },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  })
const eviction = (name: string) =>
  file('evict.json', manifest('policy/v1', 'Eviction', { metadata: { name, namespace: '{{ns}}' } }))
const EVICT = (name: string) => `create --raw /api/v1/namespaces/{{ns}}/pods/${name}/eviction -f evict.json -n {{ns}}`
const allowed = (count: number) =>
  until("get pdb web '-o=jsonpath={.status.observedGeneration} {.status.disruptionsAllowed}'", `1 ${count}`)
/** A node that nobody runs: made by hand, with room for nothing, and Pods that were put on it. */
const NODE = manifest('v1', 'Node', {
  metadata: { name: '{{ns}}-node', labels: { 'made-by': '{{ns}}', 'kubernetes.io/hostname': '{{ns}}-node' } },
})
const on = (name: string, more: Fields = {}, metadata: Fields = {}) =>
  pod(name, podSpec(sleeper(), { nodeName: '{{ns}}-node', ...more }), metadata)
const PARKED = documents(
  on('bare', {}, { labels: { app: 'bare' } }),
  on('scratch', { volumes: [{ name: 's', emptyDir: {} }] }),
  on('guarded', {}, { labels: { app: 'web' } }),
)

export const disruptions = [
  scenario(
    'disruptions: a budget and evictions',
    file('budget.json', budget('web', { minAvailable: 1 })),
    kubectl('create -f budget.json'),
    until('get events --field-selector involvedObject.name=web,reason=NoPods -o name', 'event'),
    file('web.json', workload('StatefulSet', 'web', { replicas: 2, serviceName: 'web' })),
    kubectl('create -f web.json'),
    until('get statefulset web', '2/2'),
    allowed(1),
    kubectl('get pdb web'),
    kubectl('describe pdb web'),
    kubectl("get pdb web '-o=jsonpath={.status.currentHealthy} {.status.desiredHealthy} {.status.expectedPods}'"),
    kubectl(conditions('pdb web')),
    kubectl('scale statefulset web --replicas=1'),
    until("get statefulset web '-o=jsonpath={.status.replicas}'", '1'),
    allowed(0),
    kubectl('get pdb web'),
    kubectl(conditions('pdb web')),
    eviction('web-0'),
    kubectl(EVICT('web-0')),
    eviction('none'),
    kubectl(EVICT('none')),
    kubectl('scale statefulset web --replicas=2'),
    until('get statefulset web', '2/2'),
    allowed(1),
    eviction('web-1'),
    kubectl(EVICT('web-1')),
    kubectl('delete pdb web'),
    file('percent.json', budget('percent', { maxUnavailable: '50%' })),
    until('get statefulset web', '2/2'),
    kubectl('create -f percent.json'),
    until("get pdb percent '-o=jsonpath={.status.disruptionsAllowed}'", '1'),
    kubectl('get pdb percent'),
    kubectl('describe pdb percent'),
    file('both.json', budget('both', { maxUnavailable: 1, minAvailable: 1 })),
    kubectl('create -f both.json'),
    file('empty.json', budget('empty', { minAvailable: 1, selector: { matchLabels: { app: 'none' } } })),
    kubectl('create -f empty.json'),
    until("get pdb empty '-o=jsonpath={.status.observedGeneration}'", '1'),
    kubectl('get pdb empty'),
    kubectl('describe pdb empty'),
    kubectl(conditions('pdb empty')),
    file('second.json', budget('second', { minAvailable: 1 })),
    kubectl('create -f second.json'),
    until("get pdb second '-o=jsonpath={.status.observedGeneration}'", '1'),
    eviction('web-0'),
    kubectl(EVICT('web-0')),
    file(
      'lone.json',
      documents(
        pod('lone', podSpec(), { labels: { kind: 'lone' } }),
        budget('lone', { minAvailable: '50%', selector: { matchLabels: { kind: 'lone' } } }),
      ),
    ),
    kubectl('create -f lone.json'),
    until("get pdb lone '-o=jsonpath={.status.observedGeneration}'", '1'),
    kubectl(conditions('pdb lone')),
    kubectl('get pdb lone'),
  ),
  scenarioAlone(
    'disruptions: a node that nobody runs, emptied and tainted',
    file('node.json', NODE),
    kubectl('create -f node.json'),
    until("get node {{ns}}-node '-o=jsonpath={.spec.taints[*].effect}'", 'NoSchedule NoExecute'),
    kubectl('get node {{ns}}-node'),
    kubectl("get node {{ns}}-node '-o=jsonpath={.spec.taints[*].key} {.spec.taints[*].effect}'"),
    file('parked.json', PARKED),
    kubectl('create -f parked.json'),
    kubectl('cordon {{ns}}-node'),
    kubectl('cordon {{ns}}-node'),
    kubectl('get node {{ns}}-node'),
    until("get node {{ns}}-node '-o=jsonpath={.spec.taints}'", 'unschedulable'),
    kubectl("get node {{ns}}-node '-o=jsonpath={.spec.unschedulable}'"),
    // One reason at a time: kubectl tells several in any order.
    kubectl('drain {{ns}}-node --delete-emptydir-data'),
    kubectl('drain {{ns}}-node --force'),
    kubectl('drain {{ns}}-node --force --delete-emptydir-data --dry-run=server'),
    kubectl('drain {{ns}}-node --force --delete-emptydir-data --pod-selector=app=web --timeout=30s'),
    until("get pods '-o=jsonpath=[{.items[*].metadata.name}]'", '[bare scratch]'),
    kubectl('get pods'),
    kubectl('drain {{ns}}-node --force --delete-emptydir-data --pod-selector=app=bare --timeout=30s'),
    kubectl('drain {{ns}}-node --force --delete-emptydir-data --ignore-daemonsets --timeout=30s'),
    kubectl('get pods'),
    kubectl('uncordon {{ns}}-node'),
    kubectl('uncordon {{ns}}-node'),
    kubectl('drain none'),
    kubectl('drain'),
    file(
      'tainted.json',
      documents(
        on('plain', { tolerations: [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' }] }),
        on('tolerant', { tolerations: [{ operator: 'Exists' }] }),
        on('brief', {
          tolerations: [
            { key: 'gpu', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 },
            { key: 'node.kubernetes.io/unreachable', operator: 'Exists' },
          ],
        }),
      ),
    ),
    kubectl('create -f tainted.json'),
    kubectl('taint node {{ns}}-node gpu=yes:NoSchedule'),
    kubectl('taint node {{ns}}-node gpu=yes:NoSchedule'),
    kubectl('taint node {{ns}}-node gpu=no:NoSchedule'),
    kubectl('taint node {{ns}}-node gpu=no:NoSchedule --overwrite'),
    kubectl('get pods'),
    kubectl('taint node {{ns}}-node gpu=yes:NoExecute'),
    until("get pods '-o=jsonpath=[{.items[*].metadata.name}]'", '[tolerant]'),
    kubectl('get pods'),
    kubectl(events('plain')),
    // Once or twice: by how many changes of the Pod the real controller has seen.
    until("get events --field-selector involvedObject.name=brief '-o=jsonpath={.items[*].reason}'", 'TaintManagerEviction'),
    kubectl('get node {{ns}}-node \'-o=jsonpath={.spec.taints[?(@.key=="gpu")].effect}\''),
    kubectl('taint node {{ns}}-node gpu-'),
    kubectl('taint node {{ns}}-node gpu-'),
    kubectl('taint node {{ns}}-node gpu=yes:Sometimes'),
    kubectl('taint node none gpu=yes:NoExecute'),
    kubectl('label node {{ns}}-node disk=ssd'),
    kubectl('describe node {{ns}}-node'),
    kubectl('delete node {{ns}}-node'),
  ),
  scenario(
    'disruptions: what a node says of itself',
    kubectl(
      "get nodes -l '!node-role.kubernetes.io/control-plane' '-o=jsonpath={range .items[0].status.conditions[*]}{.type}={.status} {.reason}: {.message};{end}'",
    ),
    kubectl(
      "get nodes -l '!node-role.kubernetes.io/control-plane' '-o=jsonpath={.items[0].status.daemonEndpoints} {.items[0].status.nodeInfo.kubeletVersion} {.items[0].status.nodeInfo.operatingSystem}'",
    ),
    kubectl("get nodes -l node-role.kubernetes.io/control-plane '-o=jsonpath={.items[0].spec.taints}'"),
    kubectl('get nodes'),
    kubectl("get leases -n kube-node-lease '-o=jsonpath={.items[*].spec.leaseDurationSeconds}'"),
    kubectl("get nodes '-o=jsonpath={.items[*].metadata.annotations.node\\.alpha\\.kubernetes\\.io/ttl}'"),
  ),
]
