/**
 * Runs a check's function until it is certain what to say.
 *
 * - passed: all it expects holds, and nothing it looked at is young or half-way
 * - failed: something does not hold, all it looked at has settled, and nothing has changed for a while
 * - not-yet: what it looks for is absent, or still on its way when the deadline comes
 *
 * Time is a parameter, so that tests step it.
 */
import type { CheckStatus, Evidence } from '@wheelhouse/protocol'
import type { ApiClient } from '../api/client.js'
import { ApiSilent } from '../api/transport.js'
import { Attempt, inAttempt } from '../run/attempt.js'
import { Refused, Unmet } from '../unmet.js'
import { message } from '../words.js'
import type { Heartbeat } from './heartbeat.js'
import { judge } from './judge.js'
import type { Judgement } from './judgement.js'

export interface Clock {
  /** Milliseconds that never go back; the zero is arbitrary. */
  now(): number
  sleep(ms: number): Promise<void>
}

export const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

export interface SettleOptions {
  client: ApiClient
  clock: Clock
  /** Both by `clock`; `eventually` may give a check more or less time, counted from the start. */
  startedAt: number
  deadline: number
  /** A guard's object that is gone is wrong, not "not yet there"; and a guard does not wait for steadiness. */
  guard: boolean
  /** One look, no waiting: for live runs. */
  once: boolean
  /** Whether a node of the cluster answers although its API server does not. Then the silence is the learner's to mend. */
  nodeAnswers: () => Promise<boolean>
  /** Milliseconds, real ones, for one time through the check. Absent: 30 s. */
  lookLimitMs?: number | undefined
  /** Tells when this process was not let in, so that its own slowness is not taken for silence. */
  heart: Pick<Heartbeat, 'stoodStillMs'>
}

export interface Settled {
  status: CheckStatus
  evidence: Evidence[]
  attempt: Attempt
  /** For a live run: look again after this, although nothing may change before. */
  againInMs?: number
}

/** Nothing has changed for this long, so nothing will by itself. */
const QUIET_MS = 2_000
/** Programming a Service or a NetworkPolicy on the nodes takes a second or two, and no object tells. */
const QUIET_AFTER_PROBE_MS = 4_000
/** An API server that restarts is back within this; longer silence is a finding. */
const SILENCE_MS = 10_000
const LOOK_LIMIT_MS = 30_000
/** Whoever stood still for so long may have missed an answer that was there: requests have 10 s, probes a few. */
const STANDSTILL_MS = 2_000
const FIRST_PAUSE_MS = 150
const LONGEST_PAUSE_MS = 1_000

export async function settle(check: () => Promise<unknown>, options: SettleOptions): Promise<Settled> {
  const watch = new Stillness(options.clock)
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const lookedAtMs = performance.now()
    const look = await lookOnce(check, options)
    const judgement = look.silent ? undefined : await within(judgeQuietly(options.client, look.attempt), options)
    const stillMs = watch.stillFor(look)
    const deadline = look.attempt.withinMs === undefined ? options.deadline : options.startedAt + look.attempt.withinMs
    const last = options.once || options.clock.now() >= deadline
    const verdict = judgement
      ? conclude(look, judgement, { ...options, stillMs, last })
      : await concludeSilence(look, options, { stillMs, last })
    const stoodStillMs = look.silent || look.attempt.timedOut ? options.heart.stoodStillMs(lookedAtMs) : 0
    if (verdict && stoodStillMs >= STANDSTILL_MS && last) throw new Error(tooBusy(stoodStillMs))
    if (verdict && stoodStillMs < STANDSTILL_MS) return verdict
    await options.clock.sleep(Math.min(pauseMs, Math.max(deadline - options.clock.now(), 20)))
  }
}

const tooBusy = (ms: number) => `this computer is too busy to grade: the checker was not let in for ${Math.round(ms / 1_000)} s`

interface Look {
  attempt: Attempt
  /** What ended it early. */
  unmet?: Unmet
  silent?: ApiSilent
}

/** A fault of ours is thrown on; what the learner can mend is part of the look. */
async function lookOnce(check: () => Promise<unknown>, options: SettleOptions): Promise<Look> {
  const attempt = new Attempt()
  try {
    await within(inAttempt(attempt, check), options)
    if (attempt.outcomes.length === 0) throw new Error('the check expects nothing: it must call expectThat')
    return { attempt }
  } catch (error) {
    if (error instanceof Unmet) return { attempt, unmet: error }
    if (error instanceof ApiSilent) return { attempt, silent: error }
    if (error instanceof Refused) error.reads = attempt.reads
    throw error
  }
}

/** A promise that nobody keeps must not hold up the other checks' verdict. */
async function within<T>(work: Promise<T>, { lookLimitMs = LOOK_LIMIT_MS, client }: SettleOptions): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const why = () => {
      const { waitingFor } = client.transport
      const where = waitingFor.length > 0 ? `, waiting for ${waitingFor.join(' and ')}` : ''
      return `the check did not come to an end within ${lookLimitMs / 1000} s${where}`
    }
    timer = setTimeout(() => reject(new Error(why())), lookLimitMs)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** A judge that meets silence knows nothing: undefined, as if the check itself had met it. */
