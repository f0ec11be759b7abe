import { conditions, events, manifest, workload } from '../builders.js'
import { file, kubectl, scenario, until } from '../scenario.js'

type Fields = Record<string, unknown>
const scaler = (name: string, spec: Fields) =>
  file(
    `${name}.json`,
    manifest('autoscaling/v2', 'HorizontalPodAutoscaler', {
      metadata: { name },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 4, ...spec },
    }),
  )
const CPU = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }

export const autoscaling = [
  scenario(
    'autoscaling: before anything was measured',
    file('web.json', workload('Deployment', 'web', { replicas: 1 })),
    kubectl('create -f web.json'),
    until('rollout status deployment/web --timeout=60s'),
    scaler('least', { minReplicas: 2 }),
    kubectl('create -f least.json'),
    until(events('least'), 'SuccessfulRescale'),
    until('get deployment web', '2/2'),
    kubectl("get events --field-selector involvedObject.name=least,reason=SuccessfulRescale '-o=jsonpath={.items[0].message}'"),
    kubectl("get hpa least '-o=jsonpath={.spec}'"),
    kubectl("get hpa least '-o=jsonpath={.status.desiredReplicas}'"),
    kubectl('get deployment web'),
    kubectl('delete hpa least'),
    scaler('lost', { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'none' }, metrics: [CPU] }),
    kubectl('create -f lost.json'),
    until(conditions('hpa lost'), 'FailedGetScale'),
    kubectl('get hpa lost'),
    kubectl(conditions('hpa lost')),
    kubectl('describe hpa lost'),
    kubectl('delete hpa lost'),
    kubectl('scale deployment web --replicas=0'),
    scaler('idle', { metrics: [CPU] }),
    kubectl('create -f idle.json'),
    until(conditions('hpa idle'), 'ScalingDisabled'),
    kubectl(conditions('hpa idle')),
    kubectl('describe hpa idle'),
    kubectl('autoscale deployment web --min=5 --max=2'),
    kubectl('autoscale deployment web --max=3 --cpu=80% --name=by-hand --dry-run=server -o yaml'),
    kubectl('autoscale deployment web --max=3'),
    kubectl('get hpa'),
    kubectl('get hpa.v1.autoscaling idle -o wide'),
    kubectl("get hpa.v1.autoscaling idle '-o=jsonpath={.spec}'"),
  ),
  scenario(
    'autoscaling: two for the same Pods',
    file('web.json', workload('Deployment', 'web', { replicas: 1 })),
    kubectl('create -f web.json'),
    until('rollout status deployment/web --timeout=60s'),
    scaler('one', { metrics: [CPU] }),
    scaler('two', { metrics: [CPU] }),
    kubectl('create -f one.json -f two.json'),
    until(conditions('hpa one'), 'AmbiguousSelector'),
    until(conditions('hpa two'), 'AmbiguousSelector'),
    kubectl("get hpa one two '-o=jsonpath={.items[*].status.conditions[*].reason}'"),
    until(events('two'), 'FailedComputeMetricsReplicas'),
    kubectl('get hpa one two'),
  ),
  scenario(
    'autoscaling: what cannot be scaled',
    scaler('versionless', { scaleTargetRef: { kind: 'Deployment', name: 'web' }, metrics: [CPU] }),
    scaler('daemons', { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web' }, metrics: [CPU] }),
    scaler('controller', { scaleTargetRef: { apiVersion: 'v1', kind: 'ReplicationController', name: 'web' }, metrics: [CPU] }),
    kubectl('create -f versionless.json'),
    kubectl('create -f controller.json'),
    kubectl('create -f daemons.json'),
    until(conditions('hpa daemons'), 'FailedGetScale'),
    kubectl(conditions('hpa daemons')),
    kubectl('get hpa'),
  ),
]
