import { isTimeZone, parseSchedule, type Schedule, ScheduleError, zoneOffset } from '../objects/cron.js'
import { clone, controlledBy, controllerOf, type Draft, keyOf, sameJson } from '../objects/object.js'
import { isAlreadyExists, isNotFound, messageOf } from '../objects/status.js'
import type { CronJob, CronJobStatus, Job } from '../schema/kubernetes.generated.js'
import { parseTime, timestamp } from '../time/clock.js'
import { ending } from './job/conditions.js'
import {
  type Controller,
  defineController,
  done,
  type Outcome,
  type ReconcileContext,
  requeueAfter,
} from './runtime/controller.js'

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp'
/** Clocks differ a little. @see cronjob_controllerv2.go: nextScheduleDelta */
const PADDING_MS = 100
const MANY_MISSED = 100

type Reporter = (type: 'Normal' | 'Warning', reason: string, message: string) => void

/**
 * Makes a Job whenever the schedule says so. Models pkg/controller/cronjob (v1.36). One for each cluster: it remembers which schedule
 * it has followed, since a new one begins with its next time and makes up for none before.
 */
export function cronJobController(): Controller {
  const followed = new Map<string, { uid: string; timetable: string }>()
  return defineController({
    name: 'cronjob-controller',
    reconciles: 'CronJob',
    owns: ['Job'],
    async reconcile(context, key) {
      const cronJob = context.informers.get('CronJob', key)
      const before = followed.get(key)
      followed.delete(key)
      if (!cronJob) return done
      const { metadata, spec } = cronJob
      const timetable = JSON.stringify([spec.schedule, spec.timeZone])
      followed.set(key, { uid: metadata.uid, timetable })
      const isOther = before?.uid === metadata.uid && before.timetable !== timetable
      const sync = new CronSync(context, cronJob)
      return isOther ? sync.waitForNext() : sync.run()
    },
  })
}

class CronSync {
  readonly #status: CronJobStatus
  readonly #now: number
  readonly #report: Reporter
  constructor(
    readonly context: ReconcileContext,
    readonly cronJob: CronJob,
  ) {
    this.#status = clone(cronJob.status ?? {})
    this.#now = context.clock.now()
    this.#report = (type, reason, message) => context.events.record(cronJob, { type, reason, message })
  }

  /** @see cronjob_controllerv2.go: updateCronJob */
  waitForNext(): Outcome {
    const schedule = this.#parse()
    return schedule ? this.#next(schedule) : done
  }

