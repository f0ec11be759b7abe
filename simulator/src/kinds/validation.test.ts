import { beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, type TestCluster, testCluster } from '../testing.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
})

/** What the server finds wrong with an object, one line a problem. */
function problemsOf(path: string, body: object): string[] {
  const refusal = refusalOf(() =>
    cluster.object('create', path, { body: { metadata: { name: 'test' }, ...body } as never, dryRun: true }),
  )
  expect(refusal.reason).toBe('Invalid')
  return (refusal.details.causes ?? []).map(({ field, message }) => `${field}: ${message}`)
}

const template = (spec: object = {}, labels: object = { app: 'test' }) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'main', image: 'nginx:1.28' }], ...spec },
})
const selector = { matchLabels: { app: 'test' } }

const cases: [what: string, path: string, body: object, problems: string[]][] = [
  [
    'HorizontalPodAutoscaler',
    'autoscaling/v2/horizontalpodautoscalers default',
    {
      spec: {
        minReplicas: 5,
        maxReplicas: 3,
        scaleTargetRef: { kind: 'Deployment' },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }],
      },
    },
    [
      'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`',
      'spec.scaleTargetRef.name: Required value',
      'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
      'spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
    ],
  ],
  [
    'PersistentVolume',
    'v1/persistentvolumes',
    {
      spec: {
        capacity: { storage: '1Gi', cpu: '1' },
        accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'],
        local: { path: '../a' },
        csi: { driver: '', volumeHandle: '' },
      },
    },
    [
      'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
      'spec.capacity: Unsupported value: {"cpu":"1","storage":"1Gi"}: supported values: "storage"',
      'spec.local.path: Invalid value: "../a": must not contain \'..\'',
      'spec.nodeAffinity: Required value: Local volume requires node affinity',
      'spec.csi: Forbidden: may not specify more than 1 volume type',
    ],
  ],
  [
    'ResourceClaim',
    'resource.k8s.io/v1/resourceclaims default',
    {
      spec: {
        devices: {
          requests: [{ name: 'a' }, { name: 'a', exactly: { deviceClassName: 'gpu', allocationMode: 'All', count: 2 } }],
          constraints: [{ requests: ['b'], matchAttribute: 'model' }],
        },
      },
    },
    [
      'spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required',
      "spec.devices.requests[1].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'",
      'spec.devices.requests[1]: Duplicate value: "a"',
      'spec.devices.constraints[0].requests[0]: Invalid value: "b": must be the name of a request in the claim or the name of a request and a subrequest separated by \'/\'',
      'spec.devices.constraints[0].matchAttribute: Invalid value: "model": a fully qualified name must be a domain and a name separated by a slash',
    ],
  ],
  [
    'HorizontalPodAutoscaler with no policies',
    'autoscaling/v2/horizontalpodautoscalers default',
    {
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        behavior: { scaleUp: { policies: [] } },
      },
    },
    ['spec.behavior.scaleUp.policies: Required value: must specify at least one Policy'],
  ],
  [
    'PodDisruptionBudget',
    'policy/v1/poddisruptionbudgets default',
    { spec: { minAvailable: '150%', selector } },
    ['spec.minAvailable: Invalid value: "150%": must not be greater than 100%'],
  ],
  [
    'NetworkPolicy',
    'networking.k8s.io/v1/networkpolicies default',
    {
      spec: {
        podSelector: {},
        policyTypes: ['Inbound'],
        ingress: [
          {
            ports: [{ port: 8080, endPort: 80 }],
            from: [{}, { ipBlock: { cidr: '10.0.0.0/8', except: ['192.168.0.0/16'] } }, { ipBlock: { cidr: '10.0.0' } }],
          },
        ],
      },
    },
    [
      'spec.ingress[0].ports[0].endPort: Invalid value: 8080: must be greater than or equal to `port`',
      'spec.ingress[0].from[0]: Required value: must specify a peer',
      'spec.ingress[0].from[1].ipBlock.except[0]: Invalid value: "192.168.0.0/16": must be a strict subset of `cidr`',
      'spec.ingress[0].from[2].ipBlock.cidr: Invalid value: "10.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      'spec.policyTypes[0]: Unsupported value: "Inbound": supported values: "Ingress", "Egress"',
    ],
  ],
  [
    'Ingress',
    'networking.k8s.io/v1/ingresses default',
    {
      spec: {
        rules: [
          { host: '10.0.0.1', http: { paths: [{ path: 'shop', pathType: 'Prefix', backend: { service: { name: 'web' } } }] } },
        ],
      },
    },
    [
      'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
      'spec.rules[0].http.paths[0].path: Invalid value: "shop": must be an absolute path',
      'spec.rules[0].http.paths[0].backend: Required value: port name or number is required',
    ],
  ],
  [
    'IngressClass',
    'networking.k8s.io/v1/ingressclasses',
    { spec: { controller: 'nginx' } },
    ['spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")'],
  ],
  [
    'Job',
    'batch/v1/jobs default',
    {
      spec: {
        parallelism: -1,
        completionMode: 'Indexed',
        backoffLimitPerIndex: 1,
        template: template({ restartPolicy: 'Always' }),
      },
    },
    [
      'spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
      'spec.completions: Required value: when completion mode is Indexed',
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
  ],
  [
    'DaemonSet',
    'apps/v1/daemonsets default',
    {
      spec: {
        selector,
        template: template({}, { app: 'other' }),
        updateStrategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
      },
    },
    [
      'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    ],
  ],
  [
    'StatefulSet',
    'apps/v1/statefulsets default',
    {
      spec: {
        selector,
        serviceName: 'Web',
        template: template(),
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: [] } }],
        persistentVolumeClaimRetentionPolicy: { whenScaled: 'Keep' },
      },
    },
    [
      'spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Keep": supported values: "Retain", "Delete"',
      'spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required',
      'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
      expect.stringContaining('spec.serviceName: Invalid value: "Web": a lowercase RFC 1123 label') as unknown as string,
    ],
  ],
  [
    'LimitRange',
    'v1/limitranges default',
    { spec: { limits: [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1', disk: '1Gi' } }] } },
    [
      'spec.limits[0].max[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
      'spec.limits[0].default[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
      'spec.limits[0].defaultRequest[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
      'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
    ],
  ],
  [
    'ResourceQuota',
    'v1/resourcequotas default',
    { spec: { hard: { pods: '1.5', secrets: '3' }, scopes: ['BestEffort', 'NotBestEffort'] } },
    [
      'spec.hard[pods]: Invalid value: "1500m": must be an integer',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: unsupported scope applied to resource',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: unsupported scope applied to resource',
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes',
    ],
  ],
  [
    'PriorityClass',
    'scheduling.k8s.io/v1/priorityclasses',
    { metadata: { name: 'system-mine' }, value: 1 },
    [
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class",
    ],
  ],
  [
    'ClusterRole',
    'rbac.authorization.k8s.io/v1/clusterroles',
    { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Is' }] }] } },
    ['aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator'],
  ],
  [
    'VolumeAttributesClass',
    'storage.k8s.io/v1/volumeattributesclasses',
    {},
    ['driverName: Required value', 'parameters: Required value: must contain at least one key/value pair'],
  ],
]

describe('what is wrong with an object is told as upstream tells it', () => {
  test.each(cases)('%s', (_what, path, body, problems) => {
    expect(problemsOf(path, body)).toEqual(problems)
  })

  test('what may not change is refused', () => {
    const body = { metadata: { name: 'fixed' }, provisioner: 'example.com/disk' }
    cluster.object('create', 'storage.k8s.io/v1/storageclasses', { body })
    const refusal = refusalOf(() =>
      cluster.object('update', 'storage.k8s.io/v1/storageclasses fixed', { body: { ...body, reclaimPolicy: 'Retain' } }),
    )
    expect(refusal.message).toBe(
      'StorageClass.storage.k8s.io "fixed" is invalid: reclaimPolicy: Invalid value: "Retain": field is immutable',
    )
  })

  test('autoscaling/v1 shows what is stored as v2', () => {
    const spec = {
      maxReplicas: 4,
      targetCPUUtilizationPercentage: 60,
      scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
    }
    cluster.object('create', 'autoscaling/v1/horizontalpodautoscalers default', {
      body: { metadata: { name: 'web' }, spec } as never,
    })
    expect(cluster.object('get', 'autoscaling/v2/horizontalpodautoscalers default/web')).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: { minReplicas: 1, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 60 } } }] },
    })
    expect(cluster.object('get', 'autoscaling/v1/horizontalpodautoscalers default/web')).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { ...spec, minReplicas: 1 },
    })
  })
})
