import { beforeEach, describe, expect, test } from 'vitest'
import { nodeUser } from '../access/users.js'
import { refusalOf, type TestCluster, testCluster } from '../testing.js'

const pod = (name: string, container: object = {}, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'main', image: 'nginx:1.28', ...container }], ...spec },
})

let cluster: TestCluster
const create = (path: string, body: object, warnings: string[] = []) =>
  cluster.object('create', path, { body: body as never, warnings })
const createPod = (...parts: Parameters<typeof pod>) => create('v1/pods default', pod(...parts))

beforeEach(async () => {
  cluster = await testCluster()
  create('v1/serviceaccounts default', { metadata: { name: 'default' } })
})

describe('LimitRanger', () => {
  const range = (limits: object[]) =>
    create('v1/limitranges default', { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'limits' }, spec: { limits } })

  test('gives a container what it leaves out, and says so', () => {
    range([{ type: 'Container', default: { memory: '256Mi' }, defaultRequest: { cpu: '100m' } }])
    const made = createPod('filled')
    expect(made).toMatchObject({
      metadata: {
        annotations: {
          'kubernetes.io/limit-ranger':
            'LimitRanger plugin set: cpu, memory request for container main; memory limit for container main',
        },
      },
      spec: { containers: [{ resources: { limits: { memory: '256Mi' }, requests: { cpu: '100m', memory: '256Mi' } } }] },
    })
  })

  test('names everything that is outside of the limits', () => {
    range([{ type: 'Container', max: { cpu: '500m' }, min: { memory: '64Mi' } }])
    const resources = { limits: { cpu: '1' }, requests: { cpu: '1', memory: '32Mi' } }
    expect(refusalOf(() => createPod('greedy', { resources })).message).toBe(
      'pods "greedy" is forbidden: [minimum memory usage per Container is 64Mi, but request is 32Mi, maximum cpu usage per Container is 500m, but limit is 1]',
    )
  })

  test('judges a Pod by the sum of its containers, and a ratio with six digits', () => {
    range([{ type: 'Pod', maxLimitRequestRatio: { cpu: '2' } }])
    const resources = { limits: { cpu: '900m' }, requests: { cpu: '400m' } }
    expect(refusalOf(() => createPod('ratio', { resources })).message).toBe(
      'pods "ratio" is forbidden: cpu max limit to request ratio per Pod is 2, but provided ratio is 2.250000',
    )
  })

  test('bounds claims', () => {
    range([{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }])
    const claim = {
      metadata: { name: 'big' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
    }
    expect(refusalOf(() => create('v1/persistentvolumeclaims default', claim)).message).toBe(
      'persistentvolumeclaims "big" is forbidden: maximum storage usage per PersistentVolumeClaim is 1Gi, but request is 2Gi',
    )
  })
})

