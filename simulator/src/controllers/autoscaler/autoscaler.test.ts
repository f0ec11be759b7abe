import { describe, expect, test } from 'vitest'
import { clusterOfFile } from '../testing.js'

const CPU = 'simulation.wheelhouse.dev/cpu'

const live = clusterOfFile()

async function deploy(name: string, options: { cpu?: string; requests?: object; replicas?: number } = {}) {
  const { cpu = '100m', requests = { cpu: '200m' }, replicas = 1 } = options
  const labels = { app: name }
  const containers = [{ name: 'main', image: 'busybox:1.37', command: ['sleep', '99999'], resources: { requests } }]
  await live.create('Deployment', name, {
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { [CPU]: cpu } },
        spec: { terminationGracePeriodSeconds: 0, containers },
      },
    },
  })
}
const autoscale = (name: string, spec: object = {}) =>
  live.create('HorizontalPodAutoscaler', name, {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 1,
      maxReplicas: 5,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
      ...spec,
    },
  })
/** The load of the Pods that are there, without a rollout. */
async function load(name: string, cpu: string) {
  for (const pod of await live.names('Pod', `app=${name}`))
    await live.client.patch('Pod', `default/${pod}`, { metadata: { annotations: { [CPU]: cpu } } })
}
const replicas = async (name: string) => (await live.get('Deployment', name)).spec.replicas
const conditions = async (name: string) =>
  Object.fromEntries(
    ((await live.get('HorizontalPodAutoscaler', name)).status?.conditions ?? []).map((each) => [each.type, each.reason]),
  )

describe('an autoscaler', () => {
  test('adds Pods where they use more than the target, at most to its bound', async () => {
    await deploy('busy', { cpu: '180m' })
    await live.pass(40)
    await autoscale('busy')
    await live.pass(1)
    expect(await replicas('busy')).toBe(2)
    expect((await live.get('HorizontalPodAutoscaler', 'busy')).status).toMatchObject({
      currentReplicas: 1,
      desiredReplicas: 2,
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 90, averageValue: '180m' } } },
      ],
    })
    expect(await live.events('busy')).toContain(
      'Normal SuccessfulRescale New size: 2; reason: cpu resource utilization (percentage of request) above target',
    )
    await live.pass(240)
    expect(await replicas('busy')).toBe(5)
    expect(await conditions('busy')).toEqual({
      AbleToScale: 'ReadyForNewScale',
      ScalingActive: 'ValidMetricFound',
      ScalingLimited: 'TooManyReplicas',
    })
  })

  test('takes Pods away only after the load has been low for five minutes', async () => {
    await load('busy', '10m')
    await live.pass(60)
    expect(await replicas('busy')).toBe(5)
    expect(await conditions('busy')).toMatchObject({ AbleToScale: 'ScaleDownStabilized' })
    await live.pass(300)
    expect(await replicas('busy')).toBe(1)
    const rescaled = (await live.events('busy')).filter((line) => line.includes('SuccessfulRescale'))
    expect(rescaled.at(-1)).toMatch(/^Normal SuccessfulRescale New size: 1; reason: All metrics below target/)
  })

  test('keeps to the rate of its policies', async () => {
    await deploy('steps', { cpu: '300m' })
    await live.pass(40)
    const policies = [{ type: 'Pods', value: 1, periodSeconds: 60 }]
    await autoscale('steps', { behavior: { scaleUp: { policies } } })
    await live.pass(1)
    expect(await replicas('steps')).toBe(2)
    expect(await conditions('steps')).toMatchObject({ ScalingLimited: 'ScaleUpLimit' })
    await live.client.delete('HorizontalPodAutoscaler', 'default/steps')
  })

  test('says what is missing', async () => {
    await deploy('bare', { requests: {} })
    await live.pass(40)
    await autoscale('bare')
    await live.pass(1)
    const { status } = await live.get('HorizontalPodAutoscaler', 'bare')
    const [pod = ''] = await live.names('Pod', 'app=bare')
    expect(status?.conditions?.find((each) => each.type === 'ScalingActive')).toMatchObject({
      status: 'False',
      reason: 'FailedGetResourceMetric',
      message: `the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container main of Pod ${pod}`,
    })
    await autoscale('nowhere')
    await live.pass(1)
    expect(await live.events('nowhere')).toEqual(['Warning FailedGetScale deployments.apps "nowhere" not found'])
  })

  test.each([
    [{ apiVersion: 'v1', kind: 'ReplicationController' }, 'replicationcontrollers "busy" not found'],
    [{ apiVersion: 'batch/v1', kind: 'Deployment' }, 'no matches for kind "Deployment" in group "batch"'],
    [{ apiVersion: 'apps/v1', kind: 'DaemonSet' }, 'the server could not find the requested resource'],
  ])('finds no scale of %j', async (target, why) => {
    await autoscale('astray', { scaleTargetRef: { name: 'busy', ...target } })
    await live.pass(1)
    expect((await live.events('astray')).at(-1)).toBe(`Warning FailedGetScale ${why}`)
    expect(await conditions('astray')).toEqual({ AbleToScale: 'FailedGetScale' })
    await live.client.delete('HorizontalPodAutoscaler', 'default/astray')
    await live.pass(16)
  })

  test('tells of a size that it may not set, and tries again', async () => {
    await live.client.create('ValidatingAdmissionPolicy', {
      metadata: { name: 'few' },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments/scale'] }],
        },
        validations: [{ expression: 'object.spec.replicas < 2', message: 'too many' }],
      },
    } as never)
    const bindings = live.cluster.server.context.resources.find(
      'admissionregistration.k8s.io',
      'v1',
      'validatingadmissionpolicybindings',
    )
    if (!bindings) throw new Error('policies are not served')
    await live.client.create(bindings, {
      metadata: { name: 'few' },
      spec: { policyName: 'few', validationActions: ['Deny'] },
    } as never)
    await deploy('kept', { cpu: '180m' })
    await live.pass(40)
    await autoscale('kept')
    await live.pass(1)
    const refused =
      "deployments.apps \"kept\" is forbidden: ValidatingAdmissionPolicy 'few' with binding 'few' denied request: too many"
    expect((await live.events('kept')).filter((line) => line.includes('Rescale'))).toEqual([
      `Warning FailedRescale New size: 2; reason: cpu resource utilization (percentage of request) above target; error: ${refused}`,
    ])
    expect((await live.get('HorizontalPodAutoscaler', 'kept')).status).toMatchObject({ currentReplicas: 1, desiredReplicas: 0 })
    expect(await conditions('kept')).toMatchObject({ AbleToScale: 'FailedUpdateScale' })
    await live.client.delete('ValidatingAdmissionPolicy', 'few')
    await live.pass(16)
    expect(await replicas('kept')).toBe(2)
  })
})

