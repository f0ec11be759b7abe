/** Who has which environment: asking for one, stopping, starting, giving up; and the way from a row to the engine's environment. */
import {
  type CheckpointId,
  type EnvironmentId,
  environmentId,
  LabError,
  type LearnerId,
  type StopReason,
} from '@wheelhouse/protocol'
import type { Lab } from '../catalogue/catalogue.js'
import type { Engine, Environment, EnvironmentSpec } from '../engines/engine.js'
import { formatBytes } from '../format.js'
import { newId } from '../store/ids.js'
import type { EnvironmentRecord, StoredState } from '../store/repositories/environments.js'
import { EnvironmentActions } from './actions.js'
import { admitted, type Bounds, queueOf, surplusOfPool } from './admission.js'
import { type EnvironmentContext, EnvironmentRows, type RecordListener } from './context.js'
import { isRunning } from './next-action.js'
import { Reconciler } from './reconciler.js'
import type { SandboxConsent } from './sandbox-consent.js'
import { clustersOf, shapeOf, unsupportedBy } from './shape.js'

/** A row bears this server's name for so long after its last renewal. */
export const LEASE_MS = 60_000
const GB = 1_000_000_000

/** What is allowed beyond the settings of environments. */
export interface Limits {
  bounds: Bounds
  /** Whether learners besides the owner may have machines whose root reaches this computer. */
  trustLearners: boolean
  /** Where the engine has no sandbox, nothing begins without it. */
  sandboxConsent: SandboxConsent
}

export class Environments {
  readonly rows: EnvironmentRows
  readonly bounds: Bounds
  /** The steps of what is being done to it now, newer than the row's. */
  readonly steps: EnvironmentActions['steps']
  readonly #context: EnvironmentContext & Limits
  readonly #reconciler: Reconciler
  readonly #handles = new Map<EnvironmentId, Promise<Environment>>()
  readonly #activity = new Map<EnvironmentId, number>()
  readonly #touchListeners = new Set<(id: EnvironmentId) => void>()
  /** No environment was left idle while there was no server to be active on. */
  readonly #startedAtMs: number
  /** Admissions one after another: two at once would count the same free places. */
  #admitting: Promise<void> = Promise.resolve()

