import { file, kubectl, scenario, until } from '../scenario.js'

const POD = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: busybox:1.37
      command: [sh, -c, "echo started; echo $GREETING; sleep infinity"]
      env: [{ name: GREETING, value: hello }]
      resources: { requests: { cpu: 50m, memory: 16Mi }, limits: { memory: 32Mi } }
`

export const pods = [
  scenario(
    'a Pod from a file',
    file('pod.yaml', POD),
    kubectl('apply -f pod.yaml --dry-run=client'),
    kubectl('apply -f pod.yaml --dry-run=server'),
    kubectl('apply -f pod.yaml'),
    kubectl('apply -f pod.yaml'),
    until('wait --for=condition=Ready pod/web --timeout=60s'),
    kubectl('get pods'),
    kubectl('get pod web -o jsonpath={.status.phase}/{.status.qosClass}'),
    kubectl('get pod web -o jsonpath={.spec.tolerations}'),
    kubectl('get pods -l app=web -o name'),
    kubectl('get pods -l app=other'),
    kubectl('get pods --field-selector=status.phase=Running -o name'),
    kubectl('logs web'),
    kubectl('logs web --tail=1'),
    kubectl('exec web -- sh -c "echo $HOSTNAME; pwd; id -u"'),
    kubectl('exec web -- sh -c "exit 3"'),
    kubectl('exec web -- nonsense'),
    kubectl('label pod web tier=front'),
    kubectl('label pod web tier=back'),
    kubectl('label pod web tier=back --overwrite'),
    kubectl('get pods --show-labels'),
    kubectl('annotate pod web note=seen'),
    kubectl('set image pod/web main=busybox:1.36'),
    kubectl('patch pod web -p {"spec":{"nodeName":"elsewhere"}}', 'refusals: the real server adds a diff of its Go structs'),
    kubectl('delete pod web'),
    kubectl('get pod web'),
  ),
  scenario(
    'Pods that do not run',
    kubectl('run crash --image=busybox:1.37 --restart=Never -- sh -c "echo boom; exit 3"'),
    until('get pod crash', 'Error'),
    kubectl('get pod crash'),
    kubectl('logs crash'),
    kubectl('get pod crash -o jsonpath={.status.containerStatuses[0].state.terminated.exitCode}'),
    kubectl('run once --image=busybox:1.37 --restart=Never -- true'),
    until('get pod once', 'Completed'),
    kubectl('get pod once'),
    file(
      'pending.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: pending }\nspec:\n  nodeSelector: { disk: ssd }\n  containers: [{ name: main, image: busybox:1.37 }]\n',
    ),
    kubectl('create -f pending.yaml'),
    until('get pod pending -o jsonpath={.status.conditions[0].message}', 'nodes are available'),
    kubectl('get pod pending'),
    kubectl('get pod pending -o jsonpath={.status.conditions[0].message}'),
    kubectl('logs pending'),
  ),
]
