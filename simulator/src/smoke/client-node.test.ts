/** The JavaScript client against the simulated cluster: what the house's own programs do with it. */
import { type RequestOptions, request } from 'node:https'
import { PassThrough, Writable } from 'node:stream'
import {
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  setHeaderOptions,
  type V1APIGroupList,
  type V1APIResourceList,
  type V1ConfigMap,
  type V1Status,
  Watch,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type LiveCluster, liveCluster } from '../controllers/testing.js'

let live: LiveCluster
let config: KubeConfig
let core: CoreV1Api
beforeAll(async () => {
  live = await liveCluster()
  const { port } = await live.cluster.listen()
  config = new KubeConfig()
  config.loadFromString(await live.cluster.kubeconfig(`https://127.0.0.1:${port}`))
  core = config.makeApiClient(CoreV1Api)
  await live.create('Pod', 'web', { spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] } })
  await live.pass(5)
})
afterAll(() => live.close())

const sink = () => {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString() }
}
const namespace = 'default'

type KubernetesList = KubernetesListObject<KubernetesObject>

/** As the client's own calls ask, for paths that it has no call for. */
async function ask<T>(path: string): Promise<T> {
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  return new Promise((resolve, reject) => {
    const asking = request(`${config.getCurrentCluster()?.server}${path}`, options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        if (response.statusCode === 200) resolve(JSON.parse(text) as T)
        else reject(new Error(`${path}: ${response.statusCode} ${text}`))
      })
    })
    asking.on('error', reject)
    asking.end()
  })
}

/** Every resource in its preferred version that can be listed and watched. */
async function watchedPaths(): Promise<string[]> {
  const { groups } = await ask<V1APIGroupList>('/apis')
  const bases = ['/api/v1', ...groups.map((group) => `/apis/${group.preferredVersion?.groupVersion}`)]
  const lists = await Promise.all(bases.map(async (base) => ({ base, list: await ask<V1APIResourceList>(base) })))
  return lists.flatMap(({ base, list }) =>
    list.resources.filter(({ verbs }) => verbs.includes('list') && verbs.includes('watch')).map(({ name }) => `${base}/${name}`),
  )
}

