/** Runs the checks of a checker that a test wrote against the fake API server, by a clock that jumps, and has objects to look at. */
import type { CheckManifest, CheckResult, Evidence } from '@wheelhouse/protocol'
import { formatMessage } from '@wheelhouse/protocol'
import type { KubernetesObject } from '../api/json.js'
import { type CheckerContext, type CheckFunctions, checker } from '../checker.js'
import { type CheckReport, type RunOrder, runChecks } from '../run/run-checks.js'
import type { FakeApiServer } from './fake-api-server.js'
import { steppedClock } from './stepped-clock.js'

export interface CheckScene {
  checks: (context: CheckerContext) => CheckFunctions
  guard?: true
  mode?: RunOrder['mode']
  /** Hears of every pause, and may change the cluster meanwhile. */
  onSleep?: (nowMs: number) => void
  nodeAnswers?: boolean
  /** Absent: 20 s, so that a look that hangs says where before a test is ended without a word. */
  lookLimitMs?: number
  /** For how long this process was not let in. Absent: it was, whatever the computer has to do besides. */
  stoodStillMs?: number
  order?: Partial<RunOrder>
}

const title = { en: 'title', zh: '标题' }

/** Every check is worth two points. */
export async function reportsOf(api: FakeApiServer, scene: CheckScene): Promise<CheckReport[]> {
  const { checks, guard, mode = 'button', onSleep, nodeAnswers = true, lookLimitMs = 20_000, stoodStillMs = 0, order } = scene
  const ids = Object.keys(checks(new Proxy({}, { get: () => () => ({}) }) as CheckerContext))
  const manifest = ids.map((id): CheckManifest => (guard ? { id, title, guard } : { id, title, points: 2 }))
  const base = { access: api.access, checks: manifest, messages: {}, settleSeconds: 30, baseline: {}, params: {}, mode }
  const reports: CheckReport[] = []
  await runChecks(
    checker(checks),
    { ...base, ...order },
    {
      clock: steppedClock(onSleep),
      runOnMachine: async ({ argv }) => ({ exitCode: argv[0] === 'cat' ? 1 : 0, stdout: 'active\n', stderr: '' }),
      nodeAnswers: async () => nodeAnswers,
      lookLimitMs,
      heart: { stoodStillMs: () => stoodStillMs, stop: () => undefined },
      report: (report) => reports.push(report),
    },
  )
  return reports
}

/** The result of the first check. @throws Error where it has none */
export async function resultOf(api: FakeApiServer, scene: CheckScene): Promise<CheckResult> {
  const [report] = await reportsOf(api, scene)
  if (!report?.result) throw new Error('the check has no result')
  return report.result
}

const spoken = (part: 'found' | 'subject') => (result: CheckResult) =>
  result.evidence.map((one: Evidence) => formatMessage('en', one[part]))
/** What was found, in English. */
export const foundIn = spoken('found')
/** What was looked at, in English. */
export const subjectsOf = spoken('subject')

type Stored = KubernetesObject & Record<string, unknown>

/** Deployment shop/web, with a status that fits. */
export const deployment = (spec: {
  replicas: number
  generation?: number
  observed?: number
  ready?: number
  updated?: number
}): Stored => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', generation: spec.generation ?? 1 },
  spec: { replicas: spec.replicas, selector: { matchLabels: { app: 'web' } } },
  status: {
    observedGeneration: spec.observed ?? 1,
    replicas: spec.replicas,
    readyReplicas: spec.ready ?? spec.replicas,
    availableReplicas: spec.ready ?? spec.replicas,
    updatedReplicas: spec.updated ?? spec.replicas,
  },
})

/** A Pod in shop with the label app=web and one container `web`. */
export const pod = (name: string, container: object, ready = true): Stored => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx' }], nodeName: 'node01' },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [{ name: 'web', ready, restartCount: 0, image: 'nginx', imageID: '', ...container }],
  },
})

export const running = (agoMs: number) => ({ state: { running: { startedAt: new Date(Date.now() - agoMs).toISOString() } } })

/** A checker that wants so many available replicas of Deployment shop/web. */
export const available = (wanted: number) => ({
  checks: ({ cluster, expectThat }: CheckerContext) => ({
    available: async () => expectThat(await cluster.deployment('shop', 'web'), 'status.availableReplicas').is(wanted),
  }),
})
