/** CustomResourceDefinitions: what they are judged by, and what their objects are. */
import { file, kubectl, scenario, until, untilRefused } from '../scenario.js'

/** A definition of a group of the scenario's own. */
const definition = (schema: string, { versions = '', more = '' } = {}) => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: "widgets.{{ns}}.example.com"}
spec:
  group: "{{ns}}.example.com"
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions:
  - name: v1
    served: true
    storage: true
${more}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
${schema.replace(/^/gm, '            ')}
          status: {type: object, properties: {ready: {type: integer}, selector: {type: string}}}
${versions}
`

const established = until(
  'get crd widgets.{{ns}}.example.com -o jsonpath={.status.conditions[?(@.type=="Established")].status}',
  'True',
)
const served = until('get widgets.{{ns}}.example.com')
const remove = kubectl('delete crd widgets.{{ns}}.example.com')

const widget = (name: string, spec: string) =>
  `{apiVersion: "{{ns}}.example.com/v1", kind: Widget, metadata: {name: ${name}}, spec: ${spec}}`

const refused = (name: string, spec: string) => [
  file(`${name}.yaml`, widget('three', spec)),
  kubectl(`create -f ${name}.yaml --validate=false`),
]

export const customResources = [
  scenario(
    'a custom resource with defaults, pruning and a schema',
    file(
      'definition.yaml',
      definition(
        `type: object
required: [image]
properties:
  image: {type: string, pattern: "^[a-z]+:[0-9]+$"}
  replicas: {type: integer, minimum: 0, maximum: 10, default: 1}
  size: {type: string, enum: [small, large]}
  port: {x-kubernetes-int-or-string: true}
  note: {type: string, nullable: true, maxLength: 5}
  hosts: {type: array, x-kubernetes-list-type: set, items: {type: string}, maxItems: 3}
  ports: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], items: {type: object, required: [name], properties: {name: {type: string}, number: {type: integer}}}}
  limits: {type: object, additionalProperties: {type: string}}
  free: {type: object, x-kubernetes-preserve-unknown-fields: true}`,
        {
          more: `    subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.ready, labelSelectorPath: .status.selector}}
    additionalPrinterColumns:
    - {name: Image, type: string, jsonPath: .spec.image}
    - {name: Replicas, type: integer, jsonPath: .spec.replicas}
    - {name: Ports, type: string, jsonPath: ".spec.ports[*].name", priority: 1}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    selectableFields: [{jsonPath: .spec.size}]`,
        },
      ),
    ),
    kubectl('create -f definition.yaml'),
    established,
    served,
    file(
      'one.yaml',
      widget(
        'one',
        '{image: "app:1", size: small, port: 80, note: null, ports: [{name: a, number: 1}], free: {any: [1, {b: c}]}}',
      ),
    ),
    kubectl('apply -f one.yaml'),
    kubectl('get widgets.{{ns}}.example.com'),
    kubectl('get widgets.{{ns}}.example.com -o wide'),
    kubectl('get widget.{{ns}}.example.com one -o jsonpath={.spec}'),
    file('unknown.yaml', widget('two', '{image: "app:1", colour: red, port: high, free: {x: 1}}')),
    kubectl('create -f unknown.yaml'),
    kubectl('create -f unknown.yaml --validate=false'),
    kubectl('get widget.{{ns}}.example.com two -o jsonpath={.spec}'),
    // One problem each: upstream looks at fields in an order of chance.
    ...refused('replicas', '{image: "app:1", replicas: 11}'),
    ...refused('size', '{image: "app:1", size: huge}'),
    ...refused('port', '{image: "app:1", port: 1.5}'),
    ...refused('note', '{image: "app:1", note: too-long}'),
    ...refused('hosts', '{image: "app:1", hosts: [a, b, c, d]}'),
    ...refused('same-hosts', '{image: "app:1", hosts: [a, a]}'),
    ...refused('same-ports', '{image: "app:1", ports: [{name: a}, {name: a}]}'),
    ...refused('no-name', '{image: "app:1", ports: [{number: 1}]}'),
    ...refused('limits', '{image: "app:1", limits: {a: 1}}'),
    ...refused('image', '{image: 5}'),
    ...refused('hosts-type', '{image: "app:1", hosts: {}}'),
    ...refused('free', '{image: "app:1", free: []}'),
    file('missing.yaml', widget('three', 'null')),
    kubectl('create -f missing.yaml'),
    kubectl('scale widget.{{ns}}.example.com one --replicas=3'),
    kubectl('get widget.{{ns}}.example.com one -o jsonpath={.spec.replicas}/{.metadata.generation}'),
    kubectl(
      'patch widget.{{ns}}.example.com one --subresource=status --type=merge -p {"status":{"ready":2},"spec":{"replicas":9}}',
    ),
    kubectl('get widget.{{ns}}.example.com one -o jsonpath={.spec.replicas}/{.status.ready}/{.metadata.generation}'),
    kubectl('get widgets.{{ns}}.example.com --field-selector=spec.size=small -o name'),
    kubectl('get widgets.{{ns}}.example.com --field-selector=spec.image=app:1 -o name'),
    kubectl('patch widget.{{ns}}.example.com one -p {"spec":{"replicas":2}}'),
    kubectl('patch widget.{{ns}}.example.com one --type=merge -p {"spec":{"replicas":50}}'),
    kubectl('explain widget.spec --api-version={{ns}}.example.com/v1'),
    kubectl('delete widget.{{ns}}.example.com one two'),
    remove,
  ),
  scenario(
    'lists of a custom resource in server-side apply',
    file(
      'definition.yaml',
      definition(`type: object
