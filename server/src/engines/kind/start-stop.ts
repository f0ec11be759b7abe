/** Stops an environment's containers and keeps their disks; starts them again and waits until the cluster answers. */
import { LabError } from '@wheelhouse/protocol'
import type { ProvisionOptions } from '../engine.js'
import { StepReporter } from '../step-reporter.js'
import type { ContainerCli, FoundContainer } from './container-cli.js'
import type { PlannedCluster } from './layout.js'
import { BOOTED_SCRIPT, STANDING_SCRIPT, waitStartedScript } from './node-finish.js'
import type { EnvironmentRecord, Standing } from './record.js'

/** Seconds that systemd has to stop a node in order; etcd itself would survive none. */
const GRACE_SECONDS = 8
const STARTED_SECONDS = 240
/** Three questions of three seconds each, where the API server hangs. */
const STANDING_TIMEOUT_MS = 15_000

export const START_STEPS = ['start-machines', 'start-cluster'] as const

export async function stopEnvironment(cli: ContainerCli, containers: readonly FoundContainer[]): Promise<void> {
  const running = containers.filter(({ state }) => state === 'running' || state === 'restarting' || state === 'paused')
  if (running.length === 0) return
  // One command each: a single one stops them one after another.
  await Promise.all(running.map(({ name }) => cli.run(['stop', '-t', String(GRACE_SECONDS), name])))
}

/** How the clusters stand now, for the start to come; undefined where no control plane runs that could be asked. */
export async function standingOf(
  cli: ContainerCli,
  { layout }: EnvironmentRecord,
  containers: readonly FoundContainer[],
): Promise<Record<string, Standing> | undefined> {
  const runs = (name: string) => containers.some((found) => found.name === name && found.state === 'running')
  const asked = layout.clusters.map(async (cluster) => {
    const first = cluster.containers.find(({ role, container }) => role === 'control-plane' && runs(container))
    if (!first) return undefined
    const said = await cli.script(first.container, STANDING_SCRIPT, { timeoutMs: STANDING_TIMEOUT_MS }).catch(() => '')
    const [answers, ...readyNodes] = said.split('\n').filter(Boolean)
    return [cluster.spec.name, { apiAnswers: answers === 'answers', readyNodes }] as const
  })
  const known = (await Promise.all(asked)).filter((one) => one !== undefined)
  return known.length === layout.clusters.length ? Object.fromEntries(known) : undefined
}

/** What a start waits for where nobody knows how it stood: all that a fresh cluster has. */
const fresh = ({ spec, containers }: PlannedCluster): Standing => ({
  apiAnswers: true,
  readyNodes:
    spec.cni === 'none'
      ? []
      : containers.filter(({ role }) => role === 'control-plane' || role === 'worker').map(({ machine }) => machine),
})

interface Starting {
  record: EnvironmentRecord
  containers: readonly FoundContainer[]
  /** Sets the network's rules again: a restart of the computer loses them. */
  guard: () => Promise<unknown>
}

/** @throws LabError `ENVIRONMENT_BROKEN` where a machine or the cluster does not come back */
export async function startEnvironment(
  cli: ContainerCli,
  { record, containers, guard }: Starting,
  options: ProvisionOptions,
): Promise<void> {
  const steps = new StepReporter(options)
  const signal = options.signal ? { signal: options.signal } : {}
  const broken = (error: unknown) => {
    if (error instanceof LabError && error.code !== 'ENGINE_STEP_FAILED') throw error
    const { detail } = error instanceof LabError ? error : { detail: String(error) }
    throw new LabError(
      'ENVIRONMENT_BROKEN',
      { environment: record.spec.id, why: lastLine(detail ?? '') },
      { cause: error, detail },
    )
  }
  steps.plan(START_STEPS)
  await steps
    .run('start-machines', async () => {
      await guard()
      await cli.run(['start', ...containers.map(({ name }) => name)], signal)
    })
    .catch(broken)
  await steps
    .run('start-cluster', async () => {
      const waits = record.layout.clusters.map(async (cluster) => {
        const { apiAnswers, readyNodes } = record.standing?.[cluster.spec.name] ?? fresh(cluster)
        if (!apiAnswers) return untilBooted(cli, cluster)
        const script = waitStartedScript(readyNodes, STARTED_SECONDS)
        const [first] = cluster.containers
        await cli.script(first?.container ?? '', script, { timeoutMs: (STARTED_SECONDS + 30) * 1000, ...signal })
      })
      await Promise.all(waits)
    })
    .catch(broken)
}

/** Where no API server is to be waited for: the machines themselves. */
async function untilBooted(cli: ContainerCli, { containers }: PlannedCluster): Promise<void> {
  const machines = containers.filter(({ role }) => role !== 'load-balancer')
  await Promise.all(machines.map(({ container }) => cli.script(container, BOOTED_SCRIPT, { timeoutMs: 90_000 })))
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? ''