async function judgeQuietly(client: ApiClient, attempt: Attempt): Promise<Judgement | undefined> {
  try {
    return await judge(client, attempt)
  } catch (error) {
    if (error instanceof ApiSilent) return undefined
    throw error
  }
}

/** How long every look has seen the same. */
class Stillness {
  readonly #clock: Clock
  #seen: string | undefined
  #since: number
  constructor(clock: Clock) {
    this.#clock = clock
    this.#since = clock.now()
  }
  stillFor({ attempt, unmet, silent }: Look): number {
    const versions = [...attempt.objects.keys()].map(({ metadata }) => `${metadata?.uid}@${metadata?.resourceVersion}`)
    // Not what was found: a Service's Pods may answer in turn, each with its name.
    const holding = attempt.outcomes.map((outcome) => outcome.holds)
    const seen = JSON.stringify([versions.sort(), holding, unmet?.kind, silent?.message])
    if (seen !== this.#seen) this.#since = this.#clock.now()
    this.#seen = seen
    return this.#clock.now() - this.#since
  }
}

interface Moment extends Pick<SettleOptions, 'guard' | 'once'> {
  stillMs: number
  last: boolean
}

function conclude(look: Look, judgement: Judgement, moment: Moment): Settled | undefined {
  const holds = !look.unmet && look.attempt.outcomes.every((outcome) => outcome.holds)
  return holds ? concludeHolding(look, judgement, moment) : concludeFailing(look, judgement, moment)
}

function concludeHolding({ attempt }: Look, judgement: Judgement, { guard, stillMs, last }: Moment): Settled | undefined {
  const evidence = attempt.outcomes.map((outcome) => outcome.evidence)
  if (guard || !attempt.steady || judgement.state === 'settled' || isStill(judgement, stillMs))
    return { status: 'passed', evidence, attempt }
  if (!last) return undefined
  const againInMs = judgement.state === 'young' ? judgement.steadyInMs : LONGEST_PAUSE_MS
  return { status: 'not-yet', evidence: [...evidence, unfinished(judgement)], attempt, againInMs }
}

const isStill = (judgement: Judgement, stillMs: number) =>
  judgement.state === 'progressing' && judgement.patienceMs !== undefined && stillMs >= judgement.patienceMs

function concludeFailing(look: Look, judgement: Judgement, { guard, stillMs, last, once }: Moment): Settled | undefined {
  const { attempt, unmet } = look
  const evidence = [...attempt.outcomes.map((outcome) => outcome.evidence), ...(unmet ? [unmet.evidence] : [])]
  const failing = attempt.outcomes.filter((outcome) => !outcome.holds)
  const absent = unmet ? unmet.kind === 'absent' : failing.every((outcome) => outcome.absent)
  const wrong: CheckStatus = absent && !guard ? 'not-yet' : 'failed'
  const moving = judgement.state !== 'settled' && !isStill(judgement, stillMs)
  const quietMs = attempt.quietMs ?? (unmet?.sure ? 0 : attempt.uses.probe ? QUIET_AFTER_PROBE_MS : QUIET_MS)
  if (!moving && unmet?.kind !== 'progressing' && (once || stillMs >= quietMs)) return { status: wrong, evidence, attempt }
  if (!last) return undefined
  const still = moving ? [unfinished(judgement)] : []
  return {
    status: moving || unmet?.kind === 'progressing' ? 'not-yet' : wrong,
    evidence: [...evidence, ...still],
    attempt,
    againInMs: QUIET_MS,
  }
}

const unfinished = ({ why, state, of }: Judgement): Evidence => ({
  holds: false,
  subject: of ?? message('subject.cluster'),
  expected: message(state === 'young' ? 'expected.steady' : 'expected.settled'),
  found: why ?? message('found.unsteady'),
})

/** The API server says nothing. Where its node is there, that is what was found; where we cannot tell, the fault may be ours. */
async function concludeSilence(
  look: Look,
  options: SettleOptions,
  { stillMs, last }: Pick<Moment, 'stillMs' | 'last'>,
): Promise<Settled | undefined> {
  if (!last && stillMs < Math.max(SILENCE_MS, look.attempt.quietMs ?? 0)) return undefined
  const why = look.silent?.message ?? 'it stopped answering'
  if (!(await options.nodeAnswers())) throw new ApiSilent(why)
  const evidence: Evidence = {
    holds: false,
    subject: message('subject.api-server'),
    expected: message('expected.answers'),
    found: message('found.silent', { why }),
    seeWith: 'kubectl get --raw /readyz',
  }
  return { status: 'failed', evidence: [evidence], attempt: look.attempt, againInMs: QUIET_MS }
}