properties:
  ports: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], items: {type: object, required: [name], properties: {name: {type: string}, number: {type: integer}}}}
  hosts: {type: array, x-kubernetes-list-type: set, items: {type: string}}
  plain: {type: array, items: {type: string}}
  whole: {type: object, x-kubernetes-map-type: atomic, properties: {a: {type: string}, b: {type: string}}}
  parts: {type: object, properties: {a: {type: string}, b: {type: string}}}`),
    ),
    kubectl('create -f definition.yaml'),
    established,
    served,
    file(
      'ann.yaml',
      widget('one', '{ports: [{name: a, number: 1}], hosts: [red], plain: [p], whole: {a: "1"}, parts: {a: "1"}}'),
    ),
    file('bob.yaml', widget('one', '{ports: [{name: b, number: 2}], hosts: [blue], parts: {b: "2"}}')),
    file('rude.yaml', widget('one', '{ports: [{name: a, number: 5}], plain: [q], whole: {b: "2"}}')),
    kubectl('apply --server-side --field-manager=ann -f ann.yaml'),
    kubectl('apply --server-side --field-manager=bob -f bob.yaml'),
    kubectl('get widget.{{ns}}.example.com one -o jsonpath={.spec}'),
    kubectl('apply --server-side --field-manager=bob -f rude.yaml'),
    kubectl('apply --server-side --field-manager=bob --force-conflicts -f rude.yaml'),
    kubectl('get widget.{{ns}}.example.com one -o jsonpath={.spec}'),
    remove,
  ),
  scenario(
    'rules in CEL',
    file(
      'definition.yaml',
      definition(`type: object
x-kubernetes-validations:
- {rule: "self.least <= self.most", messageExpression: "self.most > 3 ? 'least above many' : 'least above few'", fieldPath: .least}
- {rule: "!has(self.name) || self.name == oldSelf.name", message: a name stays, reason: FieldValueForbidden}
- {rule: "has(self.name) || oldSelf.hasValue() || true", optionalOldSelf: true}
properties:
  least: {type: integer}
  most: {type: integer, default: 5}
  name: {type: string, maxLength: 20, x-kubernetes-validations: [{rule: "self.startsWith('w')"}]}
  hosts: {type: array, maxItems: 5, items: {type: string, maxLength: 30}, x-kubernetes-validations: [{rule: "self.all(h, isIP(h) || h.matches('^[a-z.]+$'))", message: hosts are addresses or names}]}
  amount: {type: string, maxLength: 20, x-kubernetes-validations: [{rule: "isQuantity(self) && quantity(self).isLessThan(quantity('2Gi'))", message: too much}]}
  odd: {x-kubernetes-int-or-string: true, x-kubernetes-validations: [{rule: "self > 3"}]}
  until: {type: string, format: date-time, x-kubernetes-validations: [{rule: "self > timestamp('2024-01-01T00:00:00Z')", message: past}]}
  labels: {type: object, maxProperties: 5, additionalProperties: {type: string, maxLength: 9}, x-kubernetes-validations: [{rule: "self.all(k, self[k] != '')", reason: FieldValueRequired, message: none is empty}]}`),
    ),
    kubectl('create -f definition.yaml'),
    established,
    served,
    file(
      'one.yaml',
      widget(
        'one',
        '{least: 1, name: web, hosts: [10.0.0.1, a.b], amount: 1Gi, odd: 5, until: "2025-01-01T00:00:00Z", labels: {a: b}}',
      ),
    ),
    kubectl('apply -f one.yaml'),
    ...refused('least', '{least: 9}'),
    ...refused('name', '{least: 1, name: app}'),
    ...refused('hosts', '{least: 1, hosts: ["10.0.0.999"]}'),
    ...refused('amount', '{least: 1, amount: 3Gi}'),
    ...refused('little', '{least: 1, odd: 1}'),
    ...refused('until', '{least: 1, until: "2020-01-01T00:00:00Z"}'),
    ...refused('labels', '{least: 1, labels: {a: ""}}'),
    file('odd.yaml', widget('two', '{least: 1, odd: five}')),
    kubectl('apply -f odd.yaml'),
    file('absent.yaml', widget('two', '{most: 1}')),
    kubectl('apply -f absent.yaml'),
    kubectl('patch widget.{{ns}}.example.com one --type=merge -p {"spec":{"name":"wob"}}'),
    kubectl('patch widget.{{ns}}.example.com one --type=merge -p {"spec":{"least":4}}'),
    kubectl('patch widget.{{ns}}.example.com one --type=merge -p {"spec":{"least":6}}'),
    remove,
  ),
  scenario(
    'rules that are refused with their definition',
    file(
      'costs.yaml',
      definition(`type: object
