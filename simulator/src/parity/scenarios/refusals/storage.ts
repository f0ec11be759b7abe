import { scenario } from '../../scenario.js'
import { object, refused } from './refused.js'

export const storageRefusals = [
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
        'metadata: { name: Wrong_Name, labels: { "x/y/z": "e f" }, annotations: { _j: k }, finalizers: [short, "Wrong Name/x"], ownerReferences: [{ kind: "", name: "", uid: "", apiVersion: "" }] }',
      ),
      'label-name': object('v1', 'ConfigMap', '').replace('name: "wrong"', 'name: a, labels: { "a b": c }'),
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
        'spec: { hard: { "Wrong Name": 1 }, scopes: [Best, Terminating, NotTerminating] }',
      ),
      'quota-fraction': object('v1', 'ResourceQuota', 'spec: { hard: { pods: 1.5 } }'),
      'quota-negative': object('v1', 'ResourceQuota', 'spec: { hard: { cpu: -1 } }'),
      'quota-selector': object(
        'v1',
        'ResourceQuota',
        'spec: { hard: { pods: 1 }, scopeSelector: { matchExpressions: [{ scopeName: PriorityClass, operator: In }, { scopeName: BestEffort, operator: Like }] } }',
      ),
    }),
  ),
]