test('metrics.k8s.io tells what Pods and nodes use', async () => {
  const resource = (name: string) => live.cluster.server.context.resources.find('metrics.k8s.io', 'v1beta1', name)
  const pods = resource('pods')
  const nodes = resource('nodes')
  if (!pods || !nodes) throw new Error('metrics are not served')
  const { items } = await live.client.list(pods, { namespace: 'default', labelSelector: 'app=bare' })
  expect(items).toMatchObject([
    { kind: 'PodMetrics', window: '15.0s', containers: [{ name: 'main', usage: { cpu: '100000000n' } }] },
  ])
  expect((await live.client.list(nodes)).items.map((each) => each.kind)).toEqual(['NodeMetrics', 'NodeMetrics'])
})

test('requests that a Pod serves are its load', async () => {
  const labels = { app: 'served' }
  const requests = { cpu: '100m' }
  await live.client.create('Pod', {
    metadata: { name: 'served', namespace: 'default', labels },
    spec: { containers: [{ name: 'main', image: 'nginx:1.28', resources: { requests } }] },
  } as never)
  await live.create('Service', 'served', { spec: { selector: labels, ports: [{ port: 80 }] } })
  await live.create('Pod', 'caller', {
    spec: {
      containers: [
        {
          name: 'main',
          image: 'busybox:1.37',
          command: ['sh', '-c', 'while sleep 0.5; do wget -q -O- http://served >/dev/null; done'],
        },
      ],
    },
  })
  await live.pass(45)
  const pods = live.cluster.server.context.resources.find('metrics.k8s.io', 'v1beta1', 'pods')
  if (!pods) throw new Error('metrics are not served')
  const { items } = await live.client.list(pods, { namespace: 'default', labelSelector: 'app=served' })
  const [usage] = (items as unknown as { containers: { usage: { cpu: string } }[] }[]).map(
    (each) => each.containers[0]?.usage.cpu,
  )
  // Two requests a second, and the process itself.
  expect(usage).toBe('11000000n')
})
