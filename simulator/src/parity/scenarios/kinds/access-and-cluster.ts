import { lives, until } from './life.js'

/** Of CN=ann, O=staff. */
const REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWU1JR0FBZ0VBTUI0eEREQUtCZ05WQkFNTUEyRnViakVPTUF3R0ExVUVDZ3dGYzNSaFptWXdXVEFUQmdjcQpoa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3TkNBQVF2WG1EMUZ6dWpBdGIrRm5OdUtTTFhnS3JDUmNRcHp5Zm9oOTdwCkUxMSs4bXZBV0IxSnFvdHpERitmcFlLUDdwKzdyMkI3T1RMcFBkSi9HWHFoTy9GMm9BQXdDZ1lJS29aSXpqMEUKQXdJRFJ3QXdSQUlnZUluL1NNUmNHdzl6YVhneU1PYkNRZEF0QStLTThpN3VLd2RFem5UMDZONENJRUl3OFR5aAo4VThmamV5UHdjUW1rYndnZHVzS3BFb2tiWExrcGxQMUlDOGoKLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg=='

export const accessLives = lives(
  {
    type: 'role',
    name: 'reader',
    manifest: `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
rules:
  - { apiGroups: ["", apps], resources: [pods, deployments], verbs: [get, list, watch] }
  - { apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: ["*"] }`,
    patch: '{"rules":[{"apiGroups":[""],"resources":["pods/log"],"verbs":["get"]}]}',
  },
  {
    type: 'clusterrole',
    name: '{{ns}}-reader',
    manifest: `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
rules: [{ nonResourceURLs: [/metrics], verbs: [get] }, { apiGroups: [""], resources: [nodes], verbs: [get] }]`,
    patch: '{"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"none":"none"}}]}}',
  },
  {
    type: 'rolebinding',
    name: 'readers',
    manifest: `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
roleRef: { kind: ClusterRole, name: view, apiGroup: rbac.authorization.k8s.io }
subjects: [{ kind: User, name: ann }, { kind: Group, name: staff }, { kind: ServiceAccount, name: robot, namespace: "{{ns}}" }]`,
    patch: '{"subjects":[{"kind":"User","name":"bob","apiGroup":"rbac.authorization.k8s.io"}]}',
  },
  {
    type: 'clusterrolebinding',
    name: '{{ns}}-readers',
    manifest: `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
roleRef: { kind: ClusterRole, name: view, apiGroup: rbac.authorization.k8s.io }
subjects: [{ kind: Group, name: nobody }]`,
    patch: '{"subjects":null}',
  },
  {
    type: 'certificatesigningrequest',
    name: '{{ns}}-ann',
    manifest: `
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
spec: { request: ${REQUEST}, signerName: example.com/ours, usages: [client auth], expirationSeconds: 3600 }`,
    patch: '{"metadata":{"labels":{"who":"ann"}}}',
  },
  {
    type: 'lease',
    name: 'leader',
    manifest: `
apiVersion: coordination.k8s.io/v1
kind: Lease
spec: { holderIdentity: me, leaseDurationSeconds: 15, renewTime: "2026-01-02T03:04:05.000000Z" }`,
    patch: '{"spec":{"holderIdentity":"you"}}',
  },
  {
    type: 'runtimeclass',
    name: '{{ns}}-safe',
    manifest: `
apiVersion: node.k8s.io/v1
kind: RuntimeClass
handler: safe
overhead: { podFixed: { cpu: 100m, memory: 64Mi } }
scheduling: { nodeSelector: { sandbox: "true" } }`,
    patch: '{"overhead":null}',
  },
)

const CRD_SCHEMA =
  '{ openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: { type: integer } } } } } }'
const WEBHOOK =
  'webhooks: [{ name: check.example.com, sideEffects: None, admissionReviewVersions: [v1], failurePolicy: Ignore, clientConfig: { url: "https://127.0.0.1:1/none" }, objectSelector: { matchLabels: { never: matches } } }]'

