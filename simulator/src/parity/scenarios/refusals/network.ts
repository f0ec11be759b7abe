import { scenario } from '../../scenario.js'
import { object, refused } from './refused.js'

const service = (spec: string) => object('v1', 'Service', `spec: { ${spec} }`)
const NETWORKING = 'networking.k8s.io/v1'
const ingress = (spec: string) => object(NETWORKING, 'Ingress', `spec: { ${spec} }`)
const policy = (spec: string) => object(NETWORKING, 'NetworkPolicy', `spec: { ${spec} }`)

export const networkRefusals = [
  scenario(
    'refused: Services and what is behind them',
    ...refused({
      'service-ports': service(
        'ports: [{ port: 0 }, { port: 80 }, { port: 81, name: Wrong }, { port: 82, name: same, targetPort: Wrong_Name }, { port: 83, name: same, protocol: ICMP }, { port: 84, name: node, nodePort: 5 }]',
      ),
      'service-none': service('selector: { "a b": c }'),
      'service-headless-node': service('type: NodePort, clusterIP: None, ports: [{ port: 80 }]'),
      'service-external': service('type: ExternalName, externalName: "Wrong Name"'),
      'service-external-empty': service('type: ExternalName'),
      'service-address': service('clusterIP: 1.2.3.4, ports: [{ port: 80 }]'),
      'service-not-address': service('clusterIP: nowhere, ports: [{ port: 80 }]'),
      'service-affinity': service(
        'sessionAffinity: Some, sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } }, ports: [{ port: 80 }]',
      ),
      'service-affinity-time': service(
        'sessionAffinity: ClientIP, sessionAffinityConfig: { clientIP: { timeoutSeconds: 100000 } }, ports: [{ port: 80 }]',
      ),
      'service-traffic': service('externalTrafficPolicy: Local, internalTrafficPolicy: Some, ports: [{ port: 80 }]'),
      'service-balancer': service(
        'type: LoadBalancer, loadBalancerSourceRanges: [nowhere], healthCheckNodePort: 5, ports: [{ port: 80 }]',
      ),
      'service-ranges': service(
        'loadBalancerSourceRanges: [10.0.0.0/8], loadBalancerClass: a/b, allocateLoadBalancerNodePorts: true, ports: [{ port: 80 }]',
      ),
      'service-external-ips': service('externalIPs: [nowhere, 127.0.0.1], ports: [{ port: 80 }]'),
      'service-families': service('ipFamilies: [IPv7], ipFamilyPolicy: Some, ports: [{ port: 80 }]'),
      'service-six': service('ipFamilies: [IPv6], ports: [{ port: 80 }]'),
      'service-same': service('ports: [{ name: a, port: 80 }, { name: b, port: 80 }]'),
      'service-name': object('v1', 'Service', 'spec: { ports: [{ port: 80 }] }', '1web'),
      'service-node-port': service('type: NodePort, ports: [{ port: 80, nodePort: 80 }]'),
      'endpoints-address': object(
        'v1',
        'Endpoints',
        'subsets: [{ addresses: [{ ip: nowhere }, { ip: 127.0.0.1, hostname: Wrong_Name }], ports: [{ port: 0 }, { port: 70000, name: Wrong_Name, protocol: ICMP }] }, {}]',
      ),
      'slice-types': object('discovery.k8s.io/v1', 'EndpointSlice', 'addressType: IPv5\nendpoints: []'),
      'slice-addresses': object(
        'discovery.k8s.io/v1',
        'EndpointSlice',
        'addressType: IPv4\nendpoints: [{ addresses: [] }, { addresses: [nowhere, 127.0.0.1], hostname: Wrong_Name }]\nports: [{ name: Wrong_Name, port: 0 }, { name: same, port: 80 }, { name: same, port: 81, protocol: ICMP }]',
      ),
      cidr: object(NETWORKING, 'ServiceCIDR', 'spec: { cidrs: [nowhere, 10.0.0.0/8] }', '{{ns}}-wrong'),
      'ip-address': object(NETWORKING, 'IPAddress', 'spec: {}', 'nowhere'),
    }),
  ),
  scenario(
    'refused: Ingress and NetworkPolicy',
    ...refused({
      'ingress-empty': ingress(''),
      'ingress-hosts': ingress(
        'rules: [{ host: Wrong_Name, http: { paths: [] } }, { host: 1.2.3.4 }, { host: "*.*.example.com" }]',
      ),
      'ingress-paths': ingress(
        'rules: [{ http: { paths: [{ backend: { service: { name: web, port: { number: 80 } } } }, { path: a, pathType: Prefix, backend: { service: { name: Wrong_Name, port: { number: 0 } } } }, { path: /a//b, pathType: Exact, backend: {} }, { path: /c, pathType: Some, backend: { service: { name: web, port: { number: 80, name: http } } } }] } }]',
      ),
      'ingress-backend': ingress(
        'defaultBackend: { service: { name: web, port: { number: 80 } }, resource: { kind: Bucket, name: a } }',
      ),
      'ingress-resource': ingress('defaultBackend: { resource: { kind: "", name: "" } }'),
      'ingress-tls': ingress(
        'tls: [{ hosts: [Wrong_Name], secretName: Wrong_Name }], defaultBackend: { service: { name: web, port: { number: 80 } } }',
      ),
      'ingress-class': ingress('ingressClassName: Wrong_Name, defaultBackend: { service: { name: web, port: { number: 80 } } }'),
      'class-empty': object(NETWORKING, 'IngressClass', 'spec: {}', '{{ns}}-wrong'),
      'class-parameters': object(
        NETWORKING,
        'IngressClass',
        'spec: { controller: "no-domain", parameters: { kind: "", name: "", scope: Some } }',
        '{{ns}}-wrong',
      ),
      'policy-types': policy('podSelector: {}, policyTypes: [Ingress, Some]'),
      'policy-ports': policy(
        'podSelector: { matchExpressions: [{ key: a, operator: Like }] }, ingress: [{ ports: [{ port: 70000 }, { protocol: ICMP, port: Wrong_Name }, { endPort: 80 }, { port: http, endPort: 90 }, { port: 90, endPort: 80 }] }]',
      ),
      'policy-peers': policy(
        'podSelector: {}, ingress: [{ from: [{}, { ipBlock: { cidr: nowhere } }, { ipBlock: { cidr: "" } }, { ipBlock: { cidr: 10.0.0.0/8, except: [11.0.0.0/8, nowhere] }, podSelector: {} }] }]',
      ),
      'policy-none':
        '\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: wrong }\nspec: { ingress: none }',
    }),
  ),
]
