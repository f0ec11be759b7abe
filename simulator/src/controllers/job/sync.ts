/** One look at one Job. Models syncJob of pkg/controller/job/job_controller.go (v1.36): count, judge, act, then write down. */
import { clone } from '../../objects/object.js'
import { ignoreMissing } from '../../objects/status.js'
import type { Job, JobStatus, Pod } from '../../schema/kubernetes.generated.js'
import { parseTime, timestamp } from '../../time/clock.js'
import { createPod, deletePod } from '../pod-control.js'
import { isActive, isReady } from '../pods.js'
import type { ReconcileContext } from '../runtime/controller.js'
import { failuresAfter, finishedAt, remaining } from './back-off.js'
import { conditionIn, type Verdict, withCondition } from './conditions.js'
import { firstFree, hasIndex, type Indexes, indexesOf, parseIndexes, sizeOf, union } from './indexes.js'
import {
  allIndexFailures,
  hasPlace,
  indexFailures,
  indexOf,
  isFailed,
  isIndexed,
  isSuspended,
  isTerminating,
  isTracked,
  limitsIndexes,
  podFor,
  TRACKING,
  toRemove,
  waitsForEnd,
} from './job-pods.js'
import type { JobMemory } from './memory.js'
import { judgeFailure, judgeSuccess } from './policies.js'
import { writeDown } from './tracking.js'

/** Most Pods made or removed before other work gets a turn. */
const BATCH_SIZE = 50

interface Look {
  context: ReconcileContext
  key: string
  job: Job
  pods: Pod[]
  memory: JobMemory
}

export class JobSync {
  readonly context: ReconcileContext
  readonly key: string
  readonly job: Job
  readonly pods: Pod[]
  readonly memory: ReturnType<JobMemory['of']>
  /** Becomes the new status. */
  readonly status: JobStatus
  readonly nowMs: number
  active: Pod[]
  activeCount: number
  ready: number
  terminating: number
  succeeded = 0
  failed = 0
  succeededBefore: Indexes = []
  succeededIndexes: Indexes = []
  failedIndexes: Indexes | undefined
  /** Failed Pods that stay until their index has a new one, which takes over their counts. */
  readonly awaiting = new Map<number, Pod>()
  verdict: Verdict | undefined
  failures: ReturnType<typeof failuresAfter>
  #again = Number.POSITIVE_INFINITY
  conditionsChanged = false

  constructor({ context, key, job, pods, memory }: Look) {
    this.context = context
    this.key = key
    this.job = job
    this.memory = memory.of(job)
    this.pods = isIndexed(job) ? [...pods].sort((a, b) => (indexOf(job, a) || 0) - (indexOf(job, b) || 0)) : pods
    this.status = clone(job.status ?? {})
    this.status.uncountedTerminatedPods ??= {}
    this.nowMs = context.clock.now()
    this.active = this.pods.filter(isActive)
    this.activeCount = this.active.length
    this.ready = this.active.filter(isReady).length
    this.terminating = this.pods.filter(isTerminating).length
    this.failures = this.memory.failures
  }

  /** @returns milliseconds after which to look again; Infinity for not before something changes */
  async run(): Promise<number> {
    this.#forgetReleased()
    this.#count()
    const isSettled = !this.context.expectations.pending(this.key)
    this.#judge()
    let failure: unknown
    try {
      if (this.verdict) await this.#stopAll(isSettled)
      else await this.#goOn(isSettled)
    } catch (error) {
      failure = error
    }
    await writeDown(this)
    if (failure) throw failure
    return this.#again
  }

  lookAgainIn(ms: number): void {
    this.#again = Math.min(this.#again, Math.max(ms, 0))
  }