  constructor(context: EnvironmentContext & Limits) {
    this.#context = context
    this.bounds = context.bounds
    this.#startedAtMs = context.clock.now()
    this.rows = new EnvironmentRows(context)
    const actions = new EnvironmentActions(context, this.rows)
    this.steps = (id) => actions.steps(id)
    this.#reconciler = new Reconciler({
      read: (id) => this.rows.byId(id),
      act: actions.act,
      afterAction: () => this.admit(),
      log: context.log,
    })
    this.rows.onChange((record) => {
      if (record.state.phase !== 'ready') this.#handles.delete(record.id)
    })
  }

  get engine(): Engine {
    return this.#context.engine
  }

  onChange(listener: RecordListener): () => void {
    return this.rows.onChange(listener)
  }

  /**
   * An environment for this learner and lab: one of the pool, ready or in the making, where there is one, else a new one in the queue.
   *
   * @throws LabError `QUOTA_REACHED`, `DISK_FULL`, `LEARNERS_NOT_TRUSTED`, `ENGINE_UNSUPPORTED`, `ENGINE_UNAVAILABLE`, `SANDBOX_UNCONFIRMED`,
   *   `SANDBOX_SHARED`, `SANDBOX_EXPOSED`
   */
  async request(learner: LearnerId, lab: Lab): Promise<EnvironmentRecord> {
    const spec = await this.specFor(lab)
    await this.refuseNewFor(learner)
    const nowMs = this.#context.clock.now()
    const shape = shapeOf(spec.clusters)
    const { engine, store } = this.#context
    const handedOver = { learner, lab: lab.manifest.id, lastActivityAtMs: nowMs, queuedAtMs: nowMs }
    const pooled = await store.environments.takeFromPool({ shape, engine: engine.name }, handedOver)
    if (pooled) return this.#handOver(pooled, spec.images)
    const record = this.newRecord({ learner, lab: lab.manifest.id, spec, shape })
    await this.rows.add(record)
    this.admit()
    return record
  }

  /**
   * Another environment of the same learner that begins as this one was at a checkpoint. It has no tasks.
   *
   * @throws LabError `ENGINE_UNSUPPORTED`, and as `request`
   */
  async fork({ id, learner, lab, shape, spec }: EnvironmentRecord, checkpoint: CheckpointId): Promise<EnvironmentRecord> {
    const { engine } = this.#context
    if (!(await engine.capabilities()).checkpoints)
      throw new LabError('ENGINE_UNSUPPORTED', { engine: engine.name, what: 'checkpoints' })
    if (learner) await this.refuseNewFor(learner)
    const from = { environment: id, checkpoint }
    const record = this.newRecord({ learner, lab, shape, spec: { ...spec, id: environmentId(newId()), from } })
    await this.rows.add(record)
    this.admit()
    return record
  }

  /** Whether one more would be refused now, for whoever asks before something else comes of it. @throws LabError as `request` */
  async refuseNewFor(learner: LearnerId): Promise<void> {
    await this.#refuseUntrusted(learner)
    await this.#context.sandboxConsent.require()
    await this.#refuseAboveQuota(learner)
    await this.#refuseWithoutSpace()
  }

  /** What a lab asks this engine for, under a new id. @throws LabError `ENGINE_UNSUPPORTED` */
  async specFor(lab: Pick<Lab, 'manifest'>): Promise<EnvironmentSpec> {
    const { engine } = this.#context
    const capabilities = await engine.capabilities()
    const unsupported = unsupportedBy(lab.manifest, { name: engine.name, capabilities })
    if (unsupported)
      throw new LabError('ENGINE_UNSUPPORTED', { engine: engine.name, what: lab.manifest.needs, ...unsupported.values })
    return { id: environmentId(newId()), clusters: clustersOf(lab.manifest, capabilities), images: lab.manifest.images }
  }

  newRecord(parts: Pick<EnvironmentRecord, 'learner' | 'lab' | 'spec' | 'shape'>): EnvironmentRecord {
    const nowMs = this.#context.clock.now()
    return {
      ...parts,
      id: parts.spec.id,
      engine: this.#context.engine.name,
      wanted: 'running',
      state: { phase: 'queued' },
      machines: [],
      keepOnFailure: this.#context.settings.keepOnFailure,
      serverId: this.#context.serverId,
      leaseUntilMs: nowMs + LEASE_MS,
      createdAtMs: nowMs,
      queuedAtMs: nowMs,
      phaseSinceMs: nowMs,
      lastActivityAtMs: nowMs,
      expiresAtMs: null,
    }
  }

  /** The engine's view of a ready environment. @throws LabError `ENVIRONMENT_NOT_READY`, `NOT_FOUND`, `SANDBOX_...` as `request` */
  async open(id: EnvironmentId): Promise<Environment> {
    const record = await this.rows.byId(id)
    if (!record) throw new LabError('NOT_FOUND')
    if (record.state.phase !== 'ready') throw new LabError('ENVIRONMENT_NOT_READY', { environment: id })
    await this.#context.sandboxConsent.require()
    const known = this.#handles.get(id)
    if (known) return known
    const opening = this.#context.engine.open(id)
    this.#handles.set(id, opening)
    opening.catch(() => this.#handles.delete(id))
    return opening
  }

  /** Starts a stopped one. @throws LabError `QUOTA_REACHED`, `CONFLICT`, `SANDBOX_...` as `request` */
  async start(record: EnvironmentRecord): Promise<EnvironmentRecord> {
    if (record.state.phase === 'ready' || record.state.phase === 'starting') return record
    if (record.state.phase !== 'stopped') throw conflict(record)
    await this.#context.sandboxConsent.require()
    if (record.learner) await this.#refuseAboveQuota(record.learner)
    await this.#refuseWithoutSpace()
    return this.#wish(record, { wanted: 'running', lastActivityAtMs: this.#context.clock.now() })
  }

  /** Frees its memory, keeps its disks. @throws LabError `CONFLICT` */
  async stop(record: EnvironmentRecord, reason: StopReason): Promise<EnvironmentRecord> {
    const { phase } = record.state
    if (phase === 'stopped' || phase === 'stopping') return record
    if (phase !== 'ready' && phase !== 'starting') throw conflict(record)
    const changed = await this.rows.enter(record.id, { phase: 'stopping', reason }, { wanted: 'stopped' })
    this.#reconciler.interrupt(record.id, 'stopped')
    return changed
  }

  /** Gives it up: what is being built is cut short, what exists is removed. */
  async remove(record: EnvironmentRecord): Promise<EnvironmentRecord> {
    if (record.state.phase === 'deleted') return record
    const changed = await this.rows.enter(record.id, { phase: 'deleting' }, { wanted: 'deleted' })
    this.#reconciler.interrupt(record.id, 'deleted')
    return changed
  }

  /** Queues a failed one again. @throws LabError `CONFLICT`, `QUOTA_REACHED`, `SANDBOX_...` as `request` */
  async retry(record: EnvironmentRecord, keepOnFailure: boolean): Promise<EnvironmentRecord> {
    if (record.state.phase !== 'failed') throw conflict(record)
    await this.#context.sandboxConsent.require()
    if (record.learner) await this.#refuseAboveQuota(record.learner)
    const queuedAtMs = this.#context.clock.now()
    const changed = await this.rows.enter(
      record.id,
      { phase: 'queued' },
      { wanted: 'running', queuedAtMs, keepOnFailure, expiresAtMs: null },
    )
    this.admit()
    return changed
  }

  /** Something happened in it: the idle countdown begins anew. Cheap; rests in memory until the next look at the deadlines. */
  touch(id: EnvironmentId): void {
    this.#activity.set(id, this.#context.clock.now())
    for (const listener of this.#touchListeners) listener(id)
  }

  onTouch(listener: (id: EnvironmentId) => void): void {
    this.#touchListeners.add(listener)
  }

  /** Those that this server drives and that are not deleted. */
  async mine(): Promise<EnvironmentRecord[]> {
    return (await this.rows.living()).filter((record) => record.serverId === this.#context.serverId)
  }

  /** The next `open` asks the engine anew. */
  forgetHandles(): void {
    this.#handles.clear()
  }

  /** When something last happened, the latest that is known. */
  lastActivity(record: EnvironmentRecord): number {
    return Math.max(record.lastActivityAtMs, this.#activity.get(record.id) ?? 0, this.#startedAtMs)
  }

  /** Stores the activity that rested in memory. */
  async storeActivity(): Promise<void> {
    const activity = [...this.#activity]
    this.#activity.clear()
    for (const [id, lastActivityAtMs] of activity) await this.#context.store.environments.update(id, { lastActivityAtMs })
  }

  /** Gives places to those who wait, as far as there are any. */
  admit(): void {
    this.#admitting = this.#admitting
      .then(() => this.#admitNow())
      .catch((error: unknown) => this.#context.log.error({ err: error }, 'the queue could not be looked at'))
  }

  /** Looks at every row that has something to do. */
  async wakeAll(): Promise<void> {
    for (const record of await this.rows.living())
      if (record.serverId === this.#context.serverId) this.#reconciler.wake(record.id)
    this.admit()
  }

  wake(id: EnvironmentId): void {
    this.#reconciler.wake(id)
  }

  isBusy(id: EnvironmentId): boolean {
    return this.#reconciler.isBusy(id)
  }

  /** Resolves when nothing is being built, started, stopped or removed, and nobody who could be admitted waits. */
  async settled(): Promise<void> {
    let admitting: Promise<void>
    do {
      admitting = this.#admitting
      await admitting
      await this.#reconciler.idle()
    } while (admitting !== this.#admitting)
  }

  /** Cuts work in progress short; rows and environments stay, and the next server goes on. */
  async close(): Promise<void> {
    await this.#reconciler.close()
    await this.#admitting
    await this.storeActivity()
  }

  async #admitNow(): Promise<void> {
    const living = await this.rows.living()
    const mine = living.filter((record) => record.serverId === this.#context.serverId)
    const begins = admitted(living, this.bounds).filter((record) => mine.includes(record))
    for (const record of begins) {
      await this.rows.enter(record.id, { phase: 'provisioning', steps: [], startedAtMs: this.#context.clock.now() })
      this.#reconciler.wake(record.id)
    }
    const surplus = begins.length === 0 ? surplusOfPool(mine, this.bounds) : undefined
    if (surplus) await this.remove(surplus)
    // Those that still wait have moved up.
    if (begins.length > 0) for (const record of queueOf(await this.rows.living())) this.rows.announce(record)
  }

  async #handOver(pooled: EnvironmentRecord, images: string[]): Promise<EnvironmentRecord> {
    const missing = images.filter((image) => !pooled.spec.images.includes(image))
    this.#context.log.info({ environment: pooled.id, missing }, 'environment handed over from the pool')
    if (missing.length === 0) {
      this.rows.announce(pooled)
      return pooled
    }
    const spec = { ...pooled.spec, images: [...pooled.spec.images, ...missing] }
    const state: StoredState = { phase: 'provisioning', steps: [], startedAtMs: this.#context.clock.now() }
    const changed = await this.rows.enter(pooled.id, state, { spec })
    this.#reconciler.interrupt(pooled.id, 'more images are wanted')
    return changed
  }

  async #wish(record: EnvironmentRecord, change: Partial<EnvironmentRecord>): Promise<EnvironmentRecord> {
    const changed = await this.rows.update(record.id, change)
    this.#reconciler.wake(record.id)
    return changed
  }

  /** Root on a node may be root on this computer: the owner's consent is needed for anybody else. */
  async #refuseUntrusted(learner: LearnerId): Promise<void> {
    const { engine, store, trustLearners } = this.#context
    if (trustLearners || !(await engine.capabilities()).rootReachesHost) return
    if ((await store.learners.byId(learner))?.role !== 'owner') throw new LabError('LEARNERS_NOT_TRUSTED')
  }

  async #refuseWithoutSpace(): Promise<void> {
    const floor = this.#context.settings.diskFloorGb * GB
    const { freeBytes } = await this.#context.diskSpace()
    if (freeBytes < floor) throw new LabError('DISK_FULL', { free: formatBytes(freeBytes), floor: formatBytes(floor) })
  }

  async #refuseAboveQuota(learner: LearnerId): Promise<void> {
    const limit = this.#context.settings.perLearner
    const mine = await this.#context.store.environments.ofLearner(learner)
    const count = mine.filter((record) => record.state.phase === 'queued' || isRunning(record)).length
    if (count >= limit) throw new LabError('QUOTA_REACHED', { count, limit })
  }
}

function conflict(record: EnvironmentRecord): LabError {
  return new LabError('CONFLICT', { why: `the environment is ${record.state.phase}` })
}
