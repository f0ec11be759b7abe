import { scenario, until } from '../../scenario.js'
import { refused, unchangeable } from './refused.js'

const TEMPLATE = 'template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: main, image: busybox }] } }'
const JOB_TEMPLATE = 'template: { spec: { restartPolicy: Never, containers: [{ name: main, image: busybox }] } }'
const workload = (kind: string, spec: string) => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: wrong }
spec: { ${spec} }`
const SELECTOR = 'selector: { matchLabels: { app: web } }'
const job = (spec: string) => `
apiVersion: batch/v1
kind: Job
metadata: { name: wrong }
spec: { ${spec} }`
const cronJob = (spec: string) => job(spec).replace('kind: Job', 'kind: CronJob')

export const workloadRefusals = [
  scenario(
    'refused: workloads that are wrong',
    ...refused({
      'deployment-empty': workload('Deployment', ''),
      'deployment-selector': workload('Deployment', `selector: {}, ${TEMPLATE}`),
      'deployment-mismatch': workload('Deployment', `replicas: -1, selector: { matchLabels: { app: other } }, ${TEMPLATE}`),
      'deployment-strategy': workload(
        'Deployment',
        `${SELECTOR}, strategy: { type: Recreate, rollingUpdate: { maxSurge: 1 } }, ${TEMPLATE}`,
      ),
      'deployment-rolling': workload(
        'Deployment',
        `${SELECTOR}, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0% } }, minReadySeconds: 700, revisionHistoryLimit: -1, ${TEMPLATE}`,
      ),
      'deployment-percent': workload(
        'Deployment',
        `${SELECTOR}, strategy: { rollingUpdate: { maxSurge: some, maxUnavailable: 150% } }, progressDeadlineSeconds: 0, ${TEMPLATE}`,
      ),
      'deployment-unknown-strategy': workload('Deployment', `${SELECTOR}, strategy: { type: Canary }, ${TEMPLATE}`),
      'deployment-restart': workload(
        'Deployment',
        `${SELECTOR}, ${TEMPLATE.replace('containers', 'restartPolicy: Never, activeDeadlineSeconds: 5, containers')}`,
      ),
      'deployment-expressions': workload(
        'Deployment',
        `selector: { matchExpressions: [{ key: app, operator: Like }, { key: "a b", operator: Exists, values: [c] }, { key: d, operator: In }] }, ${TEMPLATE}`,
      ),
      'replicaset-empty': workload('ReplicaSet', 'replicas: -2, minReadySeconds: -1'),
      'statefulset-empty': workload('StatefulSet', 'serviceName: Wrong_Name'),
      'statefulset-policies': workload(
        'StatefulSet',
        `${SELECTOR}, podManagementPolicy: Some, updateStrategy: { type: Never }, persistentVolumeClaimRetentionPolicy: { whenDeleted: Burn, whenScaled: Retain }, ordinals: { start: -1 }, ${TEMPLATE}`,
      ),
      'statefulset-claims': workload(
        'StatefulSet',
        `${SELECTOR}, ${TEMPLATE}, volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [], resources: {} } }]`,
      ),
      'statefulset-partition': workload(
        'StatefulSet',
        `${SELECTOR}, updateStrategy: { rollingUpdate: { partition: -1, maxUnavailable: 0 } }, ${TEMPLATE}`,
      ),
      'daemonset-empty': workload('DaemonSet', ''),
      'daemonset-strategy': workload(
        'DaemonSet',
        `${SELECTOR}, updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }, minReadySeconds: -1, ${TEMPLATE}`,
      ),
      'daemonset-zero': workload(
        'DaemonSet',
        `${SELECTOR}, updateStrategy: { rollingUpdate: { maxUnavailable: 0 } }, ${TEMPLATE}`,
      ),
      controller: '\napiVersion: v1\nkind: ReplicationController\nmetadata: { name: wrong }\nspec: { replicas: -1 }',
      'controller-mismatch': `\napiVersion: v1\nkind: ReplicationController\nmetadata: { name: wrong }\nspec: { selector: { a: b }, ${TEMPLATE} }`,
    }),
  ),
  scenario(
    'refused: Jobs and CronJobs that are wrong',
    ...refused({
      'job-empty': job(''),
      'job-restart': job('template: { spec: { containers: [{ name: main, image: busybox }] } }'),
      'job-numbers': job(
        `completions: -1, parallelism: -1, backoffLimit: -1, activeDeadlineSeconds: -1, ttlSecondsAfterFinished: -1, ${JOB_TEMPLATE}`,
      ),
      'job-selector': job(`selector: { matchLabels: { a: b } }, ${JOB_TEMPLATE}`),
      'job-indexed': job(`completionMode: Indexed, ${JOB_TEMPLATE}`),
      'job-mode': job(`completionMode: Some, podReplacementPolicy: Never, ${JOB_TEMPLATE}`),
      'job-per-index': job(`backoffLimitPerIndex: 1, maxFailedIndexes: 2, ${JOB_TEMPLATE}`),
      'job-policy': job(
        `podFailurePolicy: { rules: [{ action: Some, onExitCodes: { operator: In, values: [] } }, { action: FailJob }, { action: Ignore, onPodConditions: [{ type: "" }], onExitCodes: { operator: NotIn, values: [0, 1, 1], containerName: none } }] }, ${JOB_TEMPLATE}`,
      ),
      'job-success': job(
        `completionMode: Indexed, completions: 3, successPolicy: { rules: [{}, { succeededCount: 9 }, { succeededIndexes: "1-x" }] }, ${JOB_TEMPLATE}`,
      ),
      'job-managed': job(`managedBy: "wrong name", ${JOB_TEMPLATE}`),
      'cron-empty': cronJob(''),
      'cron-schedule': cronJob(
        `schedule: "* * *", timeZone: Nowhere/City, concurrencyPolicy: Some, startingDeadlineSeconds: -1, jobTemplate: { spec: { ${JOB_TEMPLATE} } }`,
      ),
      'cron-limits': cronJob(
        `schedule: "@hourly", successfulJobsHistoryLimit: -1, failedJobsHistoryLimit: -1, jobTemplate: { spec: { manualSelector: true, ${JOB_TEMPLATE} } }`,
      ),
      'cron-zone': cronJob(`schedule: "TZ=UTC 0 * * * *", timeZone: "", jobTemplate: { spec: { ${JOB_TEMPLATE} } }`),
      'cron-name': cronJob(`schedule: "0 * * * *", jobTemplate: { spec: { ${JOB_TEMPLATE} } }`).replace(
        'name: wrong',
        `name: ${'n'.repeat(53)}`,
      ),
    }),
  ),
  scenario(
    'refused: autoscalers and budgets that are wrong',
    ...refused({
      'scaler-empty': '\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: wrong }\nspec: {}',
      'scaler-numbers':
        '\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: wrong }\nspec: { minReplicas: 5, maxReplicas: 2, scaleTargetRef: { kind: Deployment, name: web }, metrics: [{ type: Resource }, { type: Resource, resource: { name: cpu, target: { type: Utilization, averageValue: 5 } } }, { type: Some }] }',
      'scaler-behavior':
        '\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: wrong }\nspec: { maxReplicas: 2, scaleTargetRef: { kind: Deployment, name: web }, behavior: { scaleDown: { stabilizationWindowSeconds: 4000, selectPolicy: Some, policies: [{ type: Some, value: 0, periodSeconds: 0 }] }, scaleUp: { policies: [] } } }',
      'scaler-v1':
        '\napiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: { name: wrong }\nspec: { minReplicas: 0, maxReplicas: 0, targetCPUUtilizationPercentage: -1, scaleTargetRef: { kind: "a/b", name: "" } }',
      'budget-both':
        '\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: wrong }\nspec: { minAvailable: 1, maxUnavailable: 1, selector: { matchLabels: { a: b } } }',
      'budget-numbers':
        '\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: wrong }\nspec: { minAvailable: -1, unhealthyPodEvictionPolicy: Some, selector: { matchLabels: { "a b": "c d" } } }',
      'budget-percent':
        '\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: wrong }\nspec: { maxUnavailable: 150% }',
      'priority-value':
        '\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: "{{ns}}-wrong" }\nvalue: 2000000000\npreemptionPolicy: Some',
      'priority-system': '\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: "system-{{ns}}" }\nvalue: 1',
    }),
  ),
  scenario(
    'refused: changes of workloads',
    ...unchangeable(
      'deployment/web',
      workload('Deployment', `replicas: 0, ${SELECTOR}, ${TEMPLATE}`).replace('wrong', 'web'),
      [
        '{"spec":{"selector":{"matchLabels":{"app":"other"}}}}',
        '{"spec":{"template":{"metadata":{"labels":{"app":"other"}}}}}',
        '{"spec":{"replicas":-1,"minReadySeconds":-1}}',
        '{"spec":{"replicas":"three"}}',
      ],
      [until("get deployment web '-o=jsonpath={.status.conditions[*].reason}'", 'NewReplicaSetAvailable')],
    ),
    ...unchangeable(
      'statefulset/db',
      workload('StatefulSet', `replicas: 0, serviceName: db, ${SELECTOR}, ${TEMPLATE}`).replace('wrong', 'db'),
      ['{"spec":{"serviceName":"other"}}', '{"spec":{"podManagementPolicy":"Parallel"}}'],
    ),
    ...unchangeable(
      'daemonset/agent',
      workload('DaemonSet', `${SELECTOR}, ${TEMPLATE.replace('containers', 'nodeSelector: { no: where }, containers')}`).replace(
        'wrong',
        'agent',
      ),
      ['{"spec":{"selector":{"matchLabels":{"app":"other"}}}}'],
    ),
    ...unchangeable('replicaset/set', workload('ReplicaSet', `replicas: 0, ${SELECTOR}, ${TEMPLATE}`).replace('wrong', 'set'), [
      '{"spec":{"selector":{"matchLabels":{"app":"web","tier":"a"}},"template":{"metadata":{"labels":{"tier":"a"}}}}}',
    ]),
    ...unchangeable('job/pi', job(`suspend: true, ${JOB_TEMPLATE}`).replace('wrong', 'pi'), [
      '{"spec":{"completions":5}}',
      '{"spec":{"completionMode":"Indexed"}}',
      '{"spec":{"selector":{"matchLabels":{"a":"b"}}}}',
      '{"spec":{"backoffLimitPerIndex":1}}',
    ]),
    ...unchangeable(
      'priorityclass/{{ns}}-p',
      '\napiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: "{{ns}}-p" }\nvalue: 5',
      ['{"value":6}', '{"preemptionPolicy":"Never"}'],
    ),
  ),
]
