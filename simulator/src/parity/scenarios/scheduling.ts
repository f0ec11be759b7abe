import { conditions, documents, events, manifest, pod, podSpec, sleeper } from '../builders.js'
import { file, kubectl, scenario, scenarioAlone, until } from '../scenario.js'

type Fields = Record<string, unknown>
const said = (name: string) => [
  until(`get events --field-selector involvedObject.name=${name},reason=FailedScheduling -o name`, 'event'),
  until(`get pod ${name} '-o=jsonpath={.status.conditions[0].message}'`, ' '),
  kubectl(`get pod ${name} '-o=jsonpath={.status.conditions[0].reason}: {.status.conditions[0].message}'`),
]
/** A Pod that fits nowhere, and why. */
const refused = (name: string, more: Fields, container: Fields = {}) => [
  file(`${name}.json`, pod(name, podSpec(sleeper(container), more), { labels: { app: name } })),
  kubectl(`create -f ${name}.json`),
  ...said(name),
]
const affinity = (kind: string, term: Fields) => ({
  affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
})
const near = (app: string, topologyKey = 'kubernetes.io/hostname') => ({ topologyKey, labelSelector: { matchLabels: { app } } })
const nodes = (...matchExpressions: Fields[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } } },
})
const requests = (of: Fields) => ({ resources: { requests: of } })
const spread = (more: Fields) => ({
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', ...more }],
})
const among = (...values: string[]) => ({ matchExpressions: [{ key: 'app', operator: 'In', values }] })
const volume = (claimName: string) => ({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] })
const claim = (name: string, spec: Fields) =>
  manifest('v1', 'PersistentVolumeClaim', {
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } }, ...spec },
  })
const importance = (name: string, value: number, more: Fields = {}) =>
  manifest('scheduling.k8s.io/v1', 'PriorityClass', { metadata: { name: `{{ns}}-${name}` }, value, ...more })

