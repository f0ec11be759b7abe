/** Admission by policies in CEL, webhooks that cannot be reached, and plugins that everybody has. */
import { file, kubectl, scenario, untilRefused } from '../scenario.js'

const here = 'namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: "{{ns}}"}}'
const configMaps = `resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [configmaps]}]`

/** A ValidatingAdmissionPolicy on the ConfigMaps of the scenario's namespace, with its binding. */
const policy = (spec: string, binding = 'validationActions: [Deny]') => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: "{{ns}}"}
spec:
  matchConstraints: {${configMaps}, ${here}}
${spec}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: "{{ns}}"}
spec: {policyName: "{{ns}}", ${binding}}
`

const remove = kubectl('delete validatingadmissionpolicy,validatingadmissionpolicybinding {{ns}}')
const size = (value: string, name = `size-${value}`) => kubectl(`create configmap ${name} --from-literal=size=${value}`)

const expressions = (list: string[]) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: "{{ns}}"}
spec:
  matchConstraints: {${configMaps}}
  validations:
${list.map((each) => `  - expression: ${JSON.stringify(each)}`).join('\n')}
`

export const policies = [
  scenario(
    'a policy refuses what its expressions are false for',
    file(
      'policy.yaml',
      policy(`
  variables: [{name: wanted, expression: "int(object.data.size)"}]
  validations:
  - {expression: "variables.wanted <= 3", messageExpression: "'wanted ' + string(variables.wanted) + ' of 3'"}
  - {expression: "!('colour' in object.data)", message: "no colours here", reason: Forbidden}
  - {expression: "oldObject == null || oldObject.data.size == object.data.size", message: sizes stay}`),
    ),
    kubectl('apply -f policy.yaml'),
    untilRefused('create configmap probe --from-literal=size=9 --dry-run=server', 'wanted 9'),
    size('5'),
    size('2'),
    kubectl('create configmap red --from-literal=size=1 --from-literal=colour=red'),
    kubectl('create configmap both --from-literal=size=7 --from-literal=colour=red'),
    size('many'),
    kubectl('create configmap empty'),
    kubectl('patch configmap size-2 --type=merge -p {"data":{"size":"1"}}'),
    kubectl('patch configmap size-2 --type=merge -p {"data":{"note":"fine"}}'),
    kubectl('get configmap size-2 -o jsonpath={.data}'),
    kubectl('get validatingadmissionpolicy {{ns}}'),
    kubectl('get validatingadmissionpolicybinding {{ns}}'),
    kubectl('get validatingadmissionpolicy {{ns}} -o jsonpath={.spec}'),
    kubectl('get validatingadmissionpolicybinding {{ns}} -o jsonpath={.spec}'),
    remove,
  ),
  scenario(
    'a policy that warns, on the terms of its match conditions',
    file(
      'policy.yaml',
      policy(
        `
  matchConditions: [{name: not-system, expression: "!request.userInfo.username.startsWith('system:')"}]
  validations:
  - {expression: "object.metadata.name.matches('^[a-z]+$')", message: letters only}
  - {expression: "namespaceObject.metadata.name == request.namespace"}
  - {expression: "authorizer.group('').resource('secrets').namespace(request.namespace).check('get').allowed()", message: no secrets}
  - {expression: "request.operation == 'DELETE' || object.metadata.name != 'probe'", reason: Forbidden}`,
        'validationActions: [Deny]',
      ),
    ),
    kubectl('create -f policy.yaml'),
    untilRefused('create configmap probe --dry-run=server', 'failed expression'),
    kubectl('create configmap letters'),
    kubectl('create configmap n0'),
    kubectl('patch validatingadmissionpolicybinding {{ns}} --type=merge -p {"spec":{"validationActions":["Warn"]}}'),
    remove,
  ),
  scenario(
    'what is wrong with a policy is told when it is written',
    file(
      'wrong.yaml',
      `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: "{{ns}}"}
spec:
  failurePolicy: Perhaps
  paramKind: {apiVersion: a/b/c, kind: "1"}
  matchConstraints:
    matchPolicy: Roughly
    resourceRules: [{apiGroups: ["*", apps], apiVersions: [], operations: ["*", CREATE], resources: ["*", pods, pods/*, pods/log]}]
  matchConditions: [{name: a, expression: nothing}, {name: a, expression: "'text'"}]
  variables: [{name: if, expression: "object.x"}, {name: ok, expression: "1 +"}]
  validations:
  - {expression: object.spec.replicas, message: " "}
  - {expression: variables.missing > 1, messageExpression: "1", reason: Odd}
  auditAnnotations: [{key: "a b", valueExpression: "1"}]
`,
    ),
    kubectl('create -f wrong.yaml'),
    file(
      'nothing.yaml',
      `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: "{{ns}}"}, spec: {}}`,
    ),
    kubectl('create -f nothing.yaml'),
    file(
      'binding.yaml',
      `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: "{{ns}}"}
spec: {policyName: "", validationActions: [Deny, Warn, Deny, Odd], paramRef: {name: a, selector: {}, parameterNotFoundAction: Perhaps}}
`,
    ),
    kubectl('create -f binding.yaml'),
    file(
      'bare.yaml',
      `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: "{{ns}}"}, spec: {policyName: a, paramRef: {}}}`,
    ),
    kubectl('create -f bare.yaml'),
  ),
  scenario(
    'expressions that do not compile',
    file(
      'syntax.yaml',
      expressions([
        'object.spec.replicas >',
        'a b',
        'object.all(x',
        'if(true)',
        'object.spec.',
        'has(object)',
        'object.items.all(object.x, true)',
        '1 < 2 &&& true',
      ]),
    ),
    kubectl('create -f syntax.yaml'),
    file(
      'types.yaml',
      expressions([
        "[1, 'a'].size() > 0",
        '1 == 1.0',
        "'a' + 1 == 'a1'",
        'request.nothing == 1',
        'request.name.nothing()',
        'request.name > 3',
        'request.userInfo.groups.all(g, g)',
        'request.dryRun.x',
        "duration('x') > duration('1s')",
        "'a'.matches('[')",
        "'%s'.format(['a', 1]) == ''",
        'namespaceObject.metadata.labels.all(k, v, v > 1)',
        'object.metadata.name.orValue(1)',
        'true ? 1 : 2',
        'optional.of(1).orValue("a") == 1',
        "quantity('1').add('2') == quantity('3')",
      ]),
    ),
    kubectl('create -f types.yaml'),
  ),
  scenario(
    'a policy that changes what is written',
    file(
      'policy.yaml',
      `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: "{{ns}}"}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}], ${here}}
  matchConditions: [{name: no-probe, expression: "object.metadata.name != 'plain'"}]
  reinvocationPolicy: Never
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration: {expression: "Object{metadata: Object.metadata{labels: {'marked': 'yes'}}}"}
  - patchType: JSONPatch
    jsonPatch: {expression: "[JSONPatch{op: 'add', path: '/data', value: {'made-by': object.metadata.labels.marked + '!'}}]"}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: "{{ns}}"}
spec: {policyName: "{{ns}}"}
`,
    ),
    kubectl('apply -f policy.yaml'),
    untilRefused(
      'create configmap probe --dry-run=server --from-literal=a=b -o go-template={{if.metadata.labels}}{{index}}{{end}}',
      'error',
    ),
    kubectl('create configmap one'),
    kubectl('get configmap one -o jsonpath={.metadata.labels}{.data}'),
    kubectl('create configmap plain'),
    kubectl('get configmap plain -o jsonpath={.metadata.labels}{.data}'),
    kubectl('get mutatingadmissionpolicy {{ns}}'),
    kubectl('get mutatingadmissionpolicybinding {{ns}}'),
    kubectl('get mutatingadmissionpolicy {{ns}} -o jsonpath={.spec}'),
    kubectl('delete mutatingadmissionpolicy,mutatingadmissionpolicybinding {{ns}}'),
    file(
      'wrong.yaml',
      `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: "{{ns}}"}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [DELETE], resources: [configmaps]}]}
  mutations:
  - {patchType: JSONPatch, jsonPatch: {expression: "'text'"}}
  - {patchType: ApplyConfiguration}
  - {patchType: ApplyConfiguration, applyConfiguration: {expression: "Other{}"}, jsonPatch: {expression: "[]"}}
  - {patchType: Odd}
`,
    ),
    kubectl('create -f wrong.yaml'),
  ),
  scenario(
    'a webhook that cannot be reached',
    file(
      'hook.yaml',
      `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: "{{ns}}"}
webhooks:
- name: check.parity.example.com
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
  clientConfig: {service: {name: nothing, namespace: "{{ns}}", path: /check}}
  sideEffects: None
  admissionReviewVersions: [v1]
  timeoutSeconds: 2
  ${here}
`,
    ),
    kubectl('create -f hook.yaml'),
    untilRefused('create configmap probe --dry-run=server', 'failed calling webhook'),
    kubectl('create configmap one'),
    kubectl('create service clusterip nothing --tcp=443:8443'),
    untilRefused('create configmap probe --dry-run=server', 'connection refused'),
    kubectl('create configmap two'),
    kubectl('get validatingwebhookconfiguration {{ns}}'),
    kubectl('get validatingwebhookconfiguration {{ns}} -o jsonpath={.webhooks}'),
    kubectl(
      `patch validatingwebhookconfiguration {{ns}} --type=json '--patch=[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Ignore"}]'`,
    ),
    kubectl('delete validatingwebhookconfiguration {{ns}}'),
    file(
      'wrong.yaml',
      `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: "{{ns}}"}
webhooks:
- name: short
  clientConfig: {}
  sideEffects: Some
  admissionReviewVersions: [v2, v2]
  timeoutSeconds: 31
  reinvocationPolicy: Often
- name: a.parity.example.com
  clientConfig: {url: "http://user@host.example.com/path?x=1#y"}
  sideEffects: None
  admissionReviewVersions: [v1]
  rules: [{operations: [CREATE, "*"], apiGroups: [], apiVersions: [""], resources: [], scope: Some}]
- name: a.parity.example.com
  clientConfig: {service: {name: a, namespace: b, path: "x//Y", port: 70000}}
  sideEffects: None
  admissionReviewVersions: [v1]
  matchConditions: [{name: one, expression: "object.x"}]
`,
    ),
    kubectl('create -f wrong.yaml'),
  ),
]
