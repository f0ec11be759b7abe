/** A learner's pass through a lab: one attempt a learner and lab, resumed whenever the lab is opened again. */
import {
  type AttemptId,
  attemptId,
  type CheckpointId,
  LabError,
  type Language,
  type LearnerId,
  type Reveal,
} from '@wheelhouse/protocol'
import type { Lab } from '../catalogue/catalogue.js'
import { KeyedQueue } from '../keyed-queue.js'
import { newId } from '../store/ids.js'
import type { AttemptRecord } from '../store/repositories/attempts.js'
import type { EnvironmentRecord } from '../store/repositories/environments.js'
import { TaskChecks } from './checks.js'
import { type Announce, type AttemptContext, type AttemptedTask, attemptedTasks, newTaskRecords } from './context.js'
import { goBack } from './going-back.js'
import { KeptStates } from './kept-states.js'
import { LiveGrading } from './live.js'
import { maxPointsOf } from './score.js'
import { TaskSetups } from './setups.js'
import { AttemptViews } from './views.js'

export class Attempts {
  readonly views: AttemptViews
  readonly kept: KeptStates
  readonly #context: AttemptContext
  readonly #setups: TaskSetups
  readonly #checks: TaskChecks
  readonly #live: LiveGrading
  /** Two tabs that open a lab at once find one attempt. */
  readonly #starting = new KeyedQueue<LearnerId>()
  readonly #announcing = new KeyedQueue<AttemptId>()
  readonly #unsubscribe: (() => void)[]

