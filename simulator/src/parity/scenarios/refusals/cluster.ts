import { scenario } from '../../scenario.js'
import { object, refused } from './refused.js'

const RBAC = 'rbac.authorization.k8s.io/v1'
const ADMISSION = 'admissionregistration.k8s.io/v1'

export const clusterRefusals = [
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
]
