/** Brings a task to its start from any state of its cluster, and says what the cluster held then. */
import { ApiClient, ApiSilent, type BaselineRecord } from '@wheelhouse/checkers/run'
import { LabError } from '@wheelhouse/protocol'
import type { SetupStep } from '../../catalogue/catalogue.js'
import { accessOf } from '../access.js'
import type { Baseline, TaskRun } from '../grader.js'
import { runScript } from '../run-script.js'
import { applyManifest } from './apply.js'
import { nameServerSettles } from './cluster-ready.js'
import { deleteOwned } from './delete-owned.js'
import { emptyNamespace } from './empty-namespace.js'
import { type Patience, patiently } from './patience.js'
import { takeBaseline } from './take-baseline.js'

const SCRIPT_LIMIT_MS = 180_000
const SETTLE_LIMIT_MS = 120_000
const EMPTY_LIMIT_MS = 30_000
/** Of a cluster that has just been made, or whose nodes have just come back. */
const DNS_LIMIT_MS = 30_000
/** An API server that an early script has just brought back. */
const API_RETURNS_MS = 60_000

/** @throws LabError `SETUP_FAILED` with the step, and the command's output or the API server's words */
export async function setUpTask(run: TaskRun, signal?: AbortSignal): Promise<Baseline> {
  const found = run.environment.clusters.find((cluster) => cluster.name === run.cluster)
  if (!found) throw failed(run, 'cluster', `the environment has no cluster "${run.cluster}"`)
  const client = new ApiClient(await accessOf(found.graderKubeconfig))
  try {
    return await new Setup(run, client, signal).run()
  } finally {
    client.close()
  }
}

const failed = ({ task }: TaskRun, step: string, detail: string, cause?: unknown) =>
  new LabError('SETUP_FAILED', { task: task.manifest.id, step }, { detail, cause })

class Setup {
  readonly #run: TaskRun
  readonly #client: ApiClient
  readonly #signal: AbortSignal | undefined
  /** Taken before a script that may silence the API server. */
  #earlier: BaselineRecord | undefined

  constructor(run: TaskRun, client: ApiClient, signal: AbortSignal | undefined) {
    this.#run = run
    this.#client = client
    this.#signal = signal
  }

  async run(): Promise<Baseline> {
    const { steps } = this.#run.task.setup
    for (const step of steps.filter((one) => one.early)) await this.#step(step)
    await this.#named('clean', () => this.#clean())
    for (const step of steps.filter((one) => !one.early)) await this.#step(step)
    return this.#named('baseline', () => this.#baseline()) as Promise<Baseline>
  }

  #patience(forMs: number): Patience {
    return { forMs, signal: this.#signal }
  }

  async #clean(): Promise<void> {
    const { namespaces, owns = [] } = this.#run.task.manifest
    const client = this.#client
    await patiently(() => client.transport.text({ path: '/readyz' }), this.#patience(API_RETURNS_MS))
    await nameServerSettles(client, this.#patience(DNS_LIMIT_MS))
    await Promise.all([
      ...namespaces.map((namespace) => emptyNamespace(client, namespace, this.#patience(EMPTY_LIMIT_MS))),
      deleteOwned(client, owns, this.#patience(EMPTY_LIMIT_MS)),
    ])
  }

  #step(step: SetupStep): Promise<unknown> {
    return this.#named(step.name, () =>
      step.kind === 'script' ? this.#script(step) : applyManifest(this.#client, step.file, this.#patience(SETTLE_LIMIT_MS)),
    )
  }

  async #script(step: Extract<SetupStep, { kind: 'script' }>): Promise<void> {
    if (step.machine !== 'base') this.#earlier = await this.#take().catch(() => this.#earlier)
    const { exitCode, output } = await runScript(this.#run.environment, step, {
      timeoutMs: SCRIPT_LIMIT_MS,
      signal: this.#signal,
    })
    if (exitCode === 0) return
    throw failed(this.#run, step.name, `${step.name} ended with exit code ${exitCode} on ${step.machine}\n${output}`)
  }

  #take(): Promise<BaselineRecord> {
    return takeBaseline(this.#client, this.#run.task.manifest.namespaces)
  }

  /** A task may begin with a silent API server: then what was there before its last script counts. */
  async #baseline(): Promise<BaselineRecord> {
    try {
      return await this.#take()
    } catch (error) {
      if (error instanceof ApiSilent && this.#earlier) return this.#earlier
      throw error
    }
  }

  async #named<T>(step: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof LabError) throw error
      this.#signal?.throwIfAborted()
      throw failed(this.#run, step, error instanceof Error ? error.message : String(error), error)
    }
  }
}