describe('ResourceQuota', () => {
  const quota = (hard: Record<string, string>, spec: object = {}) => {
    const object = create('v1/resourcequotas default', { metadata: { name: 'quota' }, spec: { hard, ...spec } })
    const used = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']))
    cluster.object('update', 'v1/resourcequotas/status default/quota', { body: { ...object, status: { hard, used } } })
  }
  const used = () => (cluster.object('get', 'v1/resourcequotas default/quota').status as { used: object }).used

  test('counts what is made and refuses what is too much', () => {
    quota({ pods: '2', 'requests.cpu': '300m' })
    const resources = { requests: { cpu: '200m' } }
    createPod('one', { resources })
    expect(used()).toEqual({ pods: '1', 'requests.cpu': '200m' })
    expect(refusalOf(() => createPod('two', { resources })).message).toBe(
      'pods "two" is forbidden: exceeded quota: quota, requested: requests.cpu=200m, used: requests.cpu=200m, limited: requests.cpu=300m',
    )
    expect(used()).toEqual({ pods: '1', 'requests.cpu': '200m' })
  })

  test('wants every container to name what it counts', () => {
    quota({ 'limits.memory': '1Gi', 'requests.cpu': '1' })
    expect(refusalOf(() => createPod('silent')).message).toBe(
      'pods "silent" is forbidden: failed quota: quota: must specify limits.memory for: main; requests.cpu for: main',
    )
  })

  test('a dry run counts for nothing', () => {
    quota({ 'count/configmaps': '1' })
    cluster.object('create', 'v1/configmaps default', { body: { metadata: { name: 'dry' } }, dryRun: true })
    expect(used()).toEqual({ 'count/configmaps': '0' })
    create('v1/configmaps default', { metadata: { name: 'one' } })
    expect(refusalOf(() => create('v1/configmaps default', { metadata: { name: 'two' } })).message).toContain(
      'exceeded quota: quota',
    )
  })

  test('looks only at what is in its scopes', () => {
    quota({ pods: '0' }, { scopes: ['NotBestEffort'] })
    createPod('best-effort')
    expect(refusalOf(() => createPod('burstable', { resources: { requests: { cpu: '1' } } })).message).toContain('exceeded quota')
  })
})