properties:
  list: {type: array, items: {type: string}, x-kubernetes-validations: [{rule: "self.all(x, self.all(y, x == y))"}]}
  few: {type: array, maxItems: 10, items: {type: string, maxLength: 10}, x-kubernetes-validations: [{rule: "self.all(x, self.all(y, x == y))"}]}
  text: {type: string, x-kubernetes-validations: [{rule: "self.matches('a+b+c+d+e+f+g+h')"}]}`),
    ),
    kubectl('create -f costs.yaml'),
    file(
      'wrong.yaml',
      definition(`type: object
x-kubernetes-validations:
- {rule: "self.nothing > 1"}
- {rule: "self.count"}
- {rule: "self.count >"}
- {rule: "self.count > 'a'", reason: Odd}
- {rule: "self.count > 1", messageExpression: "1"}
- {rule: "self.count > 1", message: " "}
- {rule: "self.count > 1", fieldPath: .missing}
- {rule: " "}
properties:
  count: {type: integer}`),
    ),
    kubectl('create -f wrong.yaml'),
    file(
      'types.yaml',
      definition(`type: object
x-kubernetes-validations:
- {rule: "self.nothing > 1"}
- {rule: "self.count"}
- {rule: "self.count >"}
- {rule: "self.count > 'a'"}
- {rule: "self.count > 1", messageExpression: "1"}
- {rule: "self.count > 1", optionalOldSelf: true}
properties:
  count: {type: integer}
  list: {type: array, maxItems: 3, items: {type: object, x-kubernetes-validations: [{rule: "self.a == oldSelf.a"}], properties: {a: {type: string, maxLength: 3}}}}`),
    ),
    kubectl('create -f types.yaml'),
  ),
  scenario(
    'the life of a definition',
    file('definition.yaml', definition('type: object\nproperties: {a: {type: string}}')),
    kubectl('create -f definition.yaml'),
    established,
    served,
    kubectl('get crd widgets.{{ns}}.example.com -o jsonpath={.status.acceptedNames}{.status.storedVersions}'),
    kubectl(
      'get crd widgets.{{ns}}.example.com -o jsonpath={range.status.conditions[*]}{.type}={.status}/{.reason}/{.message};{end}',
    ),
    kubectl('get crd widgets.{{ns}}.example.com -o jsonpath={.spec.names}{.spec.conversion}{.metadata.finalizers}'),
    file(
      'held.yaml',
      '{apiVersion: "{{ns}}.example.com/v1", kind: Widget, metadata: {name: held, finalizers: [example.com/hold]}, spec: {a: b}}',
    ),
    kubectl('create -f held.yaml'),
    kubectl('delete crd widgets.{{ns}}.example.com --wait=false'),
    until('get widget.{{ns}}.example.com held -o jsonpath={.metadata.deletionTimestamp}', 'TIME'),
    kubectl('get crd widgets.{{ns}}.example.com -o jsonpath={.metadata.finalizers}'),
    until(
      'get crd widgets.{{ns}}.example.com -o jsonpath={.status.conditions[?(@.type=="Terminating")].reason}',
      'InstanceDeletion',
    ),
    kubectl('create -f held.yaml'),
    kubectl('patch widget.{{ns}}.example.com held --type=merge -p {"metadata":{"finalizers":null}}'),
    untilRefused('get crd widgets.{{ns}}.example.com', 'NotFound'),
    kubectl('get crd widgets.{{ns}}.example.com'),
    file('name.yaml', definition('type: object').replace('widgets.{{ns}}', 'other.{{ns}}')),
    kubectl('create -f name.yaml'),
    file('group.yaml', definition('type: object').replaceAll('{{ns}}.example.com', 'things.k8s.io')),
    kubectl('create -f group.yaml'),
  ),
]
