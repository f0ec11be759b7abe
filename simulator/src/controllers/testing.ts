/** For tests of controllers and scheduler: a live cluster whose time the test moves, and short ways to fill and read it. */
import { afterAll, beforeAll, expect } from 'vitest'
import type { Client, KindName, Kinds } from '../client/client.js'
import { SimulatedCluster } from '../cluster/cluster.js'
import type { ClusterShape } from '../cluster/shape.js'
import { messageOf } from '../objects/status.js'
import type { Container, PodTemplateSpec } from '../schema/kubernetes.generated.js'
import { ManualClock } from '../time/clock.js'
import { SeededRandom } from '../time/random.js'

export interface LiveCluster {
  cluster: SimulatedCluster
  client: Client
  clock: ManualClock
  /** What components complained of; a test that expects nothing compares with an empty list. */
  errors: string[]
  /** Creates in namespace `default`. */
  create<K extends KindName>(kind: K, name: string, fields: object): Promise<Kinds[K]>
  get<K extends KindName>(kind: K, name: string): Promise<Kinds[K]>
  /** Names in namespace `default`, in order. */
  names(kind: KindName, labelSelector?: string): Promise<string[]>
  /** `TYPE REASON MESSAGE` of the Events about an object of namespace `default`, oldest first. */
  events(name: string): Promise<string[]>
  /** Runs a line of shell in a container of a Pod of namespace `default`. @returns what it printed, both streams */
  exec(pod: string, line: string, container?: string): Promise<string>
  /** Moves time on. */
  pass(seconds: number): Promise<void>
  close(): Promise<void>
}

export async function liveCluster(shape: ClusterShape = { controlPlanes: 1, workers: 1 }): Promise<LiveCluster> {
  const clock = new ManualClock()
  const errors: string[] = []
  const images = ['busybox:1.37', 'nginx:1.28']
  const onError = (where: string, error: unknown) => errors.push(`${where}: ${messageOf(error)}`)
  const cluster = await SimulatedCluster.create({ shape, clock, random: new SeededRandom(5), images, onError })
  await cluster.started
  await clock.advance(1_000)
  const client = cluster.client()
  return {
    cluster,
    client,
    clock,
    errors,
    create: (kind, name, fields) =>
      client.create(kind, { metadata: { name, namespace: 'default' }, ...fields } as never) as never,
    get: (kind, name) => client.get(kind, `default/${name}`) as never,
    async names(kind, labelSelector = '') {
      const { items } = await client.list(kind, { namespace: 'default', labelSelector })
      return items.map((item) => item.metadata.name)
    },
    async events(name) {
      const { items } = await client.list('Event', { namespace: 'default', fieldSelector: `involvedObject.name=${name}` })
      const about = items.sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      return about.map(({ type, reason, message }) => `${type} ${reason} ${message}`)
    },
    async exec(name, line, container = 'main') {
      const pod = await client.get('Pod', `default/${name}`)
      let text = ''
      const take = (bytes: Uint8Array | string) => {
        text += Buffer.from(bytes).toString()
      }
      const io = { onInput() {}, onInputEnd() {}, onResize() {}, stdout: take, stderr: take }
      const options = { container, command: ['sh', '-c', line], stdin: false, tty: false }
      await cluster.connections.exec(pod, options, { ...io, signal: new AbortController().signal })
      return text
    },
    pass: (seconds) => clock.advance(seconds * 1000),
    close: () => cluster.close(),
  }
}

/** One live cluster for all tests of a file, there from its hooks on. At the end no component may have complained of anything. */
export function clusterOfFile(shape?: ClusterShape): LiveCluster {
  const live = {} as LiveCluster
  beforeAll(async () => {
    Object.assign(live, await liveCluster(shape))
  })
  afterAll(async () => {
    await live.close()
    expect(live.errors).toEqual([])
  })
  return live
}

/** A container of busybox that runs a line of shell. */
export const shell = (line: string, more: object = {}): Container => ({
  name: 'main',
  image: 'busybox:1.37',
  command: ['sh', '-c', line],
  ...more,
})

/** A Pod template with one such container, which ends as soon as it is asked to. */
export const template = (
  line: string,
  { labels = {}, ...spec }: { labels?: object } & Record<string, unknown> = {},
): PodTemplateSpec =>
  ({ metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [shell(line)], ...spec } }) as never
