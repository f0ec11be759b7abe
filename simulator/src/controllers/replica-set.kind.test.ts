/**
 * Our ReplicaSet controller in place of the real one: a real API server, real Deployments, scheduler and kubelet around it, and the
 * ReplicaSet controller of its kube-controller-manager switched off.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HttpClient } from '../client/http.js'
import { transportFor } from '../listener/testing-transport.js'
import { SystemClock, sleep } from '../time/clock.js'
import { nameSuffix, SystemRandom } from '../time/random.js'
import { replicaSetController } from './replica-set.js'
import { runController } from './runtime/controller.js'
import { Informers } from './runtime/informer.js'

const run = promisify(execFile)
const clock = new SystemClock()
const random = new SystemRandom()
const NAME = `wh-controllers-${nameSuffix(random)}`
const CONFIG = `
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
kubeadmConfigPatches:
  - |
    kind: ClusterConfiguration
    controllerManager:
      extraArgs:
        - name: controllers
          value: "*,bootstrapsigner,tokencleaner,-replicaset-controller"
  - |
    kind: KubeletConfiguration
    failCgroupV1: false
`
const MINUTES = 60_000

let directory: string
let client: HttpClient
let close = () => {}
const stop = new AbortController()
const errors: string[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wheelhouse-controllers-'))
  const config = join(directory, 'kind.yaml')
  const kubeconfig = join(directory, 'kubeconfig')
  await writeFile(config, CONFIG)
  const image = ['--image', 'kindest/node:v1.36.2']
  await run('kind', [
    'create',
    'cluster',
    '--name',
    NAME,
    ...image,
    '--config',
    config,
    '--kubeconfig',
    kubeconfig,
    '--wait',
    '120s',
  ])
  await run('kind', ['load', 'docker-image', 'busybox:1.37', '--name', NAME])
  const transport = transportFor(await readFile(kubeconfig, 'utf8'))
  close = transport.close
  client = new HttpClient(transport.send, 'replicaset-controller')
}, 5 * MINUTES)

afterAll(async () => {
  stop.abort()
  close()
  await run('kind', ['delete', 'cluster', '--name', NAME])
  await rm(directory, { recursive: true, force: true })
}, 2 * MINUTES)

/** Asks again until the answer is as wanted, and fails with the last answer where it never is. */
async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const deadline = clock.now() + MINUTES
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    if (clock.now() > deadline) throw new Error(`it never came to that; the last answer: ${JSON.stringify(answer)}`)
    await sleep(clock, 200)
  }
}

const LABELS = { app: 'web' }
const pods = async () => (await client.list('Pod', { namespace: 'default', labelSelector: 'app=web' })).items
const deployment = () => client.get('Deployment', 'default/web')

test(
  'a rollout, a scaling, a lost Pod and a stranger on a real cluster',
  async () => {
    const containers = [{ name: 'main', image: 'busybox:1.37', imagePullPolicy: 'Never', command: ['sleep', '100000'] }]
    const template = { metadata: { labels: LABELS }, spec: { terminationGracePeriodSeconds: 0, containers } }
    await client.create('Deployment', {
      metadata: { name: 'web', namespace: 'default' },
      spec: { replicas: 2, selector: { matchLabels: LABELS }, template },
    } as never)
    const [replicaSet] = await eventually(
      async () => (await client.list('ReplicaSet', { namespace: 'default' })).items,
      (items) => items.length === 1,
    )
    // Nobody makes its Pods: the real controller is off.
    expect([replicaSet?.status?.observedGeneration, await pods()]).toEqual([undefined, []])

    await runController(replicaSetController, {
      clientFor: () => client,
      informers: new Informers(client, clock, stop.signal),
      clock,
      random,
      signal: stop.signal,
      onError: (controller, key, error) => errors.push(`${controller} ${key}: ${error}`),
    })
    await eventually(deployment, ({ status }) => status?.availableReplicas === 2)
    const made = await pods()
    expect(made.map((pod) => pod.metadata.ownerReferences?.[0]?.uid)).toEqual(made.map(() => replicaSet?.metadata.uid))

    await client.patch('Deployment', 'default/web', { spec: { replicas: 4 } })
    await eventually(deployment, ({ status }) => status?.availableReplicas === 4)

    const [lost] = await pods()
    await client.delete('Pod', `default/${lost?.metadata.name}`)
    await eventually(pods, (items) => items.length === 4 && !items.some((pod) => pod.metadata.uid === lost?.metadata.uid))

    const [stranger] = await pods()
    await client.patch('Pod', `default/${stranger?.metadata.name}`, { metadata: { labels: { app: 'other' } } })
    await eventually(pods, (items) => items.length === 4)
    const released = await eventually(
      () => client.get('Pod', `default/${stranger?.metadata.name}`),
      (pod) => !pod.metadata.ownerReferences?.length,
    )
    expect(released.metadata.labels?.app).toBe('other')

    await client.patch('Deployment', 'default/web', {
      spec: { template: { spec: { containers: [{ ...containers[0], env: [{ name: 'V', value: '2' }] }] } } },
    })
    await eventually(deployment, ({ status, metadata }) => {
      const isNew = status?.observedGeneration === metadata.generation && status?.updatedReplicas === 4
      return isNew && status?.availableReplicas === 4 && status?.replicas === 4
    })
    const { items } = await client.list('ReplicaSet', { namespace: 'default' })
    expect(items.map((each) => each.status?.replicas).sort()).toEqual([0, 4])
    expect(errors).toEqual([])
  },
  4 * MINUTES,
)
