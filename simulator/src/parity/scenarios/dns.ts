/** Names in the cluster, as BusyBox' nslookup and the C library find them. */
import { file, kubectl, scenario, until } from '../scenario.js'

const CLIENT = `
apiVersion: v1
kind: Pod
metadata: { name: client }
spec:
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: busybox:1.37, command: [sleep, infinity] }]
`
const SERVERS = `
apiVersion: v1
kind: Pod
metadata: { name: one, labels: { app: web } }
spec:
  hostname: first
  subdomain: pods
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: busybox:1.37, command: [sleep, infinity] }]
---
apiVersion: v1
kind: Service
metadata: { name: pods }
spec: { clusterIP: None, selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }, { name: dns, port: 53, protocol: UDP }] }
---
apiVersion: v1
kind: Service
metadata: { name: nobody }
spec: { clusterIP: None, selector: { app: nobody }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: inside }
spec: { type: ExternalName, externalName: kubernetes.default.svc.cluster.local }
---
apiVersion: v1
kind: Service
metadata: { name: outside }
spec: { type: ExternalName, externalName: shop.example.invalid }
`
const WAITING = `
apiVersion: v1
kind: Pod
metadata: { name: slow, labels: { app: slow } }
spec:
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: busybox:1.37, command: [sleep, infinity], readinessProbe: { exec: { command: ["false"] } } }]
---
apiVersion: v1
kind: Service
metadata: { name: slow }
spec: { clusterIP: None, selector: { app: slow }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: published }
spec: { clusterIP: None, publishNotReadyAddresses: true, selector: { app: slow }, ports: [{ port: 80 }] }
`
const POLICIES = `
apiVersion: v1
kind: Pod
metadata: { name: own }
spec:
  dnsPolicy: None
  dnsConfig: { nameservers: [10.96.0.10], searches: [shop.internal, svc.cluster.local], options: [{ name: ndots, value: "2" }] }
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: busybox:1.37, command: [sleep, infinity] }]
---
apiVersion: v1
kind: Pod
metadata: { name: more }
spec:
  dnsConfig: { nameservers: [10.96.0.99], searches: [shop.internal], options: [{ name: ndots, value: "1" }] }
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: busybox:1.37, command: [sleep, infinity] }]
---
apiVersion: v1
kind: Pod
metadata: { name: named }
spec:
  hostname: box
  subdomain: rack
  hostAliases: [{ ip: 10.1.2.3, hostnames: [foo.remote, bar.remote] }]
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: busybox:1.37, command: [sleep, infinity] }]
---
apiVersion: v1
kind: Pod
metadata: { name: onnode }
spec:
  hostNetwork: true
  dnsPolicy: ClusterFirstWithHostNet
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: busybox:1.37, command: [sleep, infinity] }]
`
const ask = (words: string, differs?: string) => kubectl(`-n {{ns}} exec client -- nslookup ${words}`, differs)
const zone = '{{ns}}.svc.cluster.local'

