import { file, kubectl, scenario, until } from '../scenario.js'

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{ name: main, image: busybox:1.37, command: [sleep, infinity] }]
`

export const workloads = [
  scenario(
    'a Deployment through its life',
    file('deployment.yaml', DEPLOYMENT),
    kubectl('create -f deployment.yaml'),
    kubectl('create -f deployment.yaml'),
    until('get deployment web', '2/2'),
    kubectl('rollout status deployment/web --timeout=60s'),
    kubectl('get deployment web'),
    kubectl('get deployment web -o jsonpath={.spec.strategy}'),
    kubectl('get replicasets -l app=web'),
    kubectl('scale deployment web --replicas=3'),
    until('get deployment web', '3/3'),
    kubectl('get deployment web -o wide'),
    kubectl('set env deployment/web A=b'),
    until('rollout status deployment/web --timeout=60s'),
    kubectl('rollout history deployment/web'),
    kubectl('rollout undo deployment/web'),
    until('rollout status deployment/web --timeout=60s'),
    kubectl('get deployment web -o jsonpath={.metadata.annotations}'),
    kubectl('rollout pause deployment/web'),
    kubectl('rollout resume deployment/web'),
    kubectl('delete deployment web'),
  ),
]