  #forgetReleased(): void {
    const shown = new Set(this.pods.filter(isTracked).map((pod) => pod.metadata.uid))
    for (const uid of this.memory.released) if (!shown.has(uid)) this.memory.released.delete(uid)
  }

  /** Whether the Pod is still to be counted. */
  isOpen(pod: Pod): boolean {
    return isTracked(pod) && !this.memory.released.has(pod.metadata.uid)
  }

  #count(): void {
    const { job, status } = this
    const uncounted = status.uncountedTerminatedPods ?? {}
    const open = this.pods.filter((pod) => this.isOpen(pod) && hasPlace(job, pod))
    const succeeded = open.filter((pod) => pod.status?.phase === 'Succeeded' && !uncounted.succeeded?.includes(pod.metadata.uid))
    const failed = open.filter((pod) => isFailed(job, pod) && !uncounted.failed?.includes(pod.metadata.uid))
    this.succeeded = (status.succeeded ?? 0) + succeeded.length + (uncounted.succeeded?.length ?? 0)
    const counting = failed.filter((pod) => judgeFailure(job, pod).counts).length
    this.failed = (status.failed ?? 0) + counting + (uncounted.failed?.length ?? 0)
    this.failures = failuresAfter(this.memory.failures, succeeded, failed)
    if (!status.startTime && !isSuspended(job)) status.startTime = timestamp(this.nowMs)
    if (isIndexed(job)) this.#countIndexes()
  }

  #countIndexes(): void {
    const { job } = this
    const completions = job.spec.completions ?? 0
    const placed = this.pods.filter((pod) => isTracked(pod) && hasPlace(job, pod))
    const ofPods = (pods: Pod[]) => indexesOf(pods.map((pod) => indexOf(job, pod)))
    this.succeededBefore = parseIndexes(job.status?.completedIndexes, completions)
    this.succeededIndexes = union(this.succeededBefore, ofPods(placed.filter((pod) => pod.status?.phase === 'Succeeded')))
    this.succeeded = sizeOf(this.succeededIndexes)
    if (!limitsIndexes(job)) return
    const before = parseIndexes(job.status?.failedIndexes, completions)
    this.failedIndexes = union(before, ofPods(placed.filter((pod) => this.#endsIndex(pod))))
    this.#findAwaiting(placed)
  }

  #endsIndex(pod: Pod): boolean {
    if (!isFailed(this.job, pod)) return false
    const { action, counts } = judgeFailure(this.job, pod)
    return action === 'FailIndex' || (counts && indexFailures(pod) >= (this.job.spec.backoffLimitPerIndex ?? 0))
  }

  #findAwaiting(placed: Pod[]): void {
    const running = indexesOf(this.active.map((pod) => indexOf(this.job, pod)).filter((index) => !Number.isNaN(index)))
    const settled = union(this.succeededIndexes, this.failedIndexes ?? [], running)
    for (const pod of placed) {
      const index = indexOf(this.job, pod)
      if (!this.isOpen(pod) || !isFailed(this.job, pod) || hasIndex(settled, index)) continue
      const other = this.awaiting.get(index)
      const isLater = !other || (allIndexFailures(other) <= allIndexFailures(pod) && finishedAt(pod) >= finishedAt(other))
      if (isLater) this.awaiting.set(index, pod)
    }
  }

  /** Whether the Job is decided; an earlier verdict stands. */
  #judge(): void {
    const { job } = this
    const earlier = conditionIn(job, 'SuccessCriteriaMet') ?? conditionIn(job, 'FailureTarget')
    if (earlier)
      this.verdict = { type: earlier.type as Verdict['type'], reason: earlier.reason ?? '', message: earlier.message ?? '' }
    else this.verdict = this.#failureByPods() ?? this.#failureByLimits() ?? this.#failureByIndexes() ?? this.#success()
  }

  #failureByPods(): Verdict | undefined {
    const message = this.pods
      .filter((pod) => isFailed(this.job, pod))
      .map((pod) => judgeFailure(this.job, pod).message)
      .find(Boolean)
    return message ? { type: 'FailureTarget', reason: 'PodFailurePolicy', message } : undefined
  }

  #failureByLimits(): Verdict | undefined {
    const { spec } = this.job
    const fail = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message })
    if (this.failed > (spec.backoffLimit ?? 6) || this.#restartsTooOften())
      return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
    if (spec.activeDeadlineSeconds === undefined || isSuspended(this.job)) return undefined
    const left = parseTime(this.status.startTime) + spec.activeDeadlineSeconds * 1000 - this.nowMs
    if (left <= 0) return fail('DeadlineExceeded', 'Job was active longer than specified deadline')
    this.lookAgainIn(left)
    return undefined
  }

  #restartsTooOften(): boolean {
    const { backoffLimit = 6, template } = this.job.spec
    if (template.spec?.restartPolicy !== 'OnFailure') return false
    const open = this.pods.filter((pod) => pod.status?.phase === 'Running' || pod.status?.phase === 'Pending')
    const statuses = open.flatMap((pod) => [
      ...(pod.status?.initContainerStatuses ?? []),
      ...(pod.status?.containerStatuses ?? []),
    ])
    const restarts = statuses.reduce((sum, each) => sum + each.restartCount, 0)
    return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit
  }

  #failureByIndexes(): Verdict | undefined {
    const { maxFailedIndexes, completions = 0 } = this.job.spec
    const failed = sizeOf(this.failedIndexes ?? [])
    const fail = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message })
    if (maxFailedIndexes !== undefined && failed > maxFailedIndexes)
      return fail('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes')
    return failed > 0 && failed + this.succeeded >= completions ? fail('FailedIndexes', 'Job has failed indexes') : undefined
  }

  #success(): Verdict | undefined {
    const message = isIndexed(this.job) ? judgeSuccess(this.job, this.succeededIndexes) : undefined
    return message ? { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message } : undefined
  }

  /** The Job is decided: what still runs ends. Its Pods keep their finalizer until they are counted. */
  async #stopAll(isSettled: boolean): Promise<void> {
    const { context, job } = this
    for (const pod of this.active) await deletePod(context, job, pod).catch(ignoreMissing)
    this.terminating += this.active.length
    this.ready = 0
    this.activeCount = 0
    // A Pod that the informer has not shown yet would stay behind.
    if (!isSettled) this.verdict = undefined
  }

  async #goOn(isSettled: boolean): Promise<void> {
    const { job } = this
    const manages = isSettled && !job.metadata.deletionTimestamp
    if (manages) await this.#manage()
    const { completions } = job.spec
    const isComplete = this.activeCount === 0 && (completions === undefined ? this.succeeded > 0 : this.succeeded >= completions)
    if (isComplete)
      this.verdict = {
        type: 'SuccessCriteriaMet',
        reason: 'CompletionsReached',
        message: 'Reached expected number of succeeded pods',
      }
    else if (manages) this.#tellSuspension()
  }

  #tellSuspension(): void {
    const { context, job, status, nowMs } = this
    const before = status.conditions ?? []
    const suspended = isSuspended(job)
    const [reason, message] = suspended ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed']
    const verdict = { type: 'Suspended', reason, message } as const
    const after = withCondition(before, verdict, { status: suspended ? 'True' : 'False', nowMs })
    if (after === before) return
    this.conditionsChanged = true
    status.conditions = after
    context.events.record(job, { type: 'Normal', reason: suspended ? 'Suspended' : 'Resumed', message })
    if (suspended) delete status.startTime
    else status.startTime = timestamp(nowMs)
  }

  /** Brings the number of active Pods to what is wanted, by removing or by making some. */
  async #manage(): Promise<void> {
    const wanted = this.#wanted()
    const surplus = toRemove(this.job, this.active, isSuspended(this.job) ? this.active.length : this.active.length - wanted)
    if (surplus.length > 0) await this.#remove(surplus.slice(0, BATCH_SIZE))
    else await this.#make(wanted - this.active.length - (waitsForEnd(this.job) ? this.terminating : 0))
    if (surplus.length > BATCH_SIZE) this.lookAgainIn(0)
  }

  #wanted(): number {
    const { completions, parallelism = 1 } = this.job.spec
    if (isSuspended(this.job)) return 0
    if (completions === undefined) return this.succeeded > 0 ? this.active.length : parallelism
    return Math.max(0, Math.min(completions - this.succeeded, parallelism))
  }

  async #remove(surplus: Pod[]): Promise<void> {
    const { context, job, key } = this
    await context.expectations.deletes(key, surplus, async (pod) => {
      await this.release(pod)
      await deletePod(context, job, pod)
      this.activeCount--
      this.terminating++
      if (isReady(pod)) this.ready--
    })
  }

  async #make(missing: number): Promise<void> {
    if (missing <= 0) return
    const { context, job, key, nowMs } = this
    const wait = limitsIndexes(job) ? 0 : remaining(this.failures, nowMs)
    if (wait > 0) return this.#wait(wait)
    const count = Math.min(missing, BATCH_SIZE)
    const indexes = isIndexed(job) ? this.#freeIndexes(count) : undefined
    if (indexes?.length === 0) return
    const drafts = indexes
      ? indexes.map((index) => podFor(job, index, this.awaiting.get(index)))
      : Array.from({ length: count }, () => podFor(job))
    if (missing > BATCH_SIZE) this.lookAgainIn(0)
    await context.expectations.creates(key, drafts, async (draft) => {
      const pod = await createPod(context, job, draft)
      this.activeCount++
      return pod
    })
  }

  #wait(ms: number): void {
    this.lookAgainIn(ms)
    // As upstream has it: while a back-off lasts, none counts as active.
    this.activeCount = 0
  }

  #freeIndexes(count: number): number[] {
    const { job } = this
    const busy = [...this.active, ...(waitsForEnd(job) ? this.pods.filter(isTerminating) : [])]
    const taken = indexesOf(busy.map((pod) => indexOf(job, pod)).filter((index) => !Number.isNaN(index)))
    const free = firstFree(union(this.succeededIndexes, taken, this.failedIndexes ?? []), count, job.spec.completions ?? 0)
    const waits = new Map(free.map((index) => [index, this.#indexWait(index)]))
    const now = free.filter((index) => waits.get(index) === 0)
    const soonest = Math.min(...[...waits.values()].filter((ms) => ms > 0))
    if (now.length === 0 && free.length > 0) this.#wait(soonest)
    else if (Number.isFinite(soonest)) this.lookAgainIn(soonest)
    return now
  }

  #indexWait(index: number): number {
    const pod = this.awaiting.get(index)
    return pod ? remaining({ sinceSuccess: allIndexFailures(pod) + 1, lastMs: finishedAt(pod) }, this.nowMs) : 0
  }

  /** Takes the finalizer off, so that the Pod may go. */
  async release(pod: Pod): Promise<void> {
    if (!this.isOpen(pod)) return
    this.memory.released.add(pod.metadata.uid)
    await releasePod(this.context, pod)
  }
}

export async function releasePod({ client }: ReconcileContext, pod: Pod): Promise<void> {
  const finalizers = (pod.metadata.finalizers ?? []).filter((each) => each !== TRACKING)
  const { name, namespace, uid } = pod.metadata
  await client.patch('Pod', `${namespace}/${name}`, { metadata: { uid, finalizers } }).catch(ignoreMissing)
}
