import { file, kubectl, scenario, scenarioAlone, until } from '../scenario.js'

const GROUP = '{{ns}}.example.com'
const DEFINITION = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: boats.${GROUP} }
spec:
  group: "${GROUP}"
  scope: Namespaced
  names: { plural: boats, singular: boat, kind: Boat, shortNames: [bt], categories: [fleet] }
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {}, scale: { specReplicasPath: .spec.crew, statusReplicasPath: .status.crew } }
      additionalPrinterColumns:
        - { name: Size, type: integer, jsonPath: .spec.size }
        - { name: Harbour, type: string, jsonPath: .spec.harbour, priority: 1 }
        - { name: Age, type: date, jsonPath: .metadata.creationTimestamp }
      selectableFields: [{ jsonPath: .spec.harbour }]
      schema:
        openAPIV3Schema:
          type: object
          description: A boat of the fleet.
          required: [spec]
          properties:
            spec:
              type: object
              description: What the boat is.
              required: [size]
              x-kubernetes-validations:
                - { rule: "self.size < 100 || has(self.harbour)", message: a large boat needs a harbour }
              properties:
                size: { type: integer, minimum: 1, maximum: 500 }
                crew: { type: integer, default: 2 }
                harbour: { type: string, pattern: "^[a-z]+$", maxLength: 8, x-kubernetes-validations: [{ rule: "self == oldSelf", message: harbours are for ever }] }
                colour: { type: string, enum: [red, blue] }
                tags: { type: array, items: { type: string }, maxItems: 2, x-kubernetes-list-type: set }
                free: { type: object, x-kubernetes-preserve-unknown-fields: true }
            status: { type: object, properties: { crew: { type: integer } } }
    - name: v1beta1
      served: true
      storage: false
      deprecated: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`
const boat = (spec: string, name = 'wrong') => `apiVersion: ${GROUP}/v1\nkind: Boat\nmetadata: { name: ${name} }\nspec: ${spec}\n`
const wrong = (name: string, spec: string) => [
  file(`${name}.yaml`, boat(spec)),
  kubectl(`create -f ${name}.yaml --validate=false`),
]
const definition = (spec: string) =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: "cars.${GROUP}" }\nspec: { ${spec} }\n`
const NAMES = `group: "${GROUP}", scope: Namespaced, names: { plural: cars, kind: Car }`
const version = (schema: string) =>
  `versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: ${schema} } } } }]`
const refused = (name: string, spec: string) => [file(`${name}.yaml`, definition(spec)), kubectl(`create -f ${name}.yaml`)]

