import { GO_DIFF } from '../../builders.js'
import { scenario } from '../../scenario.js'
import { object, unchangeable } from './refused.js'

const service = (spec: string) => object('v1', 'Service', `spec: { ${spec} }`)
const NETWORKING = 'networking.k8s.io/v1'
const RBAC = 'rbac.authorization.k8s.io/v1'

export const changeRefusals = [
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
        ['{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}', GO_DIFF],
        ['{"spec":{"storageClassName":"other"}}', GO_DIFF],
        ['{"spec":{"accessModes":["ReadOnlyMany"]}}', GO_DIFF],
      ],
    ),
    ...unchangeable(
      'pv/{{ns}}-pv',
      object(
        'v1',
        'PersistentVolume',
        'spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], storageClassName: "{{ns}}", hostPath: { path: /a } }',
        '{{ns}}-pv',
      ),
      [['{"spec":{"hostPath":{"path":"/b"}}}', GO_DIFF], '{"spec":{"volumeMode":"Block"}}'],
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
