import { file, kubectl, scenario, until } from '../scenario.js'

const POD = (spec: string, metadata = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: web${metadata} }\nspec: { schedulingGates: [{ name: example.com/wait }], ${spec} }\n`
const PLAIN = 'containers: [{ name: main, image: "busybox:1.37" }]'
const SAFE =
  'securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }, containers: [{ name: main, image: "busybox:1.37", securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } } }]'
const WILD =
  'hostNetwork: true, hostPID: true, volumes: [{ name: h, hostPath: { path: / } }], containers: [{ name: main, image: "busybox:1.37", ports: [{ containerPort: 80, hostPort: 80 }], securityContext: { privileged: true, runAsUser: 0, procMount: Default, capabilities: { add: [SYS_ADMIN] } } }]'
const DEPLOYMENT = (spec: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 0, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { ${spec} } } }\n`

export const admitted = [
  scenario(
    'admitted: PodSecurity',
    file('plain.yaml', POD(PLAIN)),
    file('safe.yaml', POD(SAFE)),
    file('wild.yaml', POD(WILD)),
    file('deployment.yaml', DEPLOYMENT(WILD)),
    kubectl('label namespace {{ns}} pod-security.kubernetes.io/enforce=baseline pod-security.kubernetes.io/warn=restricted'),
    kubectl('create -f wild.yaml'),
    kubectl('create -f plain.yaml'),
    kubectl('label namespace {{ns}} pod-security.kubernetes.io/enforce=restricted --overwrite'),
    kubectl('delete pod web'),
    kubectl('create -f plain.yaml'),
    kubectl('create -f safe.yaml'),
    kubectl('create -f deployment.yaml'),
    kubectl('label namespace {{ns}} pod-security.kubernetes.io/enforce=nonsense --overwrite'),
    kubectl('label namespace {{ns}} pod-security.kubernetes.io/enforce-version=v1.x --overwrite'),
    kubectl('label namespace {{ns}} pod-security.kubernetes.io/enforce-version=v1.20 --overwrite'),
    kubectl('create -f plain.yaml --dry-run=server'),
    kubectl('label namespace {{ns}} pod-security.kubernetes.io/enforce- pod-security.kubernetes.io/warn-'),
    kubectl('create -f wild.yaml --dry-run=server'),
    kubectl('run free --image=busybox:1.37 --dry-run=server'),
  ),
  scenario(
    'admitted: quota',
    file(
      'quota.yaml',
      'apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: few }\nspec: { hard: { pods: "2", requests.cpu: 500m, limits.memory: 1Gi, configmaps: "3", services.nodeports: "1", persistentvolumeclaims: "1", requests.storage: 2Gi } }\n',
    ),
    file('plain.yaml', POD(PLAIN)),
    file(
      'fits.yaml',
      POD(
        'containers: [{ name: main, image: "busybox:1.37", resources: { requests: { cpu: 300m }, limits: { memory: 512Mi } } }]',
      ),
    ),
    file(
      'big.yaml',
      POD(
        'containers: [{ name: main, image: "busybox:1.37", resources: { requests: { cpu: 300m }, limits: { memory: 700Mi } } }]',
      ).replace('name: web', 'name: big'),
    ),
    file(
      'claim.yaml',
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: claim }\nspec: { accessModes: [ReadWriteOnce], storageClassName: none, resources: { requests: { storage: 3Gi } } }\n',
    ),
    kubectl('create -f quota.yaml'),
    until('get resourcequota few -o jsonpath={.status.used.configmaps}', '1'),
    kubectl('create -f plain.yaml'),
    kubectl('create -f fits.yaml'),
    kubectl('create -f big.yaml'),
    kubectl('create configmap one'),
    kubectl('create configmap two'),
    kubectl('create configmap three'),
    kubectl('create service nodeport a --tcp=80'),
    kubectl('create service nodeport b --tcp=80'),
    kubectl('create -f claim.yaml'),
    kubectl('get resourcequota few'),
    kubectl('describe quota few'),
    kubectl('describe namespace {{ns}}'),
    kubectl('delete pod web --now'),
    until('get resourcequota few -o jsonpath={.status.used.pods}', '0'),
    kubectl('get resourcequota few -o jsonpath-as-json={.status}'),
    kubectl('create deployment web --image=busybox:1.37 --replicas=1'),
    until("get events --field-selector reason=FailedCreate '-o=jsonpath={.items[0].message}'", 'must specify'),
    kubectl('get deployment web \'-o=jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].reason}\''),
  ),
  scenario(
    'admitted: limits',
    file(
      'limits.yaml',
      'apiVersion: v1\nkind: LimitRange\nmetadata: { name: limits }\nspec: { limits: [{ type: Container, default: { cpu: 200m, memory: 64Mi }, defaultRequest: { cpu: 100m }, max: { cpu: "1", memory: 256Mi }, min: { cpu: 50m }, maxLimitRequestRatio: { cpu: "4" } }, { type: Pod, max: { cpu: 1500m } }, { type: PersistentVolumeClaim, min: { storage: 1Gi }, max: { storage: 2Gi } }] }\n',
    ),
    file('plain.yaml', POD(PLAIN)),
    file(
      'big.yaml',
      POD('containers: [{ name: main, image: a, resources: { requests: { cpu: 10m }, limits: { cpu: "2", memory: 128Mi } } }]'),
    ),
    // Upstream looks at resources in an order of chance: one at a time.
    file('heavy.yaml', POD('containers: [{ name: main, image: a, resources: { limits: { memory: 1Gi } } }]')),
    file(
      'two.yaml',
      POD(
        'containers: [{ name: a, image: a, resources: { requests: { cpu: "1" }, limits: { cpu: "1" } } }, { name: b, image: a, resources: { requests: { cpu: "1" }, limits: { cpu: "1" } } }]',
      ),
    ),
    file(
      'claim.yaml',
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: claim }\nspec: { accessModes: [ReadWriteOnce], storageClassName: none, resources: { requests: { storage: 3Gi } } }\n',
    ),
    kubectl('create -f limits.yaml'),
    kubectl('get limits limits'),
    kubectl('create -f plain.yaml'),
    kubectl("get pod web '-o=jsonpath={.spec.containers[0].resources}{.metadata.annotations}'"),
    kubectl('delete pod web --now'),
    kubectl('create -f big.yaml'),
    kubectl('create -f heavy.yaml'),
    kubectl('create -f two.yaml'),
    kubectl('create -f claim.yaml'),
  ),
  scenario(
    'admitted: what is filled in',
    file('pod.yaml', POD(`priorityClassName: system-node-critical, ${PLAIN}`)),
    file(
      'claim.yaml',
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: claim }\nspec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n',
    ),
    kubectl('create -f pod.yaml'),
    kubectl(
      "get pod web '-o=jsonpath={.spec.priority} {.spec.preemptionPolicy} {.spec.tolerations} {.spec.serviceAccountName} {.spec.enableServiceLinks}'",
    ),
    kubectl('get pod web -o yaml'),
    kubectl('create -f claim.yaml'),
    kubectl('get pvc claim -o jsonpath={.spec.storageClassName}'),
    kubectl('create serviceaccount shy'),
    kubectl(`patch serviceaccount shy '--patch={"automountServiceAccountToken":false,"imagePullSecrets":[{"name":"registry"}]}'`),
    kubectl(
      `run other --image=busybox:1.37 --dry-run=server '--overrides={"spec":{"serviceAccountName":"shy"}}' -o jsonpath-as-json={.spec}`,
    ),
    kubectl('delete namespace {{ns}} --dry-run=server'),
    kubectl('delete namespace default'),
    kubectl('delete namespace kube-system --dry-run=client'),
  ),
  scenario(
    'admitted: deletion with finalizers',
    file('held.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: held, finalizers: [example.com/hold] }\n'),
    kubectl('create -f held.yaml'),
    kubectl('delete configmap held --wait=false'),
    kubectl("get configmap held '-o=jsonpath={.metadata.finalizers} {.metadata.deletionGracePeriodSeconds}'"),
    kubectl('delete configmap held --timeout=1s'),
    kubectl('label configmap held a=b'),
    kubectl(`patch configmap held --type=merge '--patch={"metadata":{"finalizers":["example.com/hold","example.com/more"]}}'`),
    kubectl(`patch configmap held --type=merge '--patch={"metadata":{"finalizers":null}}'`),
    kubectl('get configmap held'),
    kubectl('create configmap owner'),
    kubectl('delete configmap owner --cascade=orphan'),
    kubectl('delete configmap owner --cascade=nonsense'),
    file(
      'kept.yaml',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kept, namespace: "{{ns}}-gone", finalizers: [example.com/hold] }\n',
    ),
    kubectl('create namespace {{ns}}-gone'),
    kubectl('create -f kept.yaml -n {{ns}}-gone'),
    kubectl(`get namespace {{ns}}-gone '-o=jsonpath={.spec.finalizers}{.status.phase}'`),
    kubectl('delete namespace {{ns}}-gone --wait=false'),
    kubectl('create configmap late -n {{ns}}-gone'),
    kubectl(`patch configmap kept -n {{ns}}-gone --type=merge '--patch={"metadata":{"finalizers":null}}'`),
  ),
]