  constructor(context: AttemptContext) {
    this.#context = context
    this.kept = new KeptStates(context)
    this.#checks = new TaskChecks(context, this.#announce, this.kept)
    this.#setups = new TaskSetups(context, this.#announce, this.kept)
    this.#live = new LiveGrading(context, { checks: this.#checks, announce: this.#announce })
    this.views = new AttemptViews(context, this.#checks)
    this.#unsubscribe = [
      context.environments.onChange((record) => void this.#environmentChanged(record)),
      context.hub.onPresence((learner) => void this.#presenceChanged(learner)),
    ]
  }

  /**
   * The learner's attempt at the lab with an environment on its way to ready: made where there is none, started where it is stopped.
   *
   * @throws LabError `NOT_FOUND`, `QUOTA_REACHED`, `ENGINE_UNSUPPORTED`, `ENGINE_UNAVAILABLE`
   */
  start(learner: LearnerId, labId: string): Promise<AttemptRecord> {
    return this.#starting.run(learner, async () => {
      const lab = this.#lab(labId)
      const existing = await this.#context.store.attempts.byLab(learner, labId)
      // Who is refused has begun nothing, and is not told afterwards to go on with it.
      if (!existing) await this.#context.environments.refuseNewFor(learner)
      const attempt = existing ?? (await this.#create(learner, lab))
      if (existing) await this.#addNewTasks(existing, lab)
      await this.#ensureEnvironment(attempt, lab)
      return this.#touched(attempt)
    })
  }

  /** @throws LabError `NOT_FOUND` where there is none, or it is somebody else's */
  async get(learner: LearnerId, id: AttemptId): Promise<AttemptRecord> {
    const attempt = await this.#context.store.attempts.byId(id)
    if (attempt?.learner !== learner) throw new LabError('NOT_FOUND')
    return attempt
  }

  async saveStep(attempt: AttemptRecord, step: string): Promise<AttemptRecord> {
    await this.#context.store.attempts.update(attempt.id, { step })
    return this.#touched(attempt)
  }

  /** Asks for a check; the verdict comes as an event. @throws LabError as `TaskChecks.request` */
  async check(attempt: AttemptRecord, task: string): Promise<AttemptRecord> {
    await this.#checks.request(await this.#task(attempt, task))
    return this.#touched(attempt)
  }

  /** Brings a task back to its start; points that were won stay. @throws LabError `ENVIRONMENT_NOT_READY` */
  async resetTask(attempt: AttemptRecord, task: string): Promise<AttemptRecord> {
    const attempted = await this.#task(attempt, task)
    await this.#refuseUnlessReady(attempt)
    await this.#checks.cancel(attempt.id, task)
    this.#background(this.#setups.reset(attempted), attempt.id)
    return this.#touched(attempt)
  }

  /** Brings every task of the lab back to its start. @throws LabError `ENVIRONMENT_NOT_READY` */
  async reset(attempt: AttemptRecord): Promise<AttemptRecord> {
    await this.#refuseUnlessReady(attempt)
    for (const { record } of await attemptedTasks(this.#context, attempt)) await this.#checks.cancel(attempt.id, record.task)
    const setUp = await this.#setups.resetAll(attempt)
    this.#background(setUp(), attempt.id)
    return this.#touched(attempt)
  }

  /** Takes the environment, and how its tasks stood, back to a kept state. Points stay. @throws LabError as `goBack` */
  async goBack(environment: EnvironmentRecord, checkpoint: CheckpointId): Promise<void> {
    const parts = { context: this.#context, setups: this.#setups, checks: this.#checks, kept: this.kept }
    for (const { id } of await goBack(parts, environment, checkpoint)) {
      this.#announce(id)
      this.#background(this.#setups.continue(id), id)
    }
  }

  /** Another environment in the place of one that cannot come back. Points stay; every task is set up anew. */
  async rebuild(environment: EnvironmentRecord): Promise<EnvironmentRecord> {
    const { store, environments } = this.#context
    const [attempt] = await store.attempts.ofEnvironment(environment.id)
    if (!attempt) throw new LabError('NOT_FOUND')
    const lab = this.#lab(attempt.lab)
    await environments.remove(environment)
    return this.#newEnvironment(attempt, lab)
  }

  /** Records the reveal, then hands the text out. @throws LabError `NOT_FOUND` */
  async reveal(
    attempt: AttemptRecord,
    { task, reveal, language }: { task: string; reveal: Reveal; language: Language },
  ): Promise<string> {
    const { task: content } = await this.#task(attempt, task)
    const texts = {
      'hint-1': content.hintsHtml[language][0],
      'hint-2': content.hintsHtml[language][1],
      solution: content.solutionHtml[language],
    }
    const html = texts[reveal]
    if (html === undefined) throw new LabError('NOT_FOUND')
    await this.#context.store.attempts.addReveal(attempt.id, task, reveal, this.#context.clock.now())
    this.#announce(attempt.id)
    return html
  }

  /** Goes on with every attempt where a server before this one stopped. */
  async resume(): Promise<void> {
    for (const record of await this.#context.environments.rows.living()) await this.#environmentChanged(record)
  }

  /** Resolves when nothing is being set up, checked or announced. */
  async settled(): Promise<void> {
    await this.#setups.idle()
    await this.#checks.idle()
    await this.#announcing.idle()
  }

  async close(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    await this.#live.close()
    await this.#checks.close()
    for (const { id } of await this.#context.environments.rows.living()) this.#setups.interrupt(id)
    await this.settled()
  }

  readonly #announce: Announce = (id) => {
    this.#background(
      this.#announcing.run(id, async () => {
        const attempt = await this.#context.store.attempts.byId(id)
        if (!attempt) return
        await this.#live.sync(id)
        if (!this.#context.hub.isPresent(attempt.learner)) return
        this.#context.hub.publish(attempt.learner, { type: 'attempt', attempt: await this.views.view(attempt) })
      }),
      id,
    )
  }

  async #environmentChanged(record: EnvironmentRecord): Promise<void> {
    if (record.learner === null || record.state.phase === 'provisioning' || record.state.phase === 'queued') return
    if (record.state.phase !== 'ready') this.#setups.interrupt(record.id)
    try {
      for (const attempt of await this.#context.store.attempts.ofEnvironment(record.id)) {
        if (record.state.phase === 'ready') await this.#goOn(attempt)
        await this.#live.sync(attempt.id)
      }
    } catch (error) {
      this.#context.log.error({ err: error, environment: record.id }, 'attempts did not follow their environment')
    }
  }

  /** In an environment that runs: what waits is set up, and checks that were asked for before a restart are run. */
  async #goOn(attempt: AttemptRecord): Promise<void> {
    this.#background(this.#setups.continue(attempt.id), attempt.id)
    for (const attempted of await attemptedTasks(this.#context, attempt))
      if (attempted.record.checkRequestedAtMs !== null && attempted.record.setup.status === 'done') this.#checks.run(attempted)
  }

  async #presenceChanged(learner: LearnerId): Promise<void> {
    for (const attempt of await this.#context.store.attempts.ofLearner(learner)) await this.#live.sync(attempt.id)
  }

  async #create(learner: LearnerId, lab: Lab): Promise<AttemptRecord> {
    const nowMs = this.#context.clock.now()
    const attempt: AttemptRecord = {
      id: attemptId(newId()),
      learner,
      lab: lab.manifest.id,
      environment: null,
      step: lab.steps.en[0]?.id ?? '',
      contentVersion: lab.contentVersion,
      startedAtMs: nowMs,
      lastSeenAtMs: nowMs,
      finishedAtMs: null,
      points: 0,
      maxPoints: lab.tasks.reduce((sum, task) => sum + maxPointsOf(task), 0),
    }
    await this.#context.store.transaction(({ attempts }) => attempts.add(attempt, newTaskRecords(attempt.id, lab)))
    return attempt
  }

  /** The lab may have grown since the attempt began. */
  async #addNewTasks(attempt: AttemptRecord, lab: Lab): Promise<void> {
    const known = new Set((await this.#context.store.attempts.tasks(attempt.id)).map((record) => record.task))
    for (const record of newTaskRecords(attempt.id, lab))
      if (!known.has(record.task)) await this.#context.store.attempts.addTask(record)
    const maxPoints = lab.tasks.reduce((sum, task) => sum + maxPointsOf(task), 0)
    await this.#context.store.attempts.update(attempt.id, { contentVersion: lab.contentVersion, maxPoints })
  }

  async #ensureEnvironment(attempt: AttemptRecord, lab: Lab): Promise<void> {
    const { environments } = this.#context
    const current = attempt.environment ? await environments.rows.byId(attempt.environment) : undefined
    if (!current || current.wanted === 'deleted' || current.state.phase === 'deleted') await this.#newEnvironment(attempt, lab)
    else if (current.state.phase === 'stopped') await environments.start(current)
    else if (current.state.phase === 'ready') await this.#goOn(attempt)
  }

  async #newEnvironment(attempt: AttemptRecord, lab: Lab): Promise<EnvironmentRecord> {
    const environment = await this.#context.environments.request(attempt.learner, lab)
    await this.#context.store.attempts.update(attempt.id, { environment: environment.id })
    await this.#setups.forget(attempt.id)
    // From the pool it is ready at once, and was so before the attempt knew it.
    await this.#environmentChanged(environment)
    return environment
  }

  async #refuseUnlessReady(attempt: AttemptRecord): Promise<void> {
    if (!attempt.environment) throw new LabError('ENVIRONMENT_NOT_READY')
    await this.#context.environments.open(attempt.environment)
  }

  async #task(attempt: AttemptRecord, task: string): Promise<AttemptedTask> {
    const found = (await attemptedTasks(this.#context, attempt)).find((attempted) => attempted.record.task === task)
    if (!found) throw new LabError('NOT_FOUND')
    return found
  }

  #lab(id: string): Lab {
    const lab = this.#context.catalogue().lab(id)
    if (!lab) throw new LabError('NOT_FOUND')
    return lab
  }

  async #touched({ id }: AttemptRecord): Promise<AttemptRecord> {
    const { store, clock, environments } = this.#context
    await store.attempts.update(id, { lastSeenAtMs: clock.now() })
    const attempt = await store.attempts.byId(id)
    if (!attempt) throw new LabError('NOT_FOUND')
    if (attempt.environment) environments.touch(attempt.environment)
    this.#announce(id)
    return attempt
  }

  #background(work: Promise<unknown>, attempt: AttemptId): void {
    work.catch((error: unknown) => this.#context.log.error({ err: error, attempt }, 'work for an attempt failed'))
  }
}