export const clusterLives = lives(
  {
    type: 'customresourcedefinition',
    name: 'boats.{{ns}}.example.com',
    manifest: `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  group: "{{ns}}.example.com"
  scope: Namespaced
  names: { plural: boats, kind: Boat }
  versions: [{ name: v1, served: true, storage: true, schema: ${CRD_SCHEMA} }]`,
    patch: '{"spec":{"names":{"shortNames":["bt"]}}}',
    settled: until("get crd boats.{{ns}}.example.com '-o=jsonpath={.status.conditions[*].type}'", 'Established'),
  },
  {
    type: 'validatingwebhookconfiguration',
    name: '{{ns}}-checks',
    manifest: `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
${WEBHOOK}`,
    patch: '{"webhooks":null}',
  },
  {
    type: 'mutatingwebhookconfiguration',
    name: '{{ns}}-changes',
    manifest: `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
${WEBHOOK}`,
    patch: '{"webhooks":null}',
  },
  {
    type: 'validatingadmissionpolicy',
    name: '{{ns}}-policy',
    manifest: `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }] }
  validations: [{ expression: "object.spec.replicas <= 5" }]`,
    patch: '{"spec":{"failurePolicy":"Ignore"}}',
  },
  {
    type: 'validatingadmissionpolicybinding',
    name: '{{ns}}-binding',
    manifest: `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
spec: { policyName: none, validationActions: [Deny], matchResources: { namespaceSelector: { matchLabels: { none: none } } } }`,
    patch: '{"spec":{"validationActions":["Warn"]}}',
  },
  {
    type: 'mutatingadmissionpolicy',
    name: '{{ns}}-mutation',
    manifest: `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
spec:
  reinvocationPolicy: Never
  matchConstraints: { resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }] }
  mutations: [{ patchType: ApplyConfiguration, applyConfiguration: { expression: "Object{metadata: Object.metadata{labels: {'a': 'b'}}}" } }]`,
    patch: '{"spec":{"failurePolicy":"Ignore"}}',
  },
  {
    type: 'mutatingadmissionpolicybinding',
    name: '{{ns}}-binding',
    manifest: `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
spec: { policyName: none }`,
    patch: '{"spec":{"matchResources":{"namespaceSelector":{"matchLabels":{"none":"none"}}}}}',
  },
  {
    type: 'apiservice',
    name: 'v1.{{ns}}.example.com',
    manifest: `
apiVersion: apiregistration.k8s.io/v1
kind: APIService
spec: { group: "{{ns}}.example.com", version: v1, groupPriorityMinimum: 100, versionPriority: 10, insecureSkipTLSVerify: true, service: { name: none, namespace: "{{ns}}" } }`,
    patch: '{"spec":{"versionPriority":11}}',
    settled: until('get apiservice v1.{{ns}}.example.com -o jsonpath={.status.conditions[0].reason}', 'ServiceNotFound'),
  },
  {
    type: 'flowschema',
    name: '{{ns}}-flow',
    manifest: `
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
spec:
  priorityLevelConfiguration: { name: global-default }
  matchingPrecedence: 9000
  rules: [{ subjects: [{ kind: User, user: { name: nobody } }], resourceRules: [{ verbs: [get], apiGroups: [""], resources: [pods], namespaces: ["*"] }] }]`,
    patch: '{"spec":{"matchingPrecedence":9001}}',
    settled: until('get flowschema {{ns}}-flow -o jsonpath={.status.conditions[0].status}', 'False'),
  },
  {
    type: 'prioritylevelconfiguration',
    name: '{{ns}}-level',
    manifest: `
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
spec: { type: Limited, limited: { nominalConcurrencyShares: 5, limitResponse: { type: Queue, queuing: { queues: 8, handSize: 3 } } } }`,
    patch: '{"spec":{"limited":{"nominalConcurrencyShares":6}}}',
  },
  {
    type: 'deviceclass',
    name: '{{ns}}-gpu',
    manifest: `
apiVersion: resource.k8s.io/v1
kind: DeviceClass
spec: { selectors: [{ cel: { expression: "device.driver == 'gpu.example.com'" } }] }`,
    patch: '{"spec":{"selectors":null}}',
  },
  {
    type: 'resourceclaim',
    name: 'gpu',
    manifest: `
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
spec: { devices: { requests: [{ name: gpu, exactly: { deviceClassName: gpu.example.com } }] } }`,
    patch: '{"metadata":{"labels":{"who":"ann"}}}',
  },
  {
    type: 'resourceclaimtemplate',
    name: 'gpus',
    manifest: `
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
spec: { spec: { devices: { requests: [{ name: gpu, exactly: { deviceClassName: gpu.example.com } }] } } }`,
    patch: '{"metadata":{"labels":{"who":"ann"}}}',
  },
  {
    type: 'resourceslice',
    name: '{{ns}}-slice',
    manifest: `
apiVersion: resource.k8s.io/v1
kind: ResourceSlice
spec:
  driver: gpu.example.com
  pool: { name: pool, generation: 1, resourceSliceCount: 1 }
  allNodes: true
  devices: [{ name: gpu-0, attributes: { model: { string: a100 } }, capacity: { memory: { value: 40Gi } } }]`,
    patch: '{"spec":{"devices":null}}',
  },
)
