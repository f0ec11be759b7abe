/**
 * Grades one task live. What a check has read is followed; a change runs again the checks that it concerns, soon but at most once in
 * three seconds. Such runs only read. Checks that act on the cluster, run on machines or read what cannot be followed have a slow timer.
 */
import type { CheckReport, Read } from '@wheelhouse/checkers/run'
import type { CheckResult, Verdict } from '@wheelhouse/protocol'
import type { ClusterWatch } from './cluster-watch.js'

export interface LiveTaskParts {
  checks: string[]
  watch: ClusterWatch
  /** Runs some checks once; reports each. Never rejects. */
  run: (checks: string[], mode: 'live' | 'slow', signal: AbortSignal) => Promise<CheckReport[]>
  /** @param notGradable checks that want a baseline, where there is none */
  verdictOf: (results: CheckResult[], notGradable: string[]) => Verdict
  onVerdict: (verdict: Verdict) => void
  timer?: LiveTimer
}

/** Time, so that tests can step it. @returns what cancels the call */
export type LiveTimer = { now: () => number; after: (ms: number, call: () => void) => () => void }

const realTimer: LiveTimer = {
  now: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms)
    return () => clearTimeout(timer)
  },
}

/** A burst of changes (a rollout) is one reason to look. */
const DEBOUNCE_MS = 300
/** Between the beginnings of two runs of one task. */
const PACE_MS = 3_000
/** Of the slow timer, for checks that do not hold yet, or that something happened to. */
const SLOW_MS = 15_000
/** Of the slow timer, for checks that hold. */
const SLOWEST_MS = 60_000
const NEVER = Number.POSITIVE_INFINITY

interface CheckState {
  result: CheckResult | undefined
  /** It compares with what was there at the start, and nobody noted that. */
  needsBaseline: boolean
  slow: boolean
  /** When something that it read changed first since it was last run; infinite where nothing has. */
  dirtyAt: number
  ranAt: number
  reads: Map<string, () => void>
}

const isDirty = ({ dirtyAt }: CheckState) => dirtyAt !== NEVER

export class LiveTask {
  readonly #parts: LiveTaskParts
  readonly #timer: LiveTimer
  readonly #stop = new AbortController()
  readonly #states: Map<string, CheckState>
  #running: Promise<void> | undefined
  #cancelTimer: (() => void) | undefined
  #ranAt = Number.NEGATIVE_INFINITY
  #told = ''
  /** When to look again at checks that nothing will announce, by check. */
  readonly #again = new Map<string, number>()

  constructor(parts: LiveTaskParts) {
    this.#parts = parts
    this.#timer = parts.timer ?? realTimer
    const fresh = (): CheckState => ({
      result: undefined,
      needsBaseline: false,
      slow: false,
      dirtyAt: Number.NEGATIVE_INFINITY,
      ranAt: Number.NEGATIVE_INFINITY,
      reads: new Map(),
    })
    this.#states = new Map(parts.checks.map((check) => [check, fresh()]))
    this.#plan()
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('live grading has ended'))
    this.#cancelTimer?.()
    for (const state of this.#states.values()) for (const stop of state.reads.values()) stop()
    await this.#running
  }

