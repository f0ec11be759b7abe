/** What one simulated cluster does in which time. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { SimulatedCluster } from '@wheelhouse/simulator'
import type { Figure } from '../../../bench/figures.js'
import { freshId, specOf } from '../../testing/specs.js'
import { ClusterHosts } from '../hosting/cluster-hosts.js'
import { BenchApi, percentile, timed } from './api.js'

export const SHAPE = { controlPlanes: 1, workers: 1 } as const
const IMAGE = 'nginx:1.28'

export interface Served {
  cluster: SimulatedCluster
  api: BenchApi
  kubeconfig: string
}

export async function serve(): Promise<Served> {
  const cluster = await SimulatedCluster.create({ shape: SHAPE, images: [IMAGE] })
  const { port } = await cluster.listen()
  const kubeconfig = await cluster.kubeconfig(`https://127.0.0.1:${port}`)
  return { cluster, api: new BenchApi(kubeconfig), kubeconfig }
}

export async function end({ cluster, api }: Served): Promise<void> {
  api.close()
  await cluster.close()
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

export async function deploymentAvailable(runs: number): Promise<Figure[]> {
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
  return [{ name: `Deployment of 3 to Available, median of ${runs}`, value: percentile(times, 0.5), unit: 'ms', goal: 300 }]
}

const LISTS = 200
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const NAMESPACE = `bench-${process.pid}`
const NAMESPACES = '/api/v1/namespaces'

/** In a namespace of its own; no node is to run them, so that they are the same on both sides. */
async function fill(api: BenchApi): Promise<void> {
  await api.ask(NAMESPACES, { method: 'POST', body: { metadata: { name: NAMESPACE } } })
  await untilAccount(api)
  for (let index = 0; index < 100; index++) {
    const pod = podOf(`pod-${index}`)
    const body = { ...pod, spec: { ...pod.spec, schedulingGates: [{ name: 'bench.wheelhouse.dev/wait' }] } }
    await api.ask(`${NAMESPACES}/${NAMESPACE}/pods`, { method: 'POST', body })
  }
}

async function untilAccount(api: BenchApi): Promise<void> {
  while (!(await api.ask(`${NAMESPACES}/${NAMESPACE}/serviceaccounts/default`).catch(() => ''))) await later(LOOK_MS)
}

const FORMS = { objects: 'application/json', table: TABLE }

/** Asked in turns, so that what else the computer does meanwhile keeps both alike. */
async function listTimes(apis: BenchApi[], accept: string): Promise<number[]> {
  const times: number[][] = apis.map(() => [])
  for (let run = 0; run < LISTS; run++)
    for (const [index, api] of apis.entries())
      times[index]?.push(await timed(() => api.ask(`${NAMESPACES}/${NAMESPACE}/pods?limit=500`, { accept })))
  return times.map((each) => percentile(each, 0.5))
}

/** @param real kubeconfig of a real cluster; null where there is none */
export async function listOfHundred(directory: string, real: string | null): Promise<Figure[]> {
  const hosts = new ClusterHosts((where, error) => process.stderr.write(`${where}: ${error}\n`))
  const spec = specOf(freshId(), { workers: 1 })
  const path = join(directory, spec.id)
  await mkdir(path, { recursive: true })
  // Where a learner's cluster runs: in another process than who asks, like the real one.
  const { views } = await hosts.bring(path, spec)
  const kubeconfigs = [views[0]?.graderKubeconfig ?? '', ...(real ? [await readFile(real, 'utf8')] : [])]
  const apis = kubeconfigs.map((kubeconfig) => new BenchApi(kubeconfig))
  try {
    for (const api of apis) await fill(api)
    const figures: Figure[] = []
    for (const [form, accept] of Object.entries(FORMS)) figures.push(...listFigures(form, await listTimes(apis, accept)))
    return figures
  } finally {
    for (const api of apis) await api.ask(`${NAMESPACES}/${NAMESPACE}`, { method: 'DELETE' }).catch(() => '')
    for (const api of apis) api.close()
    await hosts.close()
  }
}

function listFigures(form: string, [ours = Number.NaN, theirs]: number[]): Figure[] {
  const what = `get pods of 100 as ${form}`
  if (theirs === undefined) process.stderr.write(`NOT MEASURED: ${what} on a real API server; name its kubeconfig with --real.\n`)
  return [
    { name: `${what}, p50`, value: ours, unit: 'ms', goal: null },
    ...(theirs === undefined
      ? []
      : [
          { name: `${what} on the real API server, p50`, value: theirs, unit: 'ms', goal: null },
          { name: `${what}, ratio to the real API server`, value: ours / theirs, unit: 'x', goal: 1 },
        ]),
  ]
}
