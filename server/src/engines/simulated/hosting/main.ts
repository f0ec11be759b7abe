/**
 * A process that holds simulated clusters, so that none of their work stands in the server's way. It ends when the server does; what
 * its clusters hold is on the disk by then.
 */
import { setTimeout as later } from 'node:timers/promises'
import { SimulatedCluster } from '@wheelhouse/simulator'
import type { ClusterSpec } from '../../engine.js'
import { LiveClusters, prepareClusters } from '../live-clusters.js'
import type { CallName, Calls, FromHost, ToHost } from './messages.js'

const environments = new Map<string, Promise<LiveClusters>>()

const say = (message: FromHost): void => void process.send?.(message)
const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
const onError = (where: string, error: unknown): void => say({ type: 'error', where, message: textOf(error) })

async function clustersOf(environment: string): Promise<LiveClusters> {
  const clusters = environments.get(environment)
  if (!clusters) throw new Error(`the clusters of ${environment} are not here`)
  return clusters
}

/** What most labs use. */
const USUAL = { controlPlanes: 1, workers: 1 } as const
/** Who has just been given a cluster is not to wait for the making of the next. */
const AFTERWARDS_MS = 5_000

/** Others will want clusters of the same shape. */
async function prepareLater(shape: ClusterSpec): Promise<void> {
  await later(AFTERWARDS_MS)
  await prepareClusters(shape).catch((error) => onError('prepare', error))
}

type Handlers = { [K in CallName]: (environment: string, parameters: Calls[K]['with']) => Promise<Calls[K]['gives']> }

const handlers: Handlers = {
  async bring(environment, { directory, spec, ports }) {
    const clusters = environments.get(environment) ?? LiveClusters.start({ directory, spec, ports, onError })
    environments.set(environment, clusters)
    clusters.catch(() => environments.delete(environment))
    const { views, ports: listening } = await clusters
    for (const shape of spec.clusters) void prepareLater(shape)
    return { views, ports: listening }
  },
  async serveInside(environment, { enter }) {
    await (await clustersOf(environment)).serveInside(enter)
    return undefined
  },
  async addImages(environment, { images }) {
    ;(await clustersOf(environment)).addImages(images)
    return undefined
  },
  async checkpoint(environment, { folder }) {
    await (await clustersOf(environment)).checkpoint(folder)
    return undefined
  },
  async restore(environment, { folder }) {
    await (await clustersOf(environment)).restore(folder)
    return undefined
  },
  async events(environment) {
    return (await clustersOf(environment)).events()
  },
  async close(environment) {
    const clusters = environments.get(environment)
    environments.delete(environment)
    await (await clusters?.catch(() => undefined))?.close()
    return undefined
  },
}

async function answer({ number, call, environment, with: parameters }: ToHost): Promise<void> {
  try {
    const handle = handlers[call] as (environment: string, parameters: unknown) => Promise<unknown>
    say({ type: 'answer', number, value: await handle(environment, parameters) })
  } catch (error) {
    say({ type: 'fault', number, message: textOf(error) })
  }
}

process.on('message', (message: ToHost) => void answer(message))
// The server is gone, in whatever way.
process.on('disconnect', () => process.exit(0))
// The server ends it; a Ctrl+C in the terminal reaches both, and the server comes first.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
process.on('uncaughtException', (error) => onError('process', error))
process.on('unhandledRejection', (error) => onError('process', error))

// The first cluster of a process reads the schema and makes what all others share: done before anybody waits for it.
const first = await SimulatedCluster.create({ shape: { controlPlanes: 1, workers: 0 }, apiOnly: true })
await first.close()
// After a restart of the server somebody waits for clusters that come back; nobody does for new ones yet.
await Promise.allSettled(environments.values())
await prepareClusters(USUAL)
