import { scenario } from '../../scenario.js'
import { refused, unchangeable } from './refused.js'

const object = (apiVersion: string, kind: string, body: string, name = 'wrong') => `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: "${name}" }
${body}`
const service = (spec: string) => object('v1', 'Service', `spec: { ${spec} }`)
const NETWORKING = 'networking.k8s.io/v1'
const ingress = (spec: string) => object(NETWORKING, 'Ingress', `spec: { ${spec} }`)
const policy = (spec: string) => object(NETWORKING, 'NetworkPolicy', `spec: { ${spec} }`)
const RBAC = 'rbac.authorization.k8s.io/v1'
const ADMISSION = 'admissionregistration.k8s.io/v1'

export const otherRefusals = [
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
  scenario(
    'refused: configuration and storage',
    ...refused({
      'config-keys': object(
        'v1',
        'ConfigMap',
        'data: { "a b": c, "..": d, same: e }\nbinaryData: { same: aGVsbG8=, "x/y": aGVsbG8= }',
      ),
      'config-type': object('v1', 'ConfigMap', 'data: { number: 5 }'),
      'secret-base64': object('v1', 'Secret', 'data: { a: "not base64!" }'),
      'secret-tls': object('v1', 'Secret', 'type: kubernetes.io/tls\ndata: { tls.crt: "" }'),
      'secret-docker': object('v1', 'Secret', 'type: kubernetes.io/dockerconfigjson\ndata: { .dockerconfigjson: aGVsbG8= }'),
      'secret-basic': object('v1', 'Secret', 'type: kubernetes.io/basic-auth\ndata: { other: aGVsbG8= }'),
      'secret-ssh': object('v1', 'Secret', 'type: kubernetes.io/ssh-auth'),
      'secret-account': object('v1', 'Secret', 'type: kubernetes.io/service-account-token'),
      'labels-of-metadata': object('v1', 'ConfigMap', '', 'wrong').replace(
        'metadata: { name: "wrong" }',
        'metadata: { name: Wrong_Name, labels: { "a b": c, d: "e f", "x/y/z": "" }, annotations: { "g h": i, _j: k }, finalizers: [short, "Wrong Name/x"], ownerReferences: [{ kind: "", name: "", uid: "", apiVersion: "" }] }',
      ),
      nameless: object('v1', 'ConfigMap', '').replace('name: "wrong"', 'labels: { a: b }'),
      'other-namespace': object('v1', 'ConfigMap', '').replace('name: "wrong"', 'name: a, namespace: elsewhere'),
      'volume-empty': object('v1', 'PersistentVolume', 'spec: {}', '{{ns}}-wrong'),
      'volume-wrong': object(
        'v1',
        'PersistentVolume',
        'spec: { capacity: { storage: 0 }, accessModes: [Some], persistentVolumeReclaimPolicy: Burn, storageClassName: Wrong_Name, volumeMode: Some, hostPath: { path: ../a }, nfs: { server: a, path: b } }',
        '{{ns}}-wrong',
      ),
      'volume-local': object(
        'v1',
        'PersistentVolume',
        'spec: { capacity: { storage: 1Gi, cpu: 1 }, accessModes: [ReadWriteOnce, ReadWriteOncePod], local: { path: a } }',
        '{{ns}}-wrong',
      ),
      'volume-csi': object(
        'v1',
        'PersistentVolume',
        'spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], csi: { driver: "", volumeHandle: "" } }',
        '{{ns}}-wrong',
      ),
      'claim-empty': object('v1', 'PersistentVolumeClaim', 'spec: {}'),
      'claim-wrong': object(
        'v1',
        'PersistentVolumeClaim',
        'spec: { accessModes: [Some, ReadWriteOncePod], resources: { requests: { storage: -1 } }, volumeMode: Some, storageClassName: Wrong_Name, dataSource: { kind: "", name: "" }, selector: { matchLabels: { "a b": c } } }',
      ),
      'class-empty': object('storage.k8s.io/v1', 'StorageClass', 'reclaimPolicy: Burn\nvolumeBindingMode: Later', '{{ns}}-wrong'),
      'class-wrong': object(
        'storage.k8s.io/v1',
        'StorageClass',
        'provisioner: "a b"\nparameters: { "": a }\nallowedTopologies: [{ matchLabelExpressions: [{ key: a, values: [] }] }]',
        '{{ns}}-wrong',
      ),
      'driver-wrong': object(
        'storage.k8s.io/v1',
        'CSIDriver',
        'spec: { volumeLifecycleModes: [Some], fsGroupPolicy: Some, tokenRequests: [{ audience: a, expirationSeconds: 5 }] }',
        '{{ns}}-Wrong',
      ),
      'node-drivers': object(
        'storage.k8s.io/v1',
        'CSINode',
        'spec: { drivers: [{ name: "", nodeID: "" }, { name: a, nodeID: b, topologyKeys: ["", c, c], allocatable: { count: -1 } }] }',
        '{{ns}}-wrong',
      ),
      'attachment-empty': object(
        'storage.k8s.io/v1',
        'VolumeAttachment',
        'spec: { attacher: "", nodeName: "", source: {} }',
        '{{ns}}-wrong',
      ),
      'capacity-wrong': object('storage.k8s.io/v1', 'CSIStorageCapacity', 'storageClassName: Wrong_Name\ncapacity: -1'),
      'attributes-empty': object('storage.k8s.io/v1', 'VolumeAttributesClass', 'driverName: ""', '{{ns}}-wrong'),
      'limits-wrong': object(
        'v1',
        'LimitRange',
        'spec: { limits: [{ type: Container, max: { cpu: 1 }, min: { cpu: 2 }, default: { cpu: 3 }, defaultRequest: { cpu: 4 }, maxLimitRequestRatio: { cpu: 500m } }, { type: Pod, default: { cpu: 1 } }, { type: Some }, { type: Pod }] }',
      ),
      'quota-wrong': object(
        'v1',
        'ResourceQuota',
        'spec: { hard: { pods: 1.5, "Wrong Name": 1, cpu: -1 }, scopes: [Best, Terminating, NotTerminating] }',
      ),
      'quota-selector': object(
        'v1',
        'ResourceQuota',
        'spec: { hard: { pods: 1 }, scopeSelector: { matchExpressions: [{ scopeName: PriorityClass, operator: In }, { scopeName: BestEffort, operator: Like }] } }',
      ),
    }),
  ),
  scenario(
    'refused: access and the cluster',
    ...refused({
      'role-empty': object(
        RBAC,
        'Role',
        'rules: [{}, { verbs: [get], nonResourceURLs: [/a] }, { verbs: [get], apiGroups: [""], resources: [pods], nonResourceURLs: [/b] }]',
      ),
      'cluster-role-urls': object(
        RBAC,
        'ClusterRole',
        'rules: [{ verbs: [get], nonResourceURLs: [a] }, { verbs: [], apiGroups: [a], resources: [b], nonResourceURLs: [/c] }]\naggregationRule: {}',
        '{{ns}}-wrong',
      ),
      'role-name': object(RBAC, 'Role', 'rules: []', 'a%b'),
      'binding-wrong': object(
        RBAC,
        'RoleBinding',
        'roleRef: { kind: Some, name: "", apiGroup: other }\nsubjects: [{ kind: Some, name: a }, { kind: User, name: "" }, { kind: ServiceAccount, name: Wrong_Name }, { kind: Group, name: b, apiGroup: other }]',
      ),
      'cluster-binding-wrong': object(
        RBAC,
        'ClusterRoleBinding',
        'roleRef: { kind: Role, name: a, apiGroup: rbac.authorization.k8s.io }\nsubjects: [{ kind: ServiceAccount, name: a }]',
        '{{ns}}-wrong',
      ),
      'request-wrong': object(
        'certificates.k8s.io/v1',
        'CertificateSigningRequest',
        'spec: { request: aGVsbG8=, signerName: nowhere, usages: [], expirationSeconds: 5 }',
        '{{ns}}-wrong',
      ),
      'request-usages': object(
        'certificates.k8s.io/v1',
        'CertificateSigningRequest',
        'spec: { request: aGVsbG8=, signerName: example.com/ours, usages: [client auth, client auth, some] }',
        '{{ns}}-wrong',
      ),
      'lease-wrong': object('coordination.k8s.io/v1', 'Lease', 'spec: { leaseDurationSeconds: 0, leaseTransitions: -1 }'),
      'lease-time': object('coordination.k8s.io/v1', 'Lease', 'spec: { renewTime: yesterday }'),
      'runtime-wrong': object(
        'node.k8s.io/v1',
        'RuntimeClass',
        'handler: Wrong_Name\noverhead: { podFixed: { cpu: -1 } }\nscheduling: { nodeSelector: { "a b": c }, tolerations: [{ operator: Like }] }',
        '{{ns}}-wrong',
      ),
      'namespace-wrong': object('v1', 'Namespace', 'spec: { finalizers: [short] }', 'Wrong_Name'),
      'node-wrong': object(
        'v1',
        'Node',
        'spec: { podCIDR: nowhere, taints: [{ key: "", effect: Some }, { key: a, effect: NoSchedule }, { key: a, effect: NoSchedule }] }',
        '{{ns}}-wrong',
      ),
      'event-wrong': object('v1', 'Event', 'involvedObject: { namespace: elsewhere, kind: Pod, name: a }'),
      'event-new': object('events.k8s.io/v1', 'Event', 'type: Some\nreason: ""\naction: ""'),
      'webhook-wrong': object(
        ADMISSION,
        'ValidatingWebhookConfiguration',
        'webhooks: [{ name: short, sideEffects: Some, admissionReviewVersions: [], clientConfig: {}, failurePolicy: Some, timeoutSeconds: 60, rules: [{ operations: [], apiGroups: [], apiVersions: [], resources: ["*", pods], scope: Some }] }]',
        '{{ns}}-wrong',
      ),
      'webhook-url': object(
        ADMISSION,
        'MutatingWebhookConfiguration',
        'webhooks: [{ name: a.example.com, sideEffects: None, admissionReviewVersions: [v1], reinvocationPolicy: Some, clientConfig: { url: "http://a?b=c", service: { name: "", namespace: "", path: "a" } } }]',
        '{{ns}}-wrong',
      ),
      'policy-wrong': object(
        ADMISSION,
        'ValidatingAdmissionPolicy',
        'spec: { failurePolicy: Some, matchConstraints: { resourceRules: [{ operations: [SOME], apiGroups: [a], apiVersions: [b], resources: [c] }] }, validations: [{ expression: "object.spec." }, { expression: "" }, { expression: "1 + 1", reason: Some, messageExpression: "5" }], variables: [{ name: "a b", expression: "1" }], auditAnnotations: [{ key: "a b", valueExpression: "1" }] }',
        '{{ns}}-wrong',
      ),
      'policy-empty': object(ADMISSION, 'ValidatingAdmissionPolicy', 'spec: {}', '{{ns}}-wrong'),
      'policy-binding': object(
        ADMISSION,
        'ValidatingAdmissionPolicyBinding',
        'spec: { validationActions: [Deny, Warn, Deny, Some] }',
        '{{ns}}-wrong',
      ),
      'api-service': object(
        'apiregistration.k8s.io/v1',
        'APIService',
        'spec: { group: example.com, version: v1, groupPriorityMinimum: 0, versionPriority: 0, caBundle: aGVsbG8=, insecureSkipTLSVerify: true, service: { name: "", namespace: "", port: 0 } }',
        '{{ns}}-wrong',
      ),
      'flow-wrong': object(
        'flowcontrol.apiserver.k8s.io/v1',
        'FlowSchema',
        'spec: { priorityLevelConfiguration: { name: "" }, matchingPrecedence: 20000, distinguisherMethod: { type: Some }, rules: [{ subjects: [{ kind: Some }], resourceRules: [{ verbs: [], apiGroups: [], resources: [] }] }, {}] }',
        '{{ns}}-wrong',
      ),
      'level-wrong': object(
        'flowcontrol.apiserver.k8s.io/v1',
        'PriorityLevelConfiguration',
        'spec: { type: Limited, limited: { nominalConcurrencyShares: -1, lendablePercent: 200, limitResponse: { type: Queue, queuing: { queues: 2, handSize: 5, queueLengthLimit: 0 } } } }',
        '{{ns}}-wrong',
      ),
      'level-exempt': object(
        'flowcontrol.apiserver.k8s.io/v1',
        'PriorityLevelConfiguration',
        'spec: { type: Some }',
        '{{ns}}-wrong',
      ),
      'claim-wrong': object(
        'resource.k8s.io/v1',
        'ResourceClaim',
        'spec: { devices: { requests: [{ name: Wrong_Name }, { name: a, exactly: { deviceClassName: "", allocationMode: Some } }, { name: a, exactly: { deviceClassName: b, count: -1 } }], constraints: [{ requests: [none] }] } }',
      ),
      'slice-wrong': object(
        'resource.k8s.io/v1',
        'ResourceSlice',
        'spec: { driver: "", pool: { name: "", resourceSliceCount: 0 }, devices: [{ name: Wrong_Name }, { name: a }, { name: a }] }',
        '{{ns}}-wrong',
      ),
      'class-wrong': object(
        'resource.k8s.io/v1',
        'DeviceClass',
        'spec: { selectors: [{}, { cel: { expression: "device." } }], config: [{}] }',
        '{{ns}}-wrong',
      ),
    }),
  ),
  scenario(
    'refused: changes of what may not change',
    ...unchangeable('service/web', service('ports: [{ port: 80 }]').replace('wrong', 'web'), [
      '{"spec":{"clusterIP":"10.96.200.201","clusterIPs":["10.96.200.201"]}}',
      '{"spec":{"clusterIP":"None"}}',
      '{"spec":{"ports":[]}}',
      '{"spec":{"ipFamilies":["IPv6"]}}',
      '{"spec":{"type":"ExternalName"}}',
    ]),
    ...unchangeable('configmap/fixed', object('v1', 'ConfigMap', 'data: { a: b }\nimmutable: true', 'fixed'), [
      '{"data":{"a":"c"}}',
      '{"immutable":false}',
      '{"binaryData":{"x":"aGVsbG8="}}',
    ]),
    ...unchangeable('secret/fixed', object('v1', 'Secret', 'stringData: { a: b }\nimmutable: true', 'fixed'), [
      '{"data":{"a":"Yw=="}}',
      '{"type":"other"}',
      '{"immutable":null}',
    ]),
    ...unchangeable(
      'pvc/claim',
      object(
        'v1',
        'PersistentVolumeClaim',
        'spec: { accessModes: [ReadWriteOnce], storageClassName: none, resources: { requests: { storage: 1Gi } } }',
        'claim',
      ),
      [
        '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}',
        '{"spec":{"storageClassName":"other"}}',
        '{"spec":{"accessModes":["ReadOnlyMany"]}}',
      ],
    ),
    ...unchangeable(
      'pv/{{ns}}-pv',
      object(
        'v1',
        'PersistentVolume',
        'spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], hostPath: { path: /a } }',
        '{{ns}}-pv',
      ),
      ['{"spec":{"hostPath":{"path":"/b"}}}', '{"spec":{"volumeMode":"Block"}}'],
    ),
    ...unchangeable(
      'storageclass/{{ns}}-class',
      object('storage.k8s.io/v1', 'StorageClass', 'provisioner: example.com/a', '{{ns}}-class'),
      [
        '{"provisioner":"example.com/b"}',
        '{"parameters":{"a":"b"}}',
        '{"reclaimPolicy":"Retain","volumeBindingMode":"WaitForFirstConsumer"}',
      ],
    ),
    ...unchangeable(
      'rolebinding/bound',
      object(RBAC, 'RoleBinding', 'roleRef: { kind: Role, name: a, apiGroup: rbac.authorization.k8s.io }', 'bound'),
      ['{"roleRef":{"name":"b"}}'],
    ),
    ...unchangeable(
      'ingressclass/{{ns}}-class',
      object(NETWORKING, 'IngressClass', 'spec: { controller: example.com/a }', '{{ns}}-class'),
      ['{"spec":{"controller":"example.com/b"}}'],
    ),
    ...unchangeable('runtimeclass/{{ns}}-class', object('node.k8s.io/v1', 'RuntimeClass', 'handler: a', '{{ns}}-class'), [
      '{"handler":"b"}',
    ]),
    ...unchangeable('namespace/{{ns}}', object('v1', 'Namespace', '', '{{ns}}'), [
      '{"spec":{"finalizers":[]}}',
      '{"metadata":{"labels":{"kubernetes.io/metadata.name":"other"}}}',
    ]),
    ...unchangeable(
      'endpointslice/slice',
      object('discovery.k8s.io/v1', 'EndpointSlice', 'addressType: IPv4\nendpoints: []', 'slice'),
      ['{"addressType":"IPv6"}'],
    ),
  ),
]