  async run(): Promise<Outcome> {
    const { context, cronJob } = this
    const jobs = context.informers
      .list('Job', cronJob.metadata.namespace)
      .filter((job) => controllerOf(job)?.name === cronJob.metadata.name)
    await this.#trimHistory(jobs)
    let outcome = done
    try {
      await this.#followJobs(jobs)
      if (!cronJob.metadata.deletionTimestamp) outcome = await this.#schedule()
    } finally {
      if (this.#status.active?.length === 0) delete this.#status.active
      if (!sameJson(this.#status, cronJob.status ?? {}))
        await context.client.updateStatus('CronJob', { ...cronJob, status: this.#status })
    }
    return outcome
  }

  async #trimHistory(jobs: Job[]): Promise<void> {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = this.cronJob.spec
    for (const [type, limit] of [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const) {
      if (limit === undefined) continue
      const ended = jobs.filter((job) => ending(job)?.type === type && !job.metadata.deletionTimestamp).sort(byStart)
      for (const job of ended.slice(0, Math.max(0, ended.length - limit))) await this.#delete(job)
    }
  }

  async #delete(job: Job): Promise<void> {
    try {
      await this.context.client.delete('Job', keyOf(job), { propagation: 'Background', uid: job.metadata.uid })
    } catch (error) {
      this.#report('Warning', 'FailedDelete', `Deleted job: ${messageOf(error)}`)
      throw error
    }
    this.#forget(job.metadata.uid)
    this.#report('Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
  }

  #refuseGet(error: unknown): never {
    this.#report('Warning', 'FailedGet', `Get job: ${messageOf(error)}`)
    throw error
  }

  #isActive(uid: string): boolean {
    return this.#status.active?.some((each) => each.uid === uid) === true
  }
  #forget(uid: string | undefined): void {
    if (this.#status.active) this.#status.active = this.#status.active.filter((each) => each.uid !== uid)
  }

  async #followJobs(jobs: Job[]): Promise<void> {
    for (const job of jobs) await this.#follow(job)
    const { client, informers } = this.context
    for (const { namespace, name, uid } of [...(this.#status.active ?? [])]) {
      const key = `${namespace}/${name}`
      if (informers.get('Job', key)?.metadata.uid === uid) continue
      const isGone = await client.get('Job', key).then(() => false, isNotFound)
      if (!isGone) continue
      this.#report('Normal', 'MissingJob', `Active job went missing: ${name}`)
      this.#forget(uid)
    }
  }

  async #follow(job: Job): Promise<void> {
    const { uid, name } = job.metadata
    const end = ending(job)
    const isActive = this.#isActive(uid)
    if (!end && !isActive) {
      const live = await this.context.client.get('CronJob', keyOf(this.cronJob))
      if (live.status?.active?.some((each) => each.uid === uid)) this.#status.active = live.status.active
      else this.#report('Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${name}`)
    }
    if (!end) return
    if (isActive) {
      this.#forget(uid)
      this.#report('Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end.type}`)
    }
    const completed = end.type === 'Complete' ? job.status?.completionTime : undefined
    const last = this.#status.lastSuccessfulTime
    if (completed && (!last || parseTime(completed) > parseTime(last))) this.#status.lastSuccessfulTime = completed
  }

  async #schedule(): Promise<Outcome> {
    const { spec } = this.cronJob
    if (spec.timeZone !== undefined && !isTimeZone(spec.timeZone)) {
      const name = JSON.stringify(spec.timeZone)
      this.#report('Warning', 'UnknownTimeZone', `invalid timeZone: ${name}: unknown time zone ${spec.timeZone}`)
      return done
    }
    if (spec.suspend) return done
    const schedule = this.#parse()
    if (!schedule) return done
    if (!this.#comes(schedule)) return done
    const due = this.#due(schedule)
    if (due !== undefined && this.#mayStart(due)) await this.#start(due)
    return this.#next(schedule)
  }

  #parse(): Schedule | undefined {
    const { schedule, timeZone } = this.cronJob.spec
    try {
      return parseSchedule(schedule, timeZone)
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error
      const message = `unparseable schedule: ${JSON.stringify(schedule)} : ${error.message}`
      this.#report('Warning', 'UnparseableSchedule', message)
      return undefined
    }
  }

  /** Whether the schedule has times at all: `0 0 31 2 *` has none. */
  #comes(schedule: Schedule): boolean {
    if (schedule.next(this.#earliest(true)) !== undefined) return true
    const why = 'time difference between two schedules is less than 1 second'
    this.#report('Warning', 'InvalidSchedule', `invalid schedule: ${this.cronJob.spec.schedule} : ${why}`)
    return false
  }

  /** From when on starts may have been missed. */
  #earliest(withDeadline: boolean): number {
    const { metadata, spec } = this.cronJob
    const last = parseTime(this.#status.lastScheduleTime ?? metadata.creationTimestamp)
    if (!withDeadline || spec.startingDeadlineSeconds === undefined) return last
    return Math.max(last, this.#now - spec.startingDeadlineSeconds * 1000)
  }

  /** The latest time at which a Job should have started. */
  #due(schedule: Schedule): number | undefined {
    const { due, missed } = mostRecent(schedule, this.#earliest(true), this.#now)
    if (due !== undefined && missed > MANY_MISSED) {
      const advice = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'
      this.#report('Warning', 'TooManyMissedTimes', advice)
    }
    return due
  }

  #mayStart(due: number): boolean {
    const { spec, metadata } = this.cronJob
    const active = this.#status.active ?? []
    if (spec.startingDeadlineSeconds !== undefined && due + spec.startingDeadlineSeconds * 1000 < this.#now) {
      this.#report('Warning', 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(due)}`)
      return false
    }
    const isProcessed = parseTime(this.#status.lastScheduleTime) === due
    if (isProcessed || active.some((each) => each.name === jobName(metadata.name, due))) return false
    if (spec.concurrencyPolicy !== 'Forbid' || active.length === 0) return true
    const why = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    this.#report('Normal', 'JobAlreadyActive', why)
    return false
  }

  async #start(due: number): Promise<void> {
    const { client } = this.context
    if (this.cronJob.spec.concurrencyPolicy === 'Replace')
      for (const { namespace, name } of this.#status.active ?? [])
        await this.#delete(await client.get('Job', `${namespace}/${name}`).catch((error) => this.#refuseGet(error)))
    const draft = jobFor(this.cronJob, due)
    let job: Job
    try {
      job = await client.create('Job', draft)
      this.#report('Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`)
    } catch (error) {
      if (!isAlreadyExists(error)) {
        this.#report('Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`)
        throw error
      }
      job = await client.get('Job', `${this.cronJob.metadata.namespace}/${draft.metadata.name}`)
      if (controllerOf(job)?.uid !== this.cronJob.metadata.uid || this.#isActive(job.metadata.uid)) return
    }
    const { name, namespace, uid, resourceVersion } = job.metadata
    const reference = { apiVersion: 'batch/v1', kind: 'Job', name, namespace, uid, resourceVersion }
    this.#status.active = [...(this.#status.active ?? []), reference]
    this.#status.lastScheduleTime = timestamp(due)
  }

  #next(schedule: Schedule): Outcome {
    const earliest = this.#earliest(false)
    const { due, missed } = mostRecent(schedule, earliest, this.#now)
    const next = schedule.next(due ?? (missed === 0 ? earliest : this.#now))
    return next === undefined ? done : requeueAfter(Math.max(next + PADDING_MS - this.#now, PADDING_MS))
  }
}

/** The latest time of the schedule after `earliest` and not after `now`, and about how many there were. */
function mostRecent(schedule: Schedule, earliest: number, now: number): { due: number | undefined; missed: number } {
  const first = schedule.next(earliest)
  const second = first === undefined ? undefined : schedule.next(first)
  if (first === undefined || second === undefined || now < first) return { due: undefined, missed: 0 }
  if (now < second) return { due: first, missed: 0 }
  const interval = second - first
  const missed = Math.floor((now - first) / interval) + 1
  let due: number | undefined
  // From a little before, since the steps of a schedule need not be even.
  for (let at = schedule.next(first + (missed - 2) * interval); at !== undefined && at <= now; at = schedule.next(at)) due = at
  return { due, missed }
}

const jobName = (cronJob: string, due: number): string => `${cronJob}-${Math.floor(due / 60_000)}`

function jobFor(cronJob: CronJob, due: number): Draft<Job> {
  const { jobTemplate, timeZone = 'UTC' } = cronJob.spec
  const { labels, annotations } = jobTemplate.metadata ?? {}
  return {
    metadata: {
      name: jobName(cronJob.metadata.name, due),
      namespace: cronJob.metadata.namespace,
      ...(labels ? { labels } : {}),
      annotations: { ...annotations, [SCHEDULED_AT]: rfc3339(due, timeZone) },
      ownerReferences: [controlledBy(cronJob)],
    },
    spec: jobTemplate.spec ?? { template: {} },
  }
}

function rfc3339(ms: number, timeZone: string): string {
  const offset = zoneOffset(ms, timeZone)
  if (offset === 0) return timestamp(ms)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const size = Math.abs(offset)
  return `${timestamp(ms + offset * 60_000).slice(0, -1)}${offset < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`
}

const rfc1123 = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000')

const byStart = (a: Job, b: Job): number =>
  (parseTime(a.status?.startTime) || Number.POSITIVE_INFINITY) - (parseTime(b.status?.startTime) || Number.POSITIVE_INFINITY) ||
  a.metadata.name.localeCompare(b.metadata.name)
