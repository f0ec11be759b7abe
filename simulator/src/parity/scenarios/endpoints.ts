import { documents, events, manifest, pod, podSpec, sleeper, template, workload } from '../builders.js'
import { file, kubectl, scenario, until } from '../scenario.js'

const service = (name: string, spec: Record<string, unknown>) => manifest('v1', 'Service', { metadata: { name }, spec })
const SLICES = (name: string) => `get endpointslices -l kubernetes.io/service-name=${name}`
const CONDITIONS = (name: string) => `${SLICES(name)} '-o=jsonpath={.items[*].endpoints[*].conditions}'`
const READY_WHEN_TOLD = sleeper({
  ports: [{ name: 'web', containerPort: 8080 }],
  readinessProbe: { exec: { command: ['test', '-e', '/ready'] }, periodSeconds: 1, failureThreshold: 1 },
})

export const endpoints = [
  scenario(
    'endpoints: Pods behind a Service',
    file(
      'web.json',
      documents(
        pod('web', podSpec(READY_WHEN_TOLD), { labels: { app: 'web' } }),
        service('web', {
          selector: { app: 'web' },
          ports: [
            { name: 'http', port: 80, targetPort: 'web' },
            { name: 'plain', port: 81, targetPort: 9090 },
          ],
        }),
      ),
    ),
    kubectl('create -f web.json'),
    until(CONDITIONS('web'), '"ready":false'),
    kubectl(SLICES('web')),
    kubectl(CONDITIONS('web')),
    kubectl('get endpoints web'),
    kubectl('describe service web'),
    kubectl('exec web -- touch /ready'),
    until(CONDITIONS('web'), '"ready":true'),
    kubectl(CONDITIONS('web')),
    kubectl(`${SLICES('web')} '-o=jsonpath={.items[0].ports}'`),
    kubectl(
      `${SLICES('web')} '-o=jsonpath={.items[0].metadata.labels} {.items[0].metadata.ownerReferences} {.items[0].addressType}'`,
    ),
    kubectl(`${SLICES('web')} '-o=jsonpath={.items[0].endpoints[0].targetRef.kind} {.items[0].endpoints[0].nodeName}'`),
    kubectl('get endpoints web'),
    kubectl("get endpoints web '-o=jsonpath={.subsets[0].ports} {.metadata.labels} {.metadata.annotations}'"),
    kubectl('describe endpoints web'),
    kubectl('describe service web'),
    kubectl('exec web -- rm /ready'),
    until(CONDITIONS('web'), '"ready":false'),
    kubectl('get endpoints web'),
    kubectl('patch service web -p {"spec":{"publishNotReadyAddresses":true}}'),
    until(CONDITIONS('web'), '"ready":true'),
    kubectl(CONDITIONS('web')),
    kubectl('label pod web app=other --overwrite'),
    until('get endpoints web', '<none>'),
    kubectl('get endpoints web'),
    kubectl('describe service web'),
    kubectl('delete service web'),
    until(`${SLICES('web')} '-o=jsonpath=[{.items}]'`, '[[]]'),
    kubectl(SLICES('web')),
    kubectl('get endpoints web'),
  ),
  scenario(
    'endpoints: headless, without selector, by another name',
    file(
      'db.json',
      documents(
        service('db', { clusterIP: 'None', selector: { app: 'db' }, ports: [{ port: 5432 }] }),
        workload('StatefulSet', 'db', { replicas: 2, serviceName: 'db', template: template('db') }),
      ),
    ),
    kubectl('create -f db.json'),
    until('get statefulset db', '2/2'),
    until(CONDITIONS('db'), '"ready":true,"serving":true,"terminating":false} {"ready":true'),
    kubectl(`${SLICES('db')} '-o=jsonpath={.items[0].metadata.labels}'`),
    kubectl(`${SLICES('db')} '-o=jsonpath={.items[0].endpoints[*].hostname}'`),
    kubectl('describe service db'),
    file(
      'outside.json',
      documents(
        service('outside', { ports: [{ port: 80 }] }),
        manifest('v1', 'Endpoints', {
          metadata: { name: 'outside' },
          subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ port: 8080 }] }],
        }),
      ),
    ),
    kubectl('create -f outside.json'),
    until(SLICES('outside'), '192.0.2.7'),
    kubectl(SLICES('outside')),
    kubectl(`${SLICES('outside')} '-o=jsonpath={.items[0].metadata.labels}'`),
    kubectl('describe service outside'),
    kubectl('create service externalname far --external-name=example.com'),
    kubectl('get service far'),
    kubectl('describe service far'),
    kubectl(SLICES('far')),
    kubectl('patch service far -p {"spec":{"type":"ClusterIP"}}'),
    kubectl('delete service db outside far'),
  ),
  scenario(
    'endpoints: addresses and ports of Services',
    kubectl('create service clusterip fixed --tcp=80 --clusterip=10.96.200.77'),
    kubectl('create service clusterip same --tcp=80 --clusterip=10.96.200.77'),
    kubectl('create service clusterip far --tcp=80 --clusterip=10.200.0.1'),
    kubectl('create service clusterip bad --tcp=80 --clusterip=nowhere'),
    kubectl('create service nodeport open --tcp=80 --node-port=30990'),
    kubectl('create service nodeport same --tcp=80 --node-port=30990'),
    kubectl('create service nodeport low --tcp=80 --node-port=80'),
    kubectl('create service loadbalancer edge --tcp=80'),
    kubectl(
      "get service edge '-o=jsonpath={.spec.allocateLoadBalancerNodePorts} {.spec.externalTrafficPolicy} {.spec.internalTrafficPolicy}'",
    ),
    kubectl('describe service open'),
    kubectl('patch service fixed -p {"spec":{"clusterIP":"10.96.200.78"}}'),
    kubectl('patch service open -p {"spec":{"type":"ClusterIP"}}'),
    kubectl("get service open '-o=jsonpath={.spec.type} {.spec.ports}'"),
    kubectl('patch service open -p {"spec":{"sessionAffinity":"ClientIP"}}'),
    kubectl("get service open '-o=jsonpath={.spec.sessionAffinityConfig}'"),
    kubectl('patch service open -p {"spec":{"type":"NodePort","externalTrafficPolicy":"Local"}}'),
    kubectl("get service open '-o=jsonpath={.spec.externalTrafficPolicy}'"),
    kubectl(events('open')),
    kubectl('delete service fixed open edge'),
    kubectl('create service clusterip fixed --tcp=80 --clusterip=10.96.200.77'),
  ),
  scenario(
    'endpoints: those that are near',
    file('near.json', pod('near', podSpec(), { labels: { app: 'near' } })),
    kubectl('create -f near.json'),
    until('wait --for=condition=Ready pod/near --timeout=60s'),
    ...['PreferSameNode', 'PreferSameZone', 'PreferClose'].flatMap((trafficDistribution) => {
      const name = trafficDistribution.toLowerCase()
      return [
        file(`${name}.json`, service(name, { selector: { app: 'near' }, ports: [{ port: 80 }], trafficDistribution })),
        kubectl(`create -f ${name}.json`),
        until(CONDITIONS(name), '"ready":true'),
        kubectl(`${SLICES(name)} '-o=jsonpath=[{.items[0].endpoints[0].hints}] [{.items[0].endpoints[0].zone}]'`),
        kubectl(`get service ${name} '-o=jsonpath={.spec.trafficDistribution}'`),
      ]
    }),
    kubectl('describe service prefersamenode'),
    file('wrong.json', service('wrong', { ports: [{ port: 80 }], trafficDistribution: 'Nearest' })),
    kubectl('create -f wrong.json'),
    kubectl('annotate service prefersamenode service.kubernetes.io/topology-mode=Auto'),
    until('get events --field-selector involvedObject.name=prefersamenode -o name', 'event'),
    kubectl(events('prefersamenode')),
    kubectl('annotate service prefersamenode service.kubernetes.io/topology-mode-'),
    kubectl('patch service prefersamenode --type=json -p [{"op":"remove","path":"/spec/trafficDistribution"}]'),
    until(`${SLICES('prefersamenode')} '-o=jsonpath=[{.items[0].endpoints[0].hints}]'`, '[]'),
    kubectl(`${SLICES('prefersamenode')} '-o=jsonpath=[{.items[0].endpoints[0].hints}]'`),
  ),
]
