/** What policies see of connections and of objects of a subresource's own kind, and what they get wrong about types. */
import { file, kubectl, scenario, until, untilRefused } from '../scenario.js'

const here = 'namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: "{{ns}}"}}'

/** A policy that refuses everything that its rules match, with `message`, which is an expression. */
const refusing = (rules: string, message: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: "{{ns}}"}
spec:
  matchConstraints: {resourceRules: [${rules}], ${here}}
  validations: [{expression: "false", messageExpression: ${JSON.stringify(message)}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: "{{ns}}"}
spec: {policyName: "{{ns}}", validationActions: [Deny]}
`
const remove = kubectl('delete validatingadmissionpolicy,validatingadmissionpolicybinding {{ns}}')

const pod = `
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: main, image: "nginx:1.28", resources: {requests: {cpu: 10m}}}]
`
const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 0
  selector: {matchLabels: {app: shop}}
  template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: main, image: "nginx:1.28"}]}}
`

const eviction = JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web', namespace: '{{ns}}' } })

export const parts = [
  scenario(
    'policies see connections',
    file('pod.yaml', pod),
    file(
      'policy.yaml',
      refusing(
        '{apiGroups: [""], apiVersions: [v1], operations: [CONNECT], resources: ["pods/exec", "pods/attach", "pods/portforward", "*/proxy"]}',
        "[request.operation, request.kind.kind, request.resource.resource, request.subResource, request.name, string(object.kind), has(object.command) ? string(object.command[0]) : '', has(object.path) ? string(object.path) : '', string(has(object.stdin))].join('|')",
      ),
    ),
    kubectl('apply -f pod.yaml'),
    until('wait --for=condition=Ready pod/web --timeout=60s'),
    kubectl('exec web -- hostname'),
    kubectl('apply -f policy.yaml'),
    untilRefused('exec web -- true', 'PodExecOptions'),
    kubectl('exec web -c main -- sh -c "exit 0"'),
    kubectl('exec -i web -- cat'),
    kubectl('port-forward web 18080:80'),
    kubectl('get --raw /api/v1/namespaces/{{ns}}/pods/web/proxy/a/b/'),
    kubectl('get --raw /api/v1/namespaces/{{ns}}/pods/web/proxy'),
    kubectl('get --raw /api/v1/namespaces/{{ns}}/services/none/proxy/'),
    kubectl('logs web --tail=0'),
    remove,
    kubectl('delete pod web --now'),
  ),
  scenario(
    'policies see scales, evictions, tokens and parts of Pods',
    file('pod.yaml', pod),
    file('deployment.yaml', deployment),
    file('eviction.json', eviction),
    file(
      'policy.yaml',
      refusing(
        '{apiGroups: ["", apps], apiVersions: [v1], operations: ["*"], resources: ["deployments/scale", "pods/eviction", "pods/ephemeralcontainers", "pods/resize", "serviceaccounts/token"]}',
        "[request.operation, request.kind.group, request.kind.kind, request.resource.resource, request.subResource, request.name, string(object.kind), string(object.apiVersion), string(object.metadata.name), string(oldObject == null)].join('|')",
      ),
    ),
    kubectl('apply -f pod.yaml -f deployment.yaml'),
    until('wait --for=condition=Ready pod/web --timeout=60s'),
    kubectl('apply -f policy.yaml'),
    untilRefused('scale deployment shop --replicas=0', 'Scale'),
    kubectl('scale deployment shop --replicas=3'),
    kubectl('patch deployment shop --subresource scale --type merge -p {"spec":{"replicas":2}}'),
    kubectl('get deployment shop -o jsonpath={.spec.replicas}'),
    kubectl('debug web --image=busybox:1.37 -c looking -- date'),
    kubectl(
      `patch pod web --subresource resize '--patch={"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":"20m"}}}]}}'`,
    ),
    kubectl('create token default'),
    kubectl('create --raw /api/v1/namespaces/{{ns}}/pods/web/eviction -f eviction.json'),
    kubectl('delete pod web --now'),
    remove,
  ),
  scenario(
    'a policy is told what it gets wrong about types',
    file(
      'policy.yaml',
      `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: "{{ns}}"}
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments, daemonsets, deployments/scale]}
    - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [events]}
    ${here}
  variables: [{name: template, expression: object.spec.template}]
  validations:
  - {expression: "object.foo == 'bar'", messageExpression: "object.spec.replicas + 'x'"}
  - {expression: "object.spec.template.spec.containers.all(c, c.resources.limits['cpu'] == '1')"}
  - {expression: "authorizer.requestResource.check('get').allowed()"}
  - {expression: "variables.template.foo == 1"}
  - {expression: "object.metadata.creationTimestamp > timestamp('2020-01-01T00:00:00Z') && object.spec.strategy.rollingUpdate.maxSurge == 1"}
  - {expression: "object.metadata.managedFields.all(m, m.fieldsV1.foo == 1)"}
`,
    ),
    kubectl('apply -f policy.yaml'),
    until('get validatingadmissionpolicy {{ns}} -o jsonpath={.status.observedGeneration}', '1'),
    kubectl('get validatingadmissionpolicy {{ns}} -o jsonpath={.status}'),
    kubectl('describe validatingadmissionpolicy {{ns}}'),
    kubectl('delete validatingadmissionpolicy {{ns}}'),
  ),
]
