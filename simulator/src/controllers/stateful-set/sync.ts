/** One look at one StatefulSet. Models updateStatefulSet of pkg/controller/statefulset/stateful_set_control.go (v1.36). */
import { keyOf } from '../../objects/object.js'
import { isAlreadyExists, isNotFound, messageOf } from '../../objects/status.js'
import type { ControllerRevision, Pod, StatefulSet } from '../../schema/kubernetes.generated.js'
import { isAvailable, isOver, isReady } from '../pods.js'
import { templateOf } from '../revisions.js'
import type { ReconcileContext } from '../runtime/controller.js'
import { ensureClaims, hasStaleClaim, ownClaims } from './claims.js'
import { firstOrdinal, hasIdentity, identityLabels, isWanted, ordinalOf, podFor, podName, revisionOf } from './identity.js'

interface Look {
  context: ReconcileContext
  key: string
  set: StatefulSet
  pods: Pod[]
  /** The revision that Pods were made from until now, and the one of the present template. */
  current: ControllerRevision
  update: ControllerRevision
}

/** What a step says: whether the next Pod may have its turn. */
type Step = 'next' | 'wait'

export class StatefulSync {
  readonly #nowMs: number
  /** By ordinal, those that are there and belong there. */
  readonly #replicas = new Map<number, Pod>()
  /** Those beyond the wanted number, the last first. */
  readonly #condemned: Pod[]
  #removedForUpdate = 0

