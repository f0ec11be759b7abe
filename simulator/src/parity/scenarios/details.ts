/** What only a comparison of everything that a cluster says brings to light: counts, owners, small words. */
import { conditions, documents, manifest, podSpec, sleeper, template, workload } from '../builders.js'
import { file, kubectl, scenario, until } from '../scenario.js'

const MANAGERS =
  "get configmap shared --show-managed-fields '-o=jsonpath={range .metadata.managedFields[*]}{.manager} {.operation} {.fieldsV1};{end}'"
const config = (colour: string) =>
  manifest('v1', 'ConfigMap', { metadata: { name: 'shared', labels: { set: 'one' } }, data: { colour } })
const told = (reason: string) =>
  `get events --field-selector involvedObject.name=many,reason=${reason} '-o=jsonpath={range .items[*]}{.message} x{.count} {.source.component} [{.reportingComponent}];{end}'`
const number = "get deployment web '-o=jsonpath={.metadata.generation} {.spec.replicas}'"
const NOWHERE = { apiVersion: 'v1', kind: 'ConfigMap', name: 'nobody', uid: '00000000-0000-0000-0000-000000000000' }

export const details = [
  scenario(
    'details: many Pods, and few Events',
    file('many.json', workload('ReplicaSet', 'many', { replicas: 14 })),
    kubectl('create -f many.json'),
    until("get replicaset many '-o=jsonpath={.status.readyReplicas}'", '14'),
    kubectl(told('SuccessfulCreate')),
    kubectl('describe replicaset many'),
    kubectl('scale replicaset many --replicas=0'),
    until("get replicaset many '-o=jsonpath=[{.status.terminatingReplicas}]{.status.replicas}'", '[0]0'),
    kubectl(told('SuccessfulDelete')),
  ),
  scenario(
    'details: what Pods of sets and daemons are called and told',
    file('db.json', workload('StatefulSet', 'db', { serviceName: 'db', replicas: 1 })),
    file(
      'agent.json',
      workload('DaemonSet', 'agent', {
        template: template('agent', podSpec(sleeper({ resources: { requests: { cpu: '900' } } }))),
      }),
    ),
    kubectl('create -f db.json -f agent.json'),
    until('get statefulset db', '1/1'),
    kubectl("get pod db-0 '-o=jsonpath={.metadata.generateName} {.metadata.labels.apps\\.kubernetes\\.io/pod-index}'"),
    until(conditions('pod -l app=agent').replace('.status', '.items[0].status'), 'nodes'),
    kubectl("get pods -l app=agent '-o=jsonpath={.items[0].status.conditions[0].message}'"),
  ),
  scenario(
    'details: the generation of a Deployment, and its Scale',
    kubectl('create deployment web --image=busybox:1.37 --replicas=0'),
    until("get deployment web '-o=jsonpath={.status.observedGeneration}'", '1'),
    kubectl('annotate deployment web note=first'),
    kubectl(number),
    kubectl('label deployment web tier=front'),
    kubectl(number),
    kubectl('get deployment web --subresource=scale'),
    kubectl('get deployment web --subresource=scale -o yaml'),
    kubectl('get deployment web --subresource=status'),
    kubectl('scale deployment web --replicas=0'),
    kubectl(number),
    kubectl('patch deployment web --subresource=scale --type=json -p [{"op":"replace","path":"/spec/replicas","value":-1}]'),
    kubectl('patch deployment web -p 3'),
    kubectl('patch deployment web -p []'),
    kubectl('patch deployment web --type=merge -p []'),
    kubectl('patch deployment web --type=json -p 3'),
    kubectl('patch deployment web --type=json -p {}'),
    kubectl('patch deployment web --subresource=scale --type=json -p true'),
    kubectl('patch deployment web --subresource=scale -p []'),
  ),
  scenario(
    'details: from one kind of apply to the other',
    file('one.json', config('red')),
    file('two.json', config('blue')),
    kubectl('apply -f one.json'),
    kubectl(MANAGERS),
    kubectl('apply --server-side -f one.json'),
    kubectl(MANAGERS),
    kubectl('apply --server-side -f two.json --field-manager=other'),
    kubectl('apply --server-side -f two.json'),
    kubectl(MANAGERS),
    kubectl('create configmap plain --from-literal=a=b'),
    kubectl('patch configmap plain --type=merge -p {"metadata":{"managedFields":[{}]}}'),
    kubectl("get configmap plain --show-managed-fields '-o=jsonpath=[{.metadata.managedFields}]'"),
  ),
  scenario(
    'details: a Service of one type and another',
    file(
      'services.json',
      documents(
        ...['web', 'other'].map((name) =>
          manifest('v1', 'Service', {
            metadata: { name },
            spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80 }] },
          }),
        ),
      ),
    ),
    kubectl('create -f services.json'),
    kubectl('patch service web --type=merge -p {"spec":{"ports":[{"port":81}]}}'),
    kubectl('get service web'),
    kubectl('patch service web -p {"spec":{"type":"ExternalName","externalName":"x.example"}}'),
    kubectl('get service web -o yaml'),
    kubectl('patch service web -p {"spec":{"type":"ClusterIP"}}'),
    kubectl('get service web'),
    kubectl('patch service other --type=merge -p {"spec":{"type":"ClusterIP","ports":[{"port":80,"nodePort":30999}]}}'),
    kubectl('patch service other -p {"spec":{"type":"ClusterIP"}}'),
    kubectl('get service other'),
    file(
      'wrong.json',
      manifest('v1', 'Service', {
        metadata: { name: 'wrong' },
        spec: { type: 'ExternalName', clusterIP: '10.96.7.7', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
      }),
    ),
    kubectl('create -f wrong.json'),
  ),
  scenario(
    'details: an owner that is no more',
    file('db.json', workload('StatefulSet', 'db', { serviceName: 'db', replicas: 1 })),
    kubectl('create -f db.json'),
    until('get statefulset db', '1/1'),
    kubectl(
      `patch pod db-0 --type=json -p [{"op":"add","path":"/metadata/ownerReferences/-","value":${JSON.stringify(NOWHERE)}}]`,
    ),
    until("get pod db-0 '-o=jsonpath=[{.metadata.ownerReferences[*].name}]'", '[db]'),
    kubectl("get pod db-0 '-o=jsonpath={.metadata.ownerReferences}'"),
    kubectl('get pod db-0'),
  ),
]
