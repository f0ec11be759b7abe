/** What one simulated cluster does in which time. */
import { readFile } from 'node:fs/promises'
import { setTimeout as later } from 'node:timers/promises'
import { SimulatedCluster } from '@wheelhouse/simulator'
import type { Figure } from '../../../bench/figures.js'
import { Journal } from '../journal.js'
import { BenchApi, percentile, timed } from './api.js'

const SHAPE = { controlPlanes: 1, workers: 1 } as const
const IMAGE = 'nginx:1.28'

export interface Served {
  cluster: SimulatedCluster
  api: BenchApi
}

export async function serve(): Promise<Served> {
  const cluster = await SimulatedCluster.create({ shape: SHAPE, images: [IMAGE] })
  const { port } = await cluster.listen()
  return { cluster, api: new BenchApi(await cluster.kubeconfig(`https://127.0.0.1:${port}`)) }
}

export async function end({ cluster, api }: Served): Promise<void> {
  api.close()
  await cluster.close()
}

/** From the call that makes a cluster to the end of the first authenticated answer. */
export async function firstAnswer(runs: number): Promise<Figure> {
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    let served: Served | undefined
    times.push(
      await timed(async () => {
        served = await serve()
        await served.api.ask('/api/v1/namespaces')
      }),
    )
    if (served) await end(served)
  }
  return { name: `first authenticated GET after create, p95 of ${runs}`, value: percentile(times, 0.95), unit: 'ms', goal: 50 }
}

const podOf = (name: string) => ({ metadata: { name }, spec: { containers: [{ name: 'main', image: IMAGE }] } })

const deploymentOf = (name: string, replicas: number) => ({
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: IMAGE }] } },
  },
})

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
const PODS = '/api/v1/namespaces/default/pods'

interface DeploymentAnswer {
  status: { availableReplicas?: number }
}

/** Looks often enough that looking is no part of the figure. */
const LOOK_MS = 5

async function untilAvailable(api: BenchApi, name: string, replicas: number): Promise<void> {
  for (;;) {
    const { status } = JSON.parse(await api.ask(`${DEPLOYMENTS}/${name}`)) as DeploymentAnswer
    if (status.availableReplicas === replicas) return
    await later(LOOK_MS)
  }
}

export async function deploymentAvailable(runs: number): Promise<Figure> {
  const served = await serve()
  await served.cluster.started
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const name = `web${run}`
    times.push(
      await timed(async () => {
        await served.api.ask(DEPLOYMENTS, { method: 'POST', body: deploymentOf(name, 3) })
        await untilAvailable(served.api, name, 3)
      }),
    )
  }
  await end(served)
  return { name: `Deployment of 3 to Available, median of ${runs}`, value: percentile(times, 0.5), unit: 'ms', goal: 300 }
}

const LISTS = 200

async function listTimes(api: BenchApi): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < LISTS; run++) times.push(await timed(() => api.ask(PODS)))
  return percentile(times, 0.5)
}

/** @param against kubeconfig of a real cluster whose namespace `default` holds 100 Pods of one container; null where there is none */
export async function listOfHundred(against: string | null): Promise<Figure[]> {
  const served = await serve()
  await served.cluster.started
  for (let index = 0; index < 100; index++) await served.api.ask(PODS, { method: 'POST', body: podOf(`pod-${index}`) })
  const ours = await listTimes(served.api)
  await end(served)
  const figures: Figure[] = [{ name: 'get pods of 100, p50', value: ours, unit: 'ms', goal: null }]
  if (!against) return figures
  const real = new BenchApi(await readFile(against, 'utf8'))
  const theirs = await listTimes(real)
  real.close()
  return [
    ...figures,
    { name: 'get pods of 100 on the real API server, p50', value: theirs, unit: 'ms', goal: null },
    { name: 'get pods of 100, ratio to the real API server', value: ours / theirs, unit: 'x', goal: 1 },
  ]
}

const WRITES = 4000
const WRITERS = 16

/** Over HTTPS, client and server on the same core, every write in the journal. */
export async function writesPerSecond(directory: string): Promise<Figure[]> {
  const served = await serve()
  await served.cluster.started
  const onError = (error: unknown) => {
    throw error
  }
  const journal = await Journal.start(directory, 'bench', served.cluster, { onError })
  const path = '/api/v1/namespaces/default/configmaps'
  let next = 0
  const writer = async () => {
    for (let index = next++; index < WRITES; index = next++)
      await served.api.ask(path, { method: 'POST', body: { metadata: { name: `note-${index}` }, data: { text: 'words' } } })
  }
  const overHttps = await timed(() => Promise.all(Array.from({ length: WRITERS }, writer)))
  const client = served.cluster.client()
  const within = await timed(async () => {
    for (let index = 0; index < WRITES; index++)
      await client.create('ConfigMap', { metadata: { name: `more-${index}`, namespace: 'default' }, data: { text: 'words' } })
  })
  await end(served)
  await journal.close()
  return [
    { name: '2,000 writes, journal included', value: (within / WRITES) * 2000, unit: 'ms', goal: 1000 },
    { name: '2,000 writes over HTTPS, client and journal included', value: (overHttps / WRITES) * 2000, unit: 'ms', goal: null },
  ]
}