  constructor(readonly look: Look) {
    const { set, pods, context } = look
    this.#nowMs = context.clock.now()
    for (const pod of pods) if (isWanted(set, ordinalOf(set, pod))) this.#replicas.set(ordinalOf(set, pod), pod)
    this.#condemned = pods
      .filter((pod) => !isWanted(set, ordinalOf(set, pod)))
      .sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a))
  }

  get #inOrder(): boolean {
    return this.look.set.spec.podManagementPolicy !== 'Parallel'
  }
  get #ordinals(): number[] {
    const { set } = this.look
    return Array.from({ length: set.spec.replicas ?? 1 }, (_, index) => firstOrdinal(set) + index)
  }

  /** Takes every step that can be taken now. @throws the first failure */
  async run(): Promise<void> {
    const { context, set } = this.look
    if (set.metadata.deletionTimestamp) return
    if ((await this.#each(this.#ordinals, (ordinal) => this.#tend(ordinal))) === 'wait') return
    for (const pod of this.#condemned) await ownClaims(context, set, pod)
    const firstDown = this.#firstUnavailable()
    if ((await this.#each(this.#condemned, (pod) => this.#condemn(pod, firstDown))) === 'wait') return
    if (set.spec.updateStrategy?.type !== 'OnDelete') await this.#roll()
  }

  /**
   * One after the other, where the set keeps an order; else in batches that double, so that what fails is tried no further.
   * @see stateful_set_control.go: slowStartBatch
   */
  async #each<T>(items: T[], step: (item: T) => Promise<Step>): Promise<Step> {
    if (this.#inOrder) {
      for (const item of items) if ((await step(item)) === 'wait') return 'wait'
      return 'next'
    }
    for (let first = 0, size = 1; first < items.length; first += size, size *= 2) {
      let failure: unknown
      for (const item of items.slice(first, first + size))
        await step(item).catch((error) => {
          failure ??= error
        })
      if (failure) throw failure
    }
    return 'next'
  }

  #isUp(pod: Pod): boolean {
    return pod.status?.phase === 'Running' && isReady(pod)
  }
  #isAvailable(pod: Pod): boolean {
    return isAvailable(pod, this.look.set.spec.minReadySeconds ?? 0, this.#nowMs)
  }
  #isDown(pod: Pod | undefined): boolean {
    return !pod || !this.#isAvailable(pod) || Boolean(pod.metadata.deletionTimestamp)
  }
  #firstUnavailable(): Pod | undefined {
    const inOrder = [...this.#ordinals.map((ordinal) => this.#replicas.get(ordinal)), ...[...this.#condemned].reverse()]
    return inOrder.find((pod) => this.#isDown(pod))
  }

  async #tend(ordinal: number): Promise<Step> {
    const { context, set } = this.look
    const pod = this.#replicas.get(ordinal)
    if (!pod) {
      if (hasStaleClaim(context, set, ordinal)) return 'wait'
      await this.#create(ordinal)
      return this.#inOrder ? 'wait' : 'next'
    }
    if (isOver(pod)) {
      if (!pod.metadata.deletionTimestamp) await this.#delete(pod)
      return 'wait'
    }
    if (pod.status?.phase === 'Pending') {
      await ensureClaims(context, set, ordinal)
      await ownClaims(context, set, pod)
    }
    if (this.#inOrder && (pod.metadata.deletionTimestamp || !this.#isUp(pod) || !this.#isAvailable(pod))) return 'wait'
    const isOwned = !(await ownClaims(context, set, pod))
    if (!hasIdentity(pod))
      await context.client.patch('Pod', keyOf(pod), { metadata: { uid: pod.metadata.uid, labels: identityLabels(set, pod) } })
    if (!isOwned || !hasIdentity(pod)) this.#tell('Update', pod.metadata.name)
    return 'next'
  }

  /** Below the partition a Pod is made as it was before. */
  #revisionFor(ordinal: number): ControllerRevision {
    const { set, current, update } = this.look
    const rolling = set.spec.updateStrategy?.rollingUpdate
    const before = rolling ? (rolling.partition ?? 0) : (set.status?.currentReplicas ?? 0)
    const staysOld = set.spec.updateStrategy?.type === 'RollingUpdate' && ordinal < firstOrdinal(set) + before
    return staysOld ? current : update
  }

  async #create(ordinal: number): Promise<void> {
    const { context, key, set } = this.look
    const revision = this.#revisionFor(ordinal)
    const draft = podFor(set, ordinal, { template: templateOf(revision), revision: revision.metadata.name })
    try {
      await ensureClaims(context, set, ordinal)
      const create = () => context.client.create('Pod', draft)
      await context.expectations.creates(key, [draft], async () => {
        const pod = await create()
        await ownClaims(context, set, pod)
        return pod
      })
    } catch (error) {
      if (!isAlreadyExists(error)) this.#tell('Create', podName(set, ordinal), error)
      throw error
    }
    this.#tell('Create', podName(set, ordinal))
  }

  async #condemn(pod: Pod, firstDown: Pod | undefined): Promise<Step> {
    if (pod.metadata.deletionTimestamp) return this.#inOrder ? 'wait' : 'next'
    const isHealthy = this.#isUp(pod) && this.#isAvailable(pod)
    if (this.#inOrder && !isHealthy && pod !== firstDown) return 'wait'
    await this.#delete(pod)
    return 'wait'
  }

  /** Replaces one Pod of an old revision at a time, the last first; what is not up yet is waited for. */
  async #roll(): Promise<void> {
    const { set, update, current } = this.look
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    for (const ordinal of this.#ordinals.slice(partition).reverse()) {
      const pod = this.#replicas.get(ordinal)
      if (pod && revisionOf(pod) !== update.metadata.name && !pod.metadata.deletionTimestamp) {
        await this.#delete(pod)
        if (revisionOf(pod) === current.metadata.name) this.#removedForUpdate++
        return
      }
      if (this.#isDown(pod)) return
    }
  }

  async #delete(pod: Pod): Promise<void> {
    const { context, key } = this.look
    try {
      await context.expectations.deletes(key, [pod], () => context.client.delete('Pod', keyOf(pod), { uid: pod.metadata.uid }))
    } catch (error) {
      if (!isNotFound(error)) {
        this.#tell('Delete', pod.metadata.name, error)
        throw error
      }
    }
    this.#tell('Delete', pod.metadata.name)
  }

  #tell(verb: 'Create' | 'Update' | 'Delete', name: string, error?: unknown): void {
    const { context, set } = this.look
    const about = `${verb} Pod ${name} in StatefulSet ${set.metadata.name}`
    const why = messageOf(error)
    context.events.record(
      set,
      error
        ? { type: 'Warning', reason: `Failed${verb}`, message: `${about} failed error: ${why}` }
        : { type: 'Normal', reason: `Successful${verb}`, message: `${about} successful` },
    )
  }

  status(): NonNullable<StatefulSet['status']> {
    const { set, pods, current, update } = this.look
    const count = (test: (pod: Pod) => boolean) => pods.filter(test).length
    const staying = (revision: ControllerRevision) =>
      count((pod) => !pod.metadata.deletionTimestamp && revisionOf(pod) === revision.metadata.name)
    const replicas = set.spec.replicas ?? 1
    const ready = count((pod) => this.#isUp(pod))
    const updated = staying(update)
    const isDone =
      set.spec.updateStrategy?.type === 'RollingUpdate' && updated === replicas && ready === replicas && pods.length === replicas
    const old = staying(current) - this.#removedForUpdate
    return {
      observedGeneration: set.metadata.generation,
      replicas: pods.length,
      ...nonZero({ readyReplicas: ready, currentReplicas: isDone ? updated : old, updatedReplicas: updated }),
      currentRevision: (isDone ? update : current).metadata.name,
      updateRevision: update.metadata.name,
      collisionCount: 0,
      availableReplicas: count((pod) => this.#isUp(pod) && this.#isAvailable(pod)),
    }
  }
}

const nonZero = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0))