export const scheduling = [
  // Alone: every Pod that goes lets the scheduler try again, and say so.
  scenarioAlone(
    'scheduling: what nodes lack',
    ...refused('cpu', {}, requests({ cpu: '900' })),
    ...refused('memory', {}, requests({ memory: '900Ti' })),
    ...refused('both', {}, requests({ cpu: '900', memory: '900Ti' })),
    ...refused('disk', {}, requests({ 'ephemeral-storage': '900Ti' })),
    ...refused('gpu', {}, { resources: { limits: { 'example.com/gpu': '1' } } }),
    kubectl('describe pod gpu'),
    kubectl('get pod gpu'),
    kubectl('get pod gpu -o wide'),
    kubectl(conditions('pod gpu')),
    kubectl(events('gpu')),
    ...refused('label', { nodeSelector: { disk: 'none' } }),
    ...refused('name', { nodeSelector: { 'kubernetes.io/hostname': 'nowhere' } }),
    ...refused('in', nodes({ key: 'zone', operator: 'In', values: ['a', 'b'] })),
    ...refused('gt', nodes({ key: 'cores', operator: 'Gt', values: ['4'] })),
    ...refused('notin', nodes({ key: 'kubernetes.io/os', operator: 'NotIn', values: ['linux'] })),
    ...refused('everywhere', { tolerations: [{ operator: 'Exists' }] }, requests({ cpu: '900' })),
    ...refused('init', { initContainers: [sleeper({ name: 'first', ...requests({ cpu: '900' }) })] }),
    ...refused('overhead', nodes({ key: 'kubernetes.io/hostname', operator: 'DoesNotExist' })),
    kubectl('get pods'),
    kubectl('get pods --field-selector=status.phase=Pending -o name'),
  ),
  scenario(
    'scheduling: what Pods think of each other',
    file(
      'base.json',
      pod('base', podSpec(sleeper({ ports: [{ containerPort: 80, hostPort: 31999 }] })), { labels: { app: 'base' } }),
    ),
    kubectl('create -f base.json'),
    until('wait --for=condition=Ready pod/base --timeout=60s'),
    ...refused('port', {}, { ports: [{ containerPort: 80, hostPort: 31999 }] }),
    ...refused('far', affinity('podAntiAffinity', near('base'))),
    ...refused('near', affinity('podAffinity', near('none'))),
    ...refused('zone', affinity('podAffinity', near('base', 'zone'))),
    ...refused('elsewhere', affinity('podAffinity', { ...near('base'), namespaces: ['default'] })),
    file(
      'hermit.json',
      pod('hermit', podSpec(sleeper(), affinity('podAntiAffinity', near('guest'))), { labels: { app: 'hermit' } }),
    ),
    kubectl('create -f hermit.json'),
    until('wait --for=condition=Ready pod/hermit --timeout=60s'),
    ...refused('guest', {}),
    ...refused('spread', spread({ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'spread' } } })),
    ...refused('even', spread({ nodeTaintsPolicy: 'Ignore', labelSelector: among('base', 'even') })),
    ...refused('least', spread({ minDomains: 5, nodeTaintsPolicy: 'Honor', labelSelector: among('base', 'least') })),
    file('self.json', pod('self', podSpec(sleeper(), affinity('podAffinity', near('self'))), { labels: { app: 'self' } })),
    kubectl('create -f self.json'),
    until('wait --for=condition=Ready pod/self --timeout=60s'),
    kubectl('get pods'),
  ),
  scenario(
    'scheduling: volumes that stand in the way',
    file(
      'claims.json',
      documents(
        claim('later', { storageClassName: '{{ns}}-manual' }),
        claim('now', { storageClassName: 'nothing' }),
        claim('classless', { storageClassName: '' }),
        claim('alone', { accessModes: ['ReadWriteOncePod'] }),
        manifest('storage.k8s.io/v1', 'StorageClass', {
          metadata: { name: '{{ns}}-manual' },
          provisioner: 'kubernetes.io/no-provisioner',
          volumeBindingMode: 'WaitForFirstConsumer',
        }),
      ),
    ),
    kubectl('create -f claims.json'),
    ...refused('missing', volume('none')),
    ...refused('unbound', volume('now')),
    ...refused('noclass', volume('classless')),
    ...refused('nothing', volume('later')),
    file('owner.json', pod('owner', podSpec(sleeper(), volume('alone')))),
    kubectl('create -f owner.json'),
    until('wait --for=condition=Ready pod/owner --timeout=60s'),
    ...refused('second', volume('alone')),
    until('get events --field-selector involvedObject.name=later,reason=WaitForPodScheduled -o name', 'event'),
    kubectl('describe pvc later'),
    kubectl('describe pvc now'),
    kubectl('describe pvc classless'),
    kubectl('delete storageclass {{ns}}-manual'),
  ),
  scenario(
    'scheduling: gates, names and other schedulers',
    file(
      'gated.json',
      pod('gated', podSpec(sleeper(), { schedulingGates: [{ name: 'example.com/a' }, { name: 'example.com/b' }] })),
    ),
    kubectl('create -f gated.json'),
    until('get pod gated', 'SchedulingGated'),
    kubectl('get pod gated'),
    kubectl(conditions('pod gated')),
    kubectl('describe pod gated'),
    kubectl('patch pod gated --type=json -p [{"op":"remove","path":"/spec/schedulingGates/0"}]'),
    kubectl(conditions('pod gated')),
    kubectl('patch pod gated --type=json -p [{"op":"add","path":"/spec/schedulingGates/-","value":{"name":"example.com/c"}}]'),
    kubectl('patch pod gated -p {"spec":{"nodeSelector":{"kubernetes.io/os":"linux"}}}'),
    kubectl('patch pod gated --type=json -p [{"op":"remove","path":"/spec/schedulingGates"}]'),
    until('wait --for=condition=Ready pod/gated --timeout=60s'),
    kubectl('get pod gated'),
    file('other.json', pod('other', podSpec(sleeper(), { schedulerName: 'another' }))),
    kubectl('create -f other.json'),
    kubectl('get pod other'),
    kubectl(conditions('pod other')),
    kubectl(events('other')),
    file('placed.json', pod('placed', podSpec(sleeper(), { nodeName: 'nowhere' }))),
    kubectl('create -f placed.json'),
    kubectl('get pod placed'),
    kubectl("get pod gated '-o=jsonpath={.spec.priority} {.spec.preemptionPolicy} {.spec.schedulerName}'"),
    kubectl(
      "get events --field-selector involvedObject.name=gated,reason=Scheduled '-o=jsonpath={.items[0].message} {.items[0].count} {.items[0].reportingComponent}'",
    ),
  ),
  scenario(
    'scheduling: priorities',
    file(
      'classes.json',
      documents(
        importance('high', 1000),
        importance('polite', 900, { preemptionPolicy: 'Never' }),
        importance('low', 10, { description: 'waits' }),
      ),
    ),
    kubectl('create -f classes.json'),
    kubectl('get priorityclass {{ns}}-high'),
    kubectl('describe priorityclass {{ns}}-low'),
    file('high.json', pod('high', podSpec(sleeper(), { priorityClassName: '{{ns}}-high' }))),
    kubectl('create -f high.json'),
    kubectl("get pod high '-o=jsonpath={.spec.priority} {.spec.preemptionPolicy}'"),
    until('wait --for=condition=Ready pod/high --timeout=60s'),
    kubectl('describe pod high'),
    file('none.json', pod('none', podSpec(sleeper(), { priorityClassName: 'none' }))),
    kubectl('create -f none.json'),
    file('set.json', pod('set', podSpec(sleeper(), { priority: 5 }))),
    kubectl('create -f set.json'),
    ...refused('patient', { priorityClassName: '{{ns}}-polite' }, requests({ cpu: '900' })),
    ...refused('strong', { priorityClassName: '{{ns}}-high' }, requests({ cpu: '900' })),
    kubectl('patch priorityclass {{ns}}-high -p {"value":5}'),
    kubectl('delete priorityclass {{ns}}-high {{ns}}-polite {{ns}}-low'),
    kubectl('create priorityclass {{ns}}-big --value=2000000000'),
  ),
]
