/** NetworkPolicies: what passes, what is lost, what is refused by the API. */
import { file, kubectl, type Step, scenario, until } from '../scenario.js'

const POD = (name: string, command: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { role: ${name} } }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - { name: main, image: busybox:1.37, command: [sh, -c, "${command}"], ports: [{ name: http, containerPort: 8080 }] }
`
const PODS = `${POD('web', 'mkdir /www; echo web > /www/index.html; exec httpd -f -p 8080 -h /www')}---${POD('friend', 'sleep infinity')}---${POD('stranger', 'sleep infinity')}---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { role: web }, ports: [{ port: 80, targetPort: 8080 }] }
`
const policy = (spec: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: rules }
spec: ${spec}
`
const toWeb = (from: string) => kubectl(`exec ${from} -- wget -T 2 -qO- http://web/`)
/** The rules are put in place; a real network needs a moment to follow. */
const rules = (spec: string): Step[] => [
  file('rules.yaml', policy(spec)),
  kubectl('apply -f rules.yaml'),
  until('exec web -- sleep 3'),
]

export const policiesNetwork = [
  scenario(
    'who may reach a Pod',
    file('pods.yaml', PODS),
    kubectl('apply -f pods.yaml'),
    until('wait --for=condition=Ready pod --all --timeout=90s'),
    until('exec friend -- wget -T 2 -qO- http://web/'),
    toWeb('stranger'),
    ...rules('{ podSelector: {} }'),
    kubectl('get networkpolicy rules -o jsonpath={.spec.policyTypes}'),
    toWeb('friend'),
    kubectl('exec web -- wget -T 2 -qO- http://localhost:8080/'),
    ...rules(
      '{ podSelector: { matchLabels: { role: web } }, ingress: [{ from: [{ podSelector: { matchLabels: { role: friend } } }] }] }',
    ),
    toWeb('friend'),
    toWeb('stranger'),
    kubectl('get networkpolicies'),
    kubectl('describe networkpolicy rules'),
    ...rules(
      '{ podSelector: { matchLabels: { role: web } }, ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }] }] }',
    ),
    toWeb('friend'),
    ...rules(
      '{ podSelector: { matchLabels: { role: web } }, ingress: [{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { role: stranger } } }] }] }',
    ),
    toWeb('friend'),
    toWeb('stranger'),
    ...rules('{ podSelector: { matchLabels: { role: web } }, ingress: [{ ports: [{ port: 80 }] }] }'),
    toWeb('friend'),
    ...rules('{ podSelector: { matchLabels: { role: web } }, ingress: [{ ports: [{ port: http }] }] }'),
    toWeb('friend'),
    ...rules('{ podSelector: { matchLabels: { role: web } }, ingress: [{ ports: [{ port: 8000, endPort: 8090 }] }] }'),
    toWeb('friend'),
    ...rules('{ podSelector: { matchLabels: { role: web } }, ingress: [{ ports: [{ port: 8080, protocol: UDP }] }] }'),
    toWeb('friend'),
    ...rules('{ podSelector: { matchLabels: { role: web } }, ingress: [{ from: [{ ipBlock: { cidr: 10.244.0.0/16 } }] }] }'),
    toWeb('friend'),
    ...rules(
      '{ podSelector: { matchLabels: { role: web } }, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.244.0.0/16] } }] }] }',
    ),
    toWeb('friend'),
    ...rules('{ podSelector: { matchLabels: { role: web } }, ingress: [{}] }'),
    toWeb('stranger'),
    kubectl('delete networkpolicy rules'),
    until('exec web -- sleep 3'),
    toWeb('friend'),
  ),
  scenario(
    'where a Pod may go',
    file('pods.yaml', PODS),
    kubectl('apply -f pods.yaml'),
    until('wait --for=condition=Ready pod --all --timeout=90s'),
    until('exec friend -- wget -T 2 -qO- http://web/'),
    ...rules('{ podSelector: { matchLabels: { role: friend } }, policyTypes: [Egress] }'),
    kubectl('-n {{ns}} exec friend -- nslookup -type=a web.{{ns}}.svc.cluster.local'),
    toWeb('stranger'),
    ...rules(
      '{ podSelector: { matchLabels: { role: friend } }, policyTypes: [Egress], egress: [{ ports: [{ port: 53, protocol: UDP }] }] }',
    ),
    kubectl('-n {{ns}} exec friend -- nslookup -type=a web.{{ns}}.svc.cluster.local'),
    toWeb('friend'),
    ...rules(
      '{ podSelector: { matchLabels: { role: friend } }, policyTypes: [Egress], egress: [{ ports: [{ port: 53, protocol: UDP }] }, { to: [{ podSelector: { matchLabels: { role: web } } }], ports: [{ port: 80 }] }] }',
    ),
    toWeb('friend'),
    ...rules(
      '{ podSelector: { matchLabels: { role: friend } }, policyTypes: [Egress], egress: [{ ports: [{ port: 53, protocol: UDP }] }, { to: [{ podSelector: { matchLabels: { role: web } } }], ports: [{ port: 8080 }] }] }',
    ),
    toWeb('friend'),
    kubectl('describe networkpolicy rules'),
    ...rules('{ podSelector: {}, egress: [{}] }'),
    kubectl('get networkpolicy rules -o jsonpath={.spec.policyTypes}'),
    toWeb('friend'),
  ),
  scenario(
    'policies that the API refuses',
    file(
      'rules.yaml',
      policy('{ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [192.168.0.0/16] } }] }] }'),
    ),
    kubectl('apply -f rules.yaml'),
    file('both.yaml', policy('{ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8 }, podSelector: {} }] }] }')),
    kubectl('apply -f both.yaml'),
    file('none.yaml', policy('{ podSelector: {}, ingress: [{ from: [{}] }] }')),
    kubectl('apply -f none.yaml'),
    file('range.yaml', policy('{ podSelector: {}, ingress: [{ ports: [{ port: 90, endPort: 80 }] }] }')),
    kubectl('apply -f range.yaml'),
    file('named.yaml', policy('{ podSelector: {}, ingress: [{ ports: [{ port: http, endPort: 80 }] }] }')),
    kubectl('apply -f named.yaml'),
    file('type.yaml', policy('{ podSelector: {}, policyTypes: [Ingress, Sideways] }')),
    kubectl('apply -f type.yaml'),
  ),
]