describe('@kubernetes/client-node', () => {
  test('creates, lists in pages, patches in three ways, and hears of a conflict', async () => {
    for (const name of ['a', 'b', 'c'])
      await core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels: { set: 'x' } } } })
    const first = await core.listNamespacedConfigMap({ namespace, labelSelector: 'set=x', limit: 2 })
    const rest = await core.listNamespacedConfigMap({
      namespace,
      labelSelector: 'set=x',
      limit: 2,
      _continue: first.metadata?._continue ?? '',
    })
    expect([...first.items, ...rest.items].map((item) => item.metadata?.name)).toEqual(['a', 'b', 'c'])
    const patch = (body: object, strategy: string) =>
      core.patchNamespacedConfigMap(
        { namespace, name: 'a', body, fieldManager: 'test', force: true },
        setHeaderOptions('Content-Type', strategy),
      )
    await core.patchNamespacedConfigMap(
      { namespace, name: 'a', body: { data: { m: '1' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    )
    await core.patchNamespacedConfigMap(
      { namespace, name: 'a', body: [{ op: 'add', path: '/data/j', value: '2' }] },
      setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
    )
    const applied = await patch({ apiVersion: 'v1', kind: 'ConfigMap', data: { s: '3' } }, PatchStrategy.ServerSideApply)
    expect(applied.data).toEqual({ m: '1', j: '2', s: '3' })
    const stale = { ...applied, metadata: { ...applied.metadata, resourceVersion: '1' } }
    await expect(core.replaceNamespacedConfigMap({ namespace, name: 'a', body: stale })).rejects.toMatchObject({ code: 409 })
    await expect(core.readNamespacedConfigMap({ namespace, name: 'none' })).rejects.toMatchObject({ code: 404 })
  })

  test('scales a Deployment and reads it as typed objects', async () => {
    const apps = config.makeApiClient(AppsV1Api)
    const labels = { app: 'scaled' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] } }
    await apps.createNamespacedDeployment({
      namespace,
      body: { metadata: { name: 'scaled' }, spec: { selector: { matchLabels: labels }, template } },
    })
    // Its controller writes the status meanwhile, and a scale that was read before that is out of date.
    await live.pass(5)
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name: 'scaled' })
    await apps.replaceNamespacedDeploymentScale({ namespace, name: 'scaled', body: { ...scale, spec: { replicas: 3 } } })
    await live.pass(5)
    const { status, metadata } = await apps.readNamespacedDeployment({ namespace, name: 'scaled' })
    expect([status?.readyReplicas, metadata?.creationTimestamp instanceof Date]).toEqual([3, true])
  })

  test('an informer hears of what comes, changes and goes', async () => {
    const list = () => core.listNamespacedConfigMap({ namespace: 'kube-public' })
    const informer = makeInformer<V1ConfigMap>(config, '/api/v1/namespaces/kube-public/configmaps', list)
    const heard: string[] = []
    const gone = new Promise<void>((resolve) => {
      informer.on('add', (object) => heard.push(`add ${object.metadata?.name}`))
      informer.on('update', (object) => heard.push(`update ${object.metadata?.name}`))
      informer.on('delete', (object) => {
        heard.push(`delete ${object.metadata?.name}`)
        resolve()
      })
    })
    await informer.start()
    const body = { metadata: { name: 'seen' } }
    await core.createNamespacedConfigMap({ namespace: 'kube-public', body })
    await core.replaceNamespacedConfigMap({ namespace: 'kube-public', name: 'seen', body: { ...body, data: { a: '1' } } })
    await core.deleteNamespacedConfigMap({ namespace: 'kube-public', name: 'seen' })
    await gone
    await informer.stop()
    expect(heard.slice(-3)).toEqual(['add seen', 'update seen', 'delete seen'])
  })

  test('informers of every kind at once have what is there and hear of what comes, as k9s and dashboards ask', async () => {
    const paths = await watchedPaths()
    expect(paths.length).toBeGreaterThan(50)
    const failures: string[] = []
    const informers = new Map(paths.map((path) => [path, makeInformer(config, path, () => ask<KubernetesList>(path))]))
    onTestFinished(async () => {
      await Promise.all([...informers.values()].map((informer) => informer.stop()))
    })
    const connected = [...informers].map(([path, informer]) => {
      informer.on('error', (error) => failures.push(`${path}: ${error}`))
      return new Promise<void>((resolve) => informer.on('connect', () => resolve()))
    })
    await Promise.all([...informers.values()].map((informer) => informer.start()))
    await Promise.all(connected)
    for (const [path, informer] of informers) {
      const seen = informer.list().map((object) => object.metadata?.name)
      const { items } = await ask<KubernetesList>(path)
      // A live cluster writes: who lists a moment later may see more.
      expect([path, items.map((item) => item.metadata?.name)]).toEqual([path, expect.arrayContaining(seen)])
    }
    const maps = informers.get('/api/v1/configmaps')
    const heard = new Promise<void>((resolve) => maps?.on('add', ({ metadata }) => metadata?.name === 'new' && resolve()))
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'new' } } })
    await heard
    // Looked at before the end: the client tells of its own stopping as of an error.
    expect(failures).toEqual([])
  }, 60_000)

  test('a watch with initial events ends them with a bookmark', async () => {
    const query = { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: true }
    const events: string[] = []
    await new Promise<void>((resolve, reject) => {
      const started = new Watch(config).watch(
        '/api/v1/namespaces',
        query,
        (type, object) => {
          events.push(`${type} ${object.metadata.name ?? ''}`)
          if (object.metadata.annotations?.['k8s.io/initial-events-end'] !== 'true') return
          void started.then((controller) => controller.abort())
          resolve()
        },
        () => {},
      )
      started.catch(reject)
    })
    expect(events).toContain('ADDED default')
    expect(events.at(-1)).toBe('BOOKMARK ')
  })

  test('exec and logs', async () => {
    const [out, err] = [sink(), sink()]
    const input = new PassThrough()
    const status = new Promise<V1Status>((resolve, reject) => {
      const command = ['sh', '-c', 'cat; echo err >&2; exit 5']
      new Exec(config).exec(namespace, 'web', 'main', command, out.stream, err.stream, input, false, resolve).catch(reject)
    })
    input.end('given\n')
    expect(await status).toMatchObject({ reason: 'NonZeroExitCode', details: { causes: [{ message: '5' }] } })
    expect([out.text(), err.text()]).toEqual(['given\n', 'err\n'])
    const log = new PassThrough()
    const chunks: Buffer[] = []
    log.on('data', (chunk) => chunks.push(chunk))
    const ended = new Promise((resolve) => log.on('end', resolve))
    await new Log(config).log(namespace, 'web', 'main', log, { tailLines: 1 })
    await ended
    expect(Buffer.concat(chunks).toString()).toContain('start worker processes')
  })

  test('port-forward', async () => {
    const answer = sink()
    const request = new PassThrough()
    const socket = await new PortForward(config).portForward(namespace, 'web', [80], answer.stream, null, request)
    const closed = new Promise((resolve) => ('on' in socket ? socket.on('close', resolve) : resolve(undefined)))
    request.write('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n')
    await closed
    expect(answer.text()).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*Welcome to nginx!/)
  })
})