export const dns = [
  scenario(
    'names of Services and Pods',
    file('client.yaml', CLIENT),
    file('servers.yaml', SERVERS),
    kubectl('apply -f client.yaml -f servers.yaml'),
    until('wait --for=condition=Ready pod/client pod/one --timeout=60s'),
    until('get endpointslices -l kubernetes.io/service-name=pods -o jsonpath={.items[0].endpoints[0].conditions.ready}', 'true'),
    until(`-n {{ns}} exec client -- nslookup -type=a pods.${zone}`),
    kubectl('exec client -- cat /etc/resolv.conf'),
    kubectl('exec client -- cat /etc/hosts'),
    kubectl('exec one -- cat /etc/hosts'),
    kubectl('exec one -- hostname'),
    ask('-type=a kubernetes.default.svc.cluster.local'),
    ask(`-type=a web.${zone}`),
    ask(`-type=aaaa web.${zone}`),
    ask(`-type=a pods.${zone}`),
    ask(`-type=a nobody.${zone}`),
    ask(`-type=a missing.${zone}`),
    ask('-type=a web.missing.svc.cluster.local'),
    ask(`-type=a first.pods.${zone}`),
    ask(`-type=a other.pods.${zone}`),
    ask(`-type=srv _http._tcp.web.${zone}`),
    ask(`-type=srv _dns._udp.web.${zone}`),
    ask(`-type=srv _http._udp.web.${zone}`),
    ask(`-type=srv _http._tcp.pods.${zone}`),
    ask(`-type=srv pods.${zone}`),
    ask(`-type=srv web.${zone}`),
    ask('10.96.0.1'),
    ask('-type=ptr 10.0.96.10.in-addr.arpa'),
    ask(`-type=a inside.${zone}`),
    ask(`-type=aaaa inside.${zone}`),
    ask(`-type=cname inside.${zone}`),
    ask(`-type=a outside.${zone}`),
    ask('-type=a 10-9-8-7.{{ns}}.pod.cluster.local'),
    ask('-type=a 10-9-8-7.missing.pod.cluster.local'),
    ask('-type=a nonsense.{{ns}}.pod.cluster.local'),
    ask('-type=a {{ns}}.svc.cluster.local'),
    ask('-type=txt dns-version.cluster.local'),
    ask('-type=ns cluster.local'),
    ask('-type=a example.invalid'),
    ask('-type=a kubernetes.default'),
    kubectl('exec client -- sh -c "nslookup kubernetes.default.svc.cluster.local | sort -u"'),
    kubectl('exec client -- sh -c "nslookup web | grep -v Server | grep -v Address | sort -u"'),
    kubectl('exec client -- sh -c "ping -c 1 -W 1 kubernetes.default | head -1"'),
    kubectl('exec client -- ping -c 1 missing'),
    kubectl('-n {{ns}} exec client -- ping -c 1 -W 1 web.{{ns}}'),
    kubectl('exec client -- sh -c "ping -c 1 first.pods | grep packets"'),
  ),
  scenario(
    'Pods that are not ready have no name, unless they are published',
    file('client.yaml', CLIENT),
    file('waiting.yaml', WAITING),
    kubectl('apply -f client.yaml -f waiting.yaml'),
    until('wait --for=condition=Ready pod/client --timeout=60s'),
    until('get pod slow -o jsonpath={.status.phase}', 'Running'),
    until(`-n {{ns}} exec client -- nslookup -type=a published.${zone}`),
    ask(`-type=a slow.${zone}`),
    ask(`-type=a published.${zone}`),
    kubectl('get endpointslices -l kubernetes.io/service-name=slow -o jsonpath={.items[0].endpoints[0].conditions}'),
    kubectl('get endpointslices -l kubernetes.io/service-name=published -o jsonpath={.items[0].endpoints[0].conditions}'),
    kubectl('get endpoints slow'),
  ),
  scenario(
    'dnsPolicy, dnsConfig, hostAliases',
    file('policies.yaml', POLICIES),
    kubectl('apply -f policies.yaml'),
    until('wait --for=condition=Ready pod --all --timeout=60s'),
    kubectl('exec own -- cat /etc/resolv.conf'),
    kubectl('exec more -- cat /etc/resolv.conf'),
    kubectl('exec named -- cat /etc/hosts'),
    kubectl('exec named -- hostname'),
    kubectl('exec named -- sh -c "ping -c 1 -W 1 box | grep packets"'),
    kubectl('exec onnode -- cat /etc/resolv.conf'),
    kubectl('exec own -- nslookup -type=a kubernetes.default.svc.cluster.local'),
    kubectl('exec own -- sh -c "ping -c 1 -W 1 kubernetes.default | head -1"'),
    kubectl('exec more -- sh -c "ping -c 1 -W 1 kubernetes.default | head -1"'),
    kubectl('get pod own -o jsonpath={.spec.dnsConfig}'),
    file(
      'bad.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: bad }\nspec:\n  dnsPolicy: None\n  containers: [{ name: main, image: busybox:1.37 }]\n',
    ),
    kubectl('apply -f bad.yaml'),
  ),
  scenario(
    'a name server that does not answer',
    file('client.yaml', CLIENT),
    kubectl('apply -f client.yaml'),
    kubectl('create service clusterip closed --tcp=80'),
    file(
      'udp.yaml',
      'apiVersion: v1\nkind: Service\nmetadata: { name: silent }\nspec: { selector: { app: none }, ports: [{ port: 53, protocol: UDP }] }\n',
    ),
    kubectl('apply -f udp.yaml'),
    until('wait --for=condition=Ready pod/client --timeout=60s'),
    until('-n {{ns}} exec client -- nslookup -type=a silent.{{ns}}.svc.cluster.local'),
    kubectl(
      "-n {{ns}} exec client -- sh -c 'A=$(nslookup -type=a silent.{{ns}}.svc.cluster.local | tail -2 | cut -d: -f2); nslookup -type=a web $A'",
    ),
  ),
]