describe('PodSecurity', () => {
  const label = (labels: object) => {
    const warnings: string[] = []
    const document = { metadata: { labels } }
    cluster.object('patch', 'v1/namespaces default', { patch: { type: 'merge', document }, warnings })
    return warnings
  }
  const ENFORCE = 'pod-security.kubernetes.io/enforce'

  test('restricted names everything that is missing, in upstream order', () => {
    label({ [ENFORCE]: 'restricted' })
    expect(refusalOf(() => createPod('plain')).message).toBe(
      'pods "plain" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    )
  })

  test('restricted lets a careful Pod in', () => {
    label({ [ENFORCE]: 'restricted' })
    const securityContext = {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    }
    expect(createPod('careful', { securityContext })).toMatchObject({ kind: 'Pod' })
  })

  test('baseline refuses what reaches the node', () => {
    label({ [ENFORCE]: 'baseline' })
    const spec = { hostNetwork: true, volumes: [{ name: 'root', hostPath: { path: '/' } }] }
    expect(refusalOf(() => createPod('open', { securityContext: { privileged: true } }, spec)).message).toBe(
      'pods "open" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), hostPath volumes (volume "root"), privileged (container "main" must not set securityContext.privileged=true)',
    )
  })

  test('a template is warned of, and not refused', () => {
    label({ [ENFORCE]: 'baseline' })
    const warnings: string[] = []
    const template = { metadata: { labels: { a: 'b' } }, spec: { hostPID: true, containers: [{ name: 'main', image: 'nginx' }] } }
    create(
      'apps/v1/deployments default',
      { metadata: { name: 'web' }, spec: { selector: { matchLabels: { a: 'b' } }, template } },
      warnings,
    )
    expect(warnings).toContain('would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)')
  })

  test('making a namespace stricter tells of the Pods that are in it', () => {
    createPod('old', {}, { hostNetwork: true })
    createPod('older', {}, { hostNetwork: true })
    expect(label({ [ENFORCE]: 'baseline' })).toEqual([
      'existing pods in namespace "default" violate the new PodSecurity enforce level "baseline:latest"',
      'old (and 1 other pod): host namespaces',
    ])
  })

  test('a level that is none is invalid', () => {
    expect(refusalOf(() => label({ [ENFORCE]: 'strict' })).message).toBe(
      'Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted',
    )
  })
})

describe('Priority, DefaultIngressClass, NodeRestriction', () => {
  test('a Pod may not say another priority than its class', () => {
    create('scheduling.k8s.io/v1/priorityclasses', { metadata: { name: 'high' }, value: 1000, preemptionPolicy: 'Never' })
    expect(createPod('high', {}, { priorityClassName: 'high' })).toMatchObject({
      spec: { priority: 1000, preemptionPolicy: 'Never' },
    })
    expect(refusalOf(() => createPod('own', {}, { priority: 5 })).message).toBe(
      'pods "own" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    )
  })

  test('an Ingress gets the newest default class', async () => {
    const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' }
    create('networking.k8s.io/v1/ingressclasses', {
      metadata: { name: 'old', annotations },
      spec: { controller: 'example.com/a' },
    })
    await cluster.clock.advance(5000)
    create('networking.k8s.io/v1/ingressclasses', {
      metadata: { name: 'new', annotations },
      spec: { controller: 'example.com/a' },
    })
    const backend = { service: { name: 'web', port: { number: 80 } } }
    expect(
      create('networking.k8s.io/v1/ingresses default', { metadata: { name: 'web' }, spec: { defaultBackend: backend } }),
    ).toMatchObject({
      spec: { ingressClassName: 'new' },
    })
  })

  test('a kubelet makes no plain Pods and labels no other node', () => {
    const node = cluster.as(nodeUser('node01'))
    expect(refusalOf(() => node.object('create', 'v1/pods default', { body: pod('evil') })).message).toBe(
      'pods "evil" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "node01" can only create mirror pods',
    )
    create('v1/nodes', { metadata: { name: 'node02' } })
    const patch = { type: 'merge' as const, document: { metadata: { labels: { a: 'b' } } } }
    expect(refusalOf(() => node.object('patch', 'v1/nodes node02', { patch })).message).toBe(
      'nodes "node02" is forbidden: node "node01" is not allowed to modify node "node02"',
    )
  })

  test('a RuntimeClass gives its Pods overhead, nodes and tolerations, and refuses what clashes', () => {
    create('node.k8s.io/v1/runtimeclasses', {
      metadata: { name: 'light' },
      handler: 'runc',
      overhead: { podFixed: { cpu: '100m' } },
      scheduling: { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'a', operator: 'Exists' }] },
    })
    expect(createPod('one', {}, { runtimeClassName: 'light' })).toMatchObject({
      spec: {
        overhead: { cpu: '100m' },
        nodeSelector: { disk: 'ssd' },
        tolerations: expect.arrayContaining([{ key: 'a', operator: 'Exists' }]) as never,
      },
    })
    const refused = (spec: object) => refusalOf(() => createPod('two', {}, spec)).message
    expect(refused({ runtimeClassName: 'none' })).toBe('pods "two" is forbidden: pod rejected: RuntimeClass "none" not found')
    expect(refused({ runtimeClassName: 'light', nodeSelector: { disk: 'hdd' } })).toBe(
      'pods "two" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[disk] = ssd; pod.spec.nodeSelector[disk] = hdd',
    )
    expect(refused({ overhead: { cpu: '1' } })).toBe(
      'pods "two" is forbidden: pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    )
  })

  test('a claim grows only when it is bound and its class lets it', () => {
    create('storage.k8s.io/v1/storageclasses', { metadata: { name: 'fixed' }, provisioner: 'example.com/a' })
    const claim = (storage: string) => ({
      metadata: { name: 'data' },
      spec: { storageClassName: 'fixed', volumeName: 'v', accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
    })
    const made = create('v1/persistentvolumeclaims default', claim('1Gi'))
    const grow = () => cluster.object('update', 'v1/persistentvolumeclaims default/data', { body: claim('2Gi') as never })
    cluster.cluster.store.put('persistentvolumeclaims', 'default/data', { ...made, status: { phase: 'Bound' } } as never)
    expect(refusalOf(grow).message).toBe(
      'persistentvolumeclaims "data" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    )
    cluster.object('patch', 'storage.k8s.io/v1/storageclasses fixed', {
      patch: { type: 'merge', document: { allowVolumeExpansion: true } },
    })
    expect(grow()).toMatchObject({ spec: { resources: { requests: { storage: '2Gi' } } } })
  })
})