  /** Arranges the next run: as soon as there is something to do, and the pace allows it. */
  #plan(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (this.#stop.signal.aborted || this.#running) return
    const due = Math.min(...[...this.#states].map(([check, state]) => this.#dueAt(check, state)))
    if (due === NEVER) return
    const now = this.#timer.now()
    const at = Math.max(due, this.#ranAt + PACE_MS, now)
    this.#cancelTimer = this.#timer.after(at - now, () => this.#start())
  }

  /** A burst counts from its first change. */
  #dueAt(check: string, state: CheckState): number {
    if (state.needsBaseline && !isDirty(state)) return NEVER
    const again = this.#again.get(check) ?? NEVER
    if (!state.slow) return Math.min(again, state.dirtyAt + DEBOUNCE_MS)
    const unsettled = isDirty(state) || state.result?.status !== 'passed'
    return state.ranAt + (unsettled ? SLOW_MS : SLOWEST_MS)
  }

  #start(): void {
    this.#running = this.#turn().finally(() => {
      this.#running = undefined
      this.#plan()
    })
  }

  async #turn(): Promise<void> {
    const now = this.#timer.now()
    this.#ranAt = now
    const due = [...this.#states].filter(([check, state]) => this.#dueAt(check, state) <= now)
    const quick = due.filter(([, state]) => !state.slow).map(([check]) => check)
    const slow = due.filter(([, state]) => state.slow).map(([check]) => check)
    await this.#run(quick, 'live')
    // What the reading run found to need more is asked at once the first time, so that the first verdict is whole.
    const unknown = quick.filter((check) => this.#states.get(check)?.slow && !this.#states.get(check)?.result)
    await this.#run([...slow, ...unknown], 'slow')
    this.#tell()
  }

  async #run(checks: string[], mode: 'live' | 'slow'): Promise<void> {
    if (checks.length === 0 || this.#stop.signal.aborted) return
    for (const check of checks) {
      const state = this.#states.get(check)
      if (state) Object.assign(state, { dirtyAt: NEVER, ranAt: this.#timer.now() })
      this.#again.delete(check)
    }
    const reports = await this.#parts.run(checks, mode, this.#stop.signal)
    if (this.#stop.signal.aborted) return
    for (const report of reports) this.#take(report)
  }

  #take(report: CheckReport): void {
    const state = this.#states.get(report.check)
    if (!state) return
    state.slow ||= report.slow
    const isFault = report.result?.status === 'error'
    // A fault of ours is for the button to show; live, the last thing that was known stands, until it can be asked again.
    if (report.needsBaseline || (report.result && !isFault))
      Object.assign(state, { result: report.result ?? undefined, needsBaseline: report.needsBaseline === true })
    if (isFault) this.#askAgain(report.check, state)
    if (report.againInMs !== undefined) this.#again.set(report.check, this.#timer.now() + report.againInMs)
    if (!isFault) this.#followReads(report.check, state, report.reads)
  }

  /** At the pace of the slow timer: a fault may last. */
  #askAgain(check: string, state: CheckState): void {
    if (state.slow) state.dirtyAt = this.#timer.now()
    else this.#again.set(check, this.#timer.now() + SLOW_MS)
  }

  /** What is read anew is followed before what is no longer read is let go, so that a shared watch is not cut in between. */
  #followReads(check: string, state: CheckState, reads: Read[]): void {
    const wanted = new Map(reads.map((read) => [JSON.stringify(read), read]))
    for (const [key, read] of wanted) {
      if (!state.reads.has(key))
        state.reads.set(
          key,
          this.#parts.watch.follow(read, () => this.#changed(check)),
        )
    }
    for (const [key, stop] of state.reads) {
      if (wanted.has(key)) continue
      stop()
      state.reads.delete(key)
    }
  }

  #changed(check: string): void {
    const state = this.#states.get(check)
    if (!state || isDirty(state)) return
    state.dirtyAt = this.#timer.now()
    this.#plan()
  }

  #tell(): void {
    const states = [...this.#states]
    const isKnown = ({ result, needsBaseline }: CheckState) => result !== undefined || needsBaseline
    if (!states.every(([, state]) => isKnown(state)) || this.#stop.signal.aborted) return
    const results = states.flatMap(([, { result }]) => result ?? [])
    const notGradable = states.filter(([, { result }]) => !result).map(([check]) => check)
    const essence = JSON.stringify([results.map(({ tookMs: _, ...rest }) => rest), notGradable])
    if (essence === this.#told) return
    this.#told = essence
    this.#parts.onVerdict(this.#parts.verdictOf(results, notGradable))
  }
}