export const custom = [
  scenario(
    'custom resources: a definition and its objects',
    file('definition.yaml', DEFINITION),
    file('boat.yaml', boat('{ size: 7, harbour: bern, free: { any: [1, x] }, tags: [a] }', 'anna')),
    kubectl('create -f definition.yaml'),
    until(`get boats.${GROUP}`),
    until(`get --raw /openapi/v3/apis/${GROUP}/v1`),
    kubectl(`get crd boats.${GROUP} '-o=jsonpath={.status.acceptedNames}{.status.storedVersions}'`),
    kubectl(`get crd boats.${GROUP}`),
    kubectl('create -f boat.yaml'),
    kubectl(`get boats.${GROUP}`),
    kubectl(`get boats.${GROUP} -o wide`),
    kubectl(`get boat.v1.${GROUP} anna -o yaml`),
    kubectl(`get boats.${GROUP} --field-selector=spec.harbour=bern -o name`),
    kubectl(`get boats.${GROUP} --field-selector=spec.size=7`),
    kubectl(`describe boats.${GROUP} anna`),
    kubectl(`explain boats --api-version=${GROUP}/v1`),
    kubectl(`explain boats.spec --api-version=${GROUP}/v1`),
    kubectl(`api-resources --api-group=${GROUP}`),
    kubectl(`get boats.v1beta1.${GROUP} -o name`),
    kubectl(`patch boats.${GROUP} anna --type=merge '--patch={"spec":{"size":8}}'`),
    kubectl(`patch boats.${GROUP} anna '--patch={"spec":{"size":9}}'`),
    kubectl(`patch boats.${GROUP} anna --type=merge '--patch={"spec":{"size":0}}'`),
    kubectl(`patch boats.${GROUP} anna --type=merge '--patch={"spec":{"colour":"green"}}'`),
    kubectl(`patch boats.${GROUP} anna --type=merge '--patch={"spec":{"harbour":"basel"}}'`),
    kubectl(`patch boats.${GROUP} anna --subresource=status --type=merge '--patch={"status":{"crew":3},"spec":{"size":70}}'`),
    kubectl(`get boats.${GROUP} anna '-o=jsonpath={.spec.size} {.status.crew} {.metadata.generation}'`),
    kubectl(`scale boats.${GROUP} anna --replicas=4`),
    kubectl(`label boats.${GROUP} anna fast=yes`),
    kubectl('apply -f boat.yaml'),
    kubectl('apply --server-side --field-manager=other -f boat.yaml'),
    ...wrong('no-spec', 'null'),
    // One problem each: upstream looks at fields in an order of chance.
    ...wrong('size', '{ size: big }'),
    ...wrong('harbour', '{ size: 5, harbour: 5 }'),
    ...wrong('tags', '{ size: 5, tags: { a: b } }'),
    ...wrong('free', '{ size: 5, free: [] }'),
    ...wrong('crew', '{ size: 5, crew: 1.5 }'),
    ...wrong('crew-negative', '{ size: 5, crew: -1 }'),
    ...wrong('long', '{ size: 5, harbour: TOO_LONG_A_NAME }'),
    ...wrong('pattern', '{ size: 5, harbour: B }'),
    ...wrong('colour', '{ size: 5, colour: green }'),
    ...wrong('many', '{ size: 5, tags: [a, b, c] }'),
    ...wrong('sets', '{ size: 5, tags: [a, a] }'),
    ...wrong('missing', '{}'),
    ...wrong('cel', '{ size: 150 }'),
    file('unknown.yaml', boat('{ size: 3, sails: 2 }')),
    kubectl('create -f unknown.yaml'),
    kubectl('create -f unknown.yaml --validate=warn -o jsonpath={.spec}'),
    kubectl(`delete boats.${GROUP} anna wrong`),
    kubectl(`delete crd boats.${GROUP}`),
    kubectl('create -f boat.yaml'),
  ),
  scenario(
    'custom resources: definitions that are refused',
    ...refused('empty', ''),
    ...refused('no-schema', `${NAMES}, versions: [{ name: v1, served: true, storage: true }]`),
    ...refused(
      'no-storage',
      `${NAMES}, versions: [{ name: v1, served: true, storage: false, schema: { openAPIV3Schema: { type: object } } }]`,
    ),
    ...refused(
      'two-storages',
      `${NAMES}, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }, { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]`,
    ),
    ...refused(
      'names',
      `group: short, scope: Some, names: { plural: Cars, kind: "car s", shortNames: [C] }, ${version('{ type: object }')}`,
    ),
    ...refused(
      'other-name',
      `group: other.example.com, scope: Cluster, names: { plural: cars, kind: Car }, ${version('{ type: object }')}`,
    ),
    ...refused('no-type', `${NAMES}, ${version('{ properties: { a: {} } }')}`),
    ...refused(
      'structural',
      `${NAMES}, ${version('{ type: object, additionalProperties: { type: string }, properties: { a: { type: array } } }')}`,
    ),
    ...refused('wrong-default', `${NAMES}, ${version('{ type: object, properties: { a: { type: integer, default: b } } }')}`),
    ...refused('wrong-type', `${NAMES}, ${version('{ type: thing }')}`),
    ...refused(
      'wrong-rule',
      `${NAMES}, ${version('{ type: object, properties: { a: { type: string } }, x-kubernetes-validations: [{ rule: "self.b > 1" }, { rule: "" }, { rule: "self.a ==" }] }')}`,
    ),
    ...refused('wrong-pattern', `${NAMES}, ${version('{ type: object, properties: { a: { type: string, pattern: "(" } } }')}`),
    ...refused(
      'forbidden-words',
      `${NAMES}, ${version('{ type: object, uniqueItems: true, properties: { a: { type: object, $ref: b } } }')}`,
    ),
    ...refused(
      'wrong-columns',
      `${NAMES}, versions: [{ name: v1, served: true, storage: true, additionalPrinterColumns: [{ name: "", type: thing, jsonPath: a }], schema: { openAPIV3Schema: { type: object } } }]`,
    ),
    ...refused('conversion', `${NAMES}, conversion: { strategy: Some }, ${version('{ type: object }')}`),
  ),
]

export const nodes = [
  scenarioAlone(
    'nodes: set aside and taken back',
    kubectl('get nodes'),
    kubectl('get nodes -o name'),
    kubectl("get nodes '-o=jsonpath={.items[*].spec.taints}'"),
    kubectl('get nodes -l node-role.kubernetes.io/control-plane -o name'),
    kubectl("get nodes '-o=jsonpath={range .items[*]}{.status.nodeInfo.kubeletVersion} {.status.conditions[*].type}{end}'"),
  ),
  scenario(
    'nodes: one without a kubelet',
    file('node.yaml', 'apiVersion: v1\nkind: Node\nmetadata: { name: "{{ns}}-spare", labels: { disk: ssd } }\n'),
    kubectl('create -f node.yaml'),
    kubectl('cordon {{ns}}-spare'),
    kubectl('cordon {{ns}}-spare'),
    kubectl('uncordon {{ns}}-spare'),
    kubectl('uncordon {{ns}}-spare'),
    kubectl('taint node {{ns}}-spare key=value:NoSchedule'),
    kubectl('taint node {{ns}}-spare key=value:NoSchedule'),
    kubectl('taint node {{ns}}-spare key=other:NoSchedule --overwrite'),
    kubectl('taint node {{ns}}-spare other:PreferNoSchedule'),
    kubectl('taint node {{ns}}-spare key:NoSchedule-'),
    kubectl('taint node {{ns}}-spare none-'),
    kubectl('taint node {{ns}}-spare key=value:Nonsense'),
    kubectl('taint node {{ns}}-spare key=value'),
    kubectl('taint node none a=b:NoSchedule'),
    kubectl('drain {{ns}}-spare --ignore-daemonsets'),
    kubectl('drain {{ns}}-spare --dry-run=server'),
    kubectl('drain none'),
    kubectl('drain'),
    kubectl('cordon none'),
    kubectl('cordon -l disk=none'),
    kubectl('label node {{ns}}-spare disk=hdd --overwrite'),
    kubectl('delete node {{ns}}-spare'),
  ),
]
