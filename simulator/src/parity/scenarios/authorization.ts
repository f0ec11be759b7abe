/** Who may do what: reviews, impersonation, escalation, nodes, and what PodSecurity and other plugins say. */
import { file, kubectl, scenario, until } from '../scenario.js'

const robot = '--as=system:serviceaccount:{{ns}}:robot'

export const authorization = [
  scenario(
    'reviews of access',
    kubectl('create serviceaccount robot'),
    kubectl('create rolebinding robot --clusterrole=view --serviceaccount={{ns}}:robot'),
    file(
      'self.yaml',
      '{apiVersion: authorization.k8s.io/v1, kind: SelfSubjectAccessReview, spec: {resourceAttributes: {verb: get, resource: pods, namespace: "{{ns}}"}}}',
    ),
    kubectl('create --validate=false -f self.yaml -o jsonpath={.status.allowed}'),
    file(
      'subject.yaml',
      '{apiVersion: authorization.k8s.io/v1, kind: SubjectAccessReview, spec: {user: "system:serviceaccount:{{ns}}:robot", resourceAttributes: {verb: get, resource: secrets, namespace: "{{ns}}"}}}',
    ),
    kubectl('create --validate=false -f subject.yaml -o jsonpath={.status.allowed}'),
    file(
      'local.yaml',
      '{apiVersion: authorization.k8s.io/v1, kind: LocalSubjectAccessReview, metadata: {namespace: "{{ns}}"}, spec: {user: "system:serviceaccount:{{ns}}:robot", resourceAttributes: {verb: list, resource: pods, namespace: "{{ns}}"}}}',
    ),
    kubectl('create --validate=false -f local.yaml -o jsonpath={.status}'),
    file(
      'elsewhere.yaml',
      '{apiVersion: authorization.k8s.io/v1, kind: LocalSubjectAccessReview, metadata: {namespace: "{{ns}}"}, spec: {user: a, resourceAttributes: {verb: list, resource: pods, namespace: default}}}',
    ),
    kubectl('create --validate=false -f elsewhere.yaml'),
    file('empty.yaml', '{apiVersion: authorization.k8s.io/v1, kind: SubjectAccessReview, spec: {}}'),
    kubectl('create --validate=false -f empty.yaml'),
    file(
      'both.yaml',
      '{apiVersion: authorization.k8s.io/v1, kind: SubjectAccessReview, spec: {user: a, resourceAttributes: {verb: get}, nonResourceAttributes: {path: /x, verb: get}}}',
    ),
    kubectl('create --validate=false -f both.yaml'),
    kubectl(`auth can-i --list ${robot} --no-headers`),
    kubectl(`auth can-i get pods/log ${robot}`),
    kubectl(`auth can-i get /healthz ${robot}`),
    kubectl(`auth can-i get nodes ${robot}`),
    kubectl('auth can-i create pods --as=system:anonymous'),
    kubectl(`auth whoami ${robot} -o jsonpath={.status.userInfo}`),
    kubectl('auth whoami --as=ann --as-group=dev --as-uid=7 -o jsonpath={.status.userInfo}'),
    kubectl(`get secrets ${robot}`),
    kubectl(`get nodes ${robot}`),
    kubectl(`delete pod none ${robot}`),
    kubectl(`create configmap x ${robot}`),
  ),
  scenario(
    'nobody grants what they do not hold',
    kubectl('create serviceaccount robot'),
    kubectl(
      'create role keeper --verb=create,update,get,list --resource=roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io',
    ),
    kubectl('create rolebinding keeper --role=keeper --serviceaccount={{ns}}:robot'),
    kubectl(`create role more --verb=get --resource=secrets ${robot}`),
    kubectl(`create role same --verb=get,list --resource=roles.rbac.authorization.k8s.io ${robot}`),
    kubectl(`create rolebinding own --role=keeper --serviceaccount={{ns}}:other ${robot}`),
    kubectl(`create rolebinding edit --clusterrole=edit --serviceaccount={{ns}}:robot ${robot}`),
    kubectl('create role binder --verb=bind --resource=clusterroles.rbac.authorization.k8s.io --resource-name=view'),
    kubectl('create rolebinding binder --role=binder --serviceaccount={{ns}}:robot'),
    kubectl(`get pods ${robot} --as-group=system:masters`),
    kubectl('auth can-i impersonate users --as=ann'),
    kubectl(`get pods ${robot} --as-user-extra=scopes=a`),
  ),
  scenario(
    'a kubelet reads what its Pods use',
    kubectl('create secret generic loose --from-literal=a=b'),
    kubectl('create configmap loose'),
    kubectl('get secret loose --as=system:node:nowhere --as-group=system:nodes'),
    kubectl('get configmap loose --as=system:node:nowhere --as-group=system:nodes'),
    kubectl('get secrets --as=system:node:nowhere --as-group=system:nodes'),
    kubectl('get node nowhere --as=system:node:nowhere --as-group=system:nodes'),
    kubectl('get node other --as=system:node:nowhere --as-group=system:nodes'),
    kubectl('delete pod x --as=system:node:nowhere --as-group=system:nodes'),
    kubectl('create serviceaccount x --as=system:node:nowhere --as-group=system:nodes'),
    kubectl('create token default --as=system:node:nowhere --as-group=system:nodes'),
    kubectl('get persistentvolumes --as=system:node:nowhere --as-group=system:nodes'),
    kubectl('get services --as=system:node:nowhere --as-group=system:nodes -o name'),
    kubectl('create lease x -n kube-system --as=system:node:nowhere --as-group=system:nodes'),
  ),
  scenario(
    'a namespace under PodSecurity',
    kubectl('label namespace {{ns}} pod-security.kubernetes.io/enforce=baseline pod-security.kubernetes.io/warn=restricted'),
    file(
      'privileged.yaml',
      `
apiVersion: v1
kind: Pod
metadata: {name: privileged}
spec:
  hostNetwork: true
  hostPID: true
  volumes: [{name: host, hostPath: {path: /}}]
  containers:
  - name: main
    image: nginx:1.28
    ports: [{containerPort: 80, hostPort: 80}]
    securityContext: {privileged: true, capabilities: {add: [NET_ADMIN]}, seccompProfile: {type: Unconfined}, appArmorProfile: {type: Unconfined}, seLinuxOptions: {type: odd}}
`,
    ),
    kubectl('create -f privileged.yaml'),
    file(
      'plain.yaml',
      '{apiVersion: v1, kind: Pod, metadata: {name: plain}, spec: {containers: [{name: main, image: "nginx:1.28"}]}}',
    ),
    kubectl('create -f plain.yaml --dry-run=server'),
    kubectl('label namespace {{ns}} --overwrite pod-security.kubernetes.io/enforce=restricted'),
    kubectl('create -f plain.yaml'),
    file(
      'deployment.yaml',
      '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 0, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: main, image: "nginx:1.28"}]}}}}',
    ),
    kubectl('create -f deployment.yaml'),
    kubectl(
      'label namespace {{ns}} --overwrite pod-security.kubernetes.io/enforce=odd pod-security.kubernetes.io/warn-version=v9',
    ),
    kubectl('label namespace {{ns}} --overwrite pod-security.kubernetes.io/enforce-version=v1.20'),
  ),
  scenario(
    'claims, classes and quotas',
    file(
      'runtime.yaml',
      '{apiVersion: v1, kind: Pod, metadata: {name: odd}, spec: {runtimeClassName: missing, containers: [{name: main, image: "nginx:1.28"}]}}',
    ),
    kubectl('create -f runtime.yaml'),
    file(
      'class.yaml',
      '{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: "{{ns}}"}, handler: odd, overhead: {podFixed: {cpu: 100m, memory: 10Mi}}, scheduling: {nodeSelector: {disk: ssd}, tolerations: [{key: a, operator: Exists}]}}',
    ),
    kubectl('create -f class.yaml'),
    file(
      'overhead.yaml',
      '{apiVersion: v1, kind: Pod, metadata: {name: light}, spec: {runtimeClassName: "{{ns}}", nodeSelector: {a: b}, containers: [{name: main, image: "nginx:1.28"}]}}',
    ),
    kubectl('create -f overhead.yaml --dry-run=server -o jsonpath={.spec.overhead}{.spec.nodeSelector}{.spec.tolerations}'),
    file(
      'clash.yaml',
      '{apiVersion: v1, kind: Pod, metadata: {name: light}, spec: {runtimeClassName: "{{ns}}", nodeSelector: {disk: hdd}, containers: [{name: main, image: "nginx:1.28"}]}}',
    ),
    kubectl('create -f clash.yaml'),
    file(
      'own.yaml',
      '{apiVersion: v1, kind: Pod, metadata: {name: light}, spec: {overhead: {cpu: "1"}, containers: [{name: main, image: "nginx:1.28"}]}}',
    ),
    kubectl('create -f own.yaml'),
    kubectl('delete runtimeclass {{ns}}'),
    file(
      'claim.yaml',
      '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}',
    ),
    kubectl('create -f claim.yaml'),
    kubectl('get pvc data -o jsonpath={.metadata.finalizers}{.spec.storageClassName}{.spec.volumeMode}'),
    kubectl(
      'patch pvc data -p {"spec":{"resources":{"requests":{"storage":"2Gi"}}}}',
      'refusals: the difference of the two specs is not shown',
    ),
    kubectl('create quota small --hard=count/configmaps=2,pods=1,requests.cpu=1'),
    until('get quota small -o jsonpath={.status.used}', 'count/configmaps'),
    kubectl('create configmap one'),
    kubectl('create configmap two'),
    kubectl('run heavy --image=nginx:1.28'),
    kubectl('delete namespace default'),
    kubectl('run high --image=nginx:1.28 --overrides={"spec":{"priorityClassName":"missing"}}'),
    kubectl('get pod missing --as=ann'),
  ),
]
