/** Runs a task's checks side by side and says how each came out. One check's fault is its own: it never touches the others. */
import type { CheckManifest, CheckResult, Localized } from '@wheelhouse/protocol'
import { ApiClient } from '../api/client.js'
import type { ApiAccess } from '../api/transport.js'
import { Baseline, type BaselineRecord, NoBaseline } from '../baseline.js'
import { type Checker, type CheckFunction, type CheckFunctions, eventually, sayFrom } from '../checker.js'
import { expectThat } from '../expect/expect-that.js'
import { MachineReader, type RunOnMachine } from '../machine.js'
import { ClusterReader } from '../read/cluster.js'
import { type Heartbeat, heartbeat } from '../settle/heartbeat.js'
import { type Clock, type Settled, settle } from '../settle/settle.js'
import { Refused } from '../unmet.js'
import type { Read } from './attempt.js'
import { withPermissions } from './permissions.js'

/** Everything that a run needs to know; JSON, so that it can be sent to another process. */
export interface RunOrder {
  access: ApiAccess
  checks: CheckManifest[]
  messages: Record<string, Localized>
  settleSeconds: number
  /** null where the task was not set up by us. */
  baseline: BaselineRecord | null
  params: Record<string, string>
  /** `button` waits for the cluster to settle and may probe; `live` looks once and only reads; `slow` looks once and may probe. */
  mode: 'button' | 'live' | 'slow'
}

export interface RunTools {
  clock: Clock
  runOnMachine: RunOnMachine
  nodeAnswers: () => Promise<boolean>
  /** Milliseconds for one time through a check. Absent: 30 s. */
  lookLimitMs?: number
  /** Absent: that of this process. */
  heart?: Heartbeat
}

/** What one check came to. There is no result where a live run may not do what it needs, or where it needs a baseline that nobody took. */
export interface CheckReport {
  check: string
  result: CheckResult | null
  reads: Read[]
  /** It acts on the cluster, runs on a machine, or reads what nobody can watch: the slow timer looks again. */
  slow: boolean
  needsBaseline?: boolean
  /** Look again after this, although nothing that it read may change before. */
  againInMs?: number
}

/** Each connection costs a handshake, which takes longer than most answers. */
const MOST_CONNECTIONS = 4

/** @param report hears of each check as soon as it is known. Never rejects for what a check does. */
export async function runChecks(
  checker: Checker,
  order: RunOrder,
  tools: RunTools & { report: (report: CheckReport) => void },
): Promise<void> {
  const client = new ApiClient(order.access, MOST_CONNECTIONS)
  const heart = tools.heart ?? heartbeat()
  const scene = { order, tools, client, heart }
  try {
    const functions = functionsOf(checker, order, { client, tools })
    await Promise.all(order.checks.map(async (check) => tools.report(await runCheck(check, functions, scene))))
  } finally {
    heart.stop()
    client.close()
  }
}

function functionsOf(
  checker: Checker,
  order: RunOrder,
  { client, tools }: { client: ApiClient; tools: RunTools },
): CheckFunctions | Error {
  try {
    return checker.checks({
      cluster: new ClusterReader(client),
      baseline: new Baseline(order.baseline),
      params: order.params,
      expectThat,
      eventually,
      machine: (name) => new MachineReader(name, tools.runOnMachine),
      say: sayFrom(order.messages),
    })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

interface Scene {
  order: RunOrder
  tools: RunTools
  client: ApiClient
  heart: Heartbeat
}

async function runCheck(check: CheckManifest, functions: CheckFunctions | Error, scene: Scene): Promise<CheckReport> {
  const startedAt = performance.now()
  const tookMs = () => Math.round(performance.now() - startedAt)
  try {
    const settled = await settleCheck(check, functionOf(check.id, functions), scene)
    const { reads, uses } = settled.attempt
    const slow = uses.probe || uses.machine || uses.unwatched
    const again = settled.againInMs === undefined ? {} : { againInMs: settled.againInMs }
    return { check: check.id, result: { ...resultOf(check, settled), tookMs: tookMs() }, reads, slow, ...again }
  } catch (error) {
    if (error instanceof NoBaseline) return { check: check.id, result: null, reads: [], slow: false, needsBaseline: true }
    if (error instanceof Refused) return { check: check.id, result: null, reads: error.reads, slow: true }
    return { check: check.id, result: { ...faultOf(check, error), tookMs: tookMs() }, reads: [], slow: false }
  }
}

function functionOf(id: string, functions: CheckFunctions | Error): CheckFunction {
  if (functions instanceof Error) throw functions
  const found = functions[id]
  if (!found) throw new Error(`the checker has no check '${id}'`)
  return found
}

function settleCheck(check: CheckManifest, work: CheckFunction, { order, tools, client, heart }: Scene): Promise<Settled> {
  const reading = order.mode === 'live'
  const startedAt = tools.clock.now()
  return withPermissions({ probes: !reading, machines: !reading }, () =>
    settle(work, {
      client,
      clock: tools.clock,
      startedAt,
      deadline: startedAt + order.settleSeconds * 1000,
      guard: check.guard === true,
      once: order.mode !== 'button',
      nodeAnswers: tools.nodeAnswers,
      lookLimitMs: tools.lookLimitMs,
      heart,
    }),
  )
}

type Timeless = Omit<CheckResult, 'tookMs'>

function resultOf(check: CheckManifest, { status, evidence }: Settled): Timeless {
  const maxPoints = check.points ?? 0
  const points = status === 'passed' ? maxPoints : 0
  return { check: check.id, status, points, maxPoints, guard: check.guard === true, evidence }
}

export function faultOf(check: CheckManifest, error: unknown): Timeless {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return {
    check: check.id,
    status: 'error',
    points: 0,
    maxPoints: check.points ?? 0,
    guard: check.guard === true,
    evidence: [],
    error: text,
  }
}
