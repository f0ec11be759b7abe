/**
 * The life of one Pod on its node. `sync` looks at what is wanted and what is, takes the steps that can be taken now, and is called
 * again by whatever changes: the Pod, a container that ends, a probe, a timer. @see pkg/kubelet/pod_workers.go, kuberuntime
 */
import type { EventNote } from '../controllers/runtime/events.js'
import { keyOf, sameJson } from '../objects/object.js'
import type { Container as ContainerSpec, Pod } from '../schema/kubernetes.generated.js'
import { parseTime } from '../time/clock.js'
import { nextTurn } from '../time/steps.js'
import { PodEnding } from './ending.js'
import { EVICTED, EVICTION_GRACE_SECONDS } from './eviction.js'
import { hasImage } from './image-pull.js'
import { ImageVolumes } from './image-volumes.js'
import type { Kubelet } from './kubelet.js'
import type { PodHost } from './pod-host.js'
import { phaseOf, podStatus } from './pod-status.js'
import { PodProcesses } from './process-namespaces.js'
import { PodResize } from './resize.js'
import { isBackingOff, mayRestart } from './restarts.js'
import { PodRuns } from './runs.js'
import { Slot, type SlotKind } from './slot.js'
import { type MountFailure, PodVolumes } from './volumes.js'

/** Until what is missing for a volume or a container is looked for again. */
const LOOK_AGAIN_MS = 1000
const FIRST_MOUNT_MS = 500
const LONGEST_MOUNT_MS = 122_000
const DEADLINE = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' }

export class PodWorker implements PodHost {
  readonly slots: Slot[] = []
  readonly volumes: PodVolumes
  readonly processes: PodProcesses
  readonly podIp: string
  readonly #startedAtMs: number
  readonly #ending: PodEnding
  readonly #imageVolumes: ImageVolumes
  readonly #size: PodResize
  readonly #runs: PodRuns
  #syncing = false
  #again = false
  #stopped = false
  #hasEnded = false
  #isEnding = false
  #cancelWake = () => {}
  #wakesAtMs = Number.POSITIVE_INFINITY
  #reported: Pod['status'] | undefined
  /** Why the kubelet itself ends the Pod. */
  #failure: { reason: string; message: string } | undefined
  #failureGraceSeconds: number | undefined
  /** It is to end, and a hook was under way. */
  #wasHeldUp = false
  /** It is ended for what its node is short of. */
  #isPressed = false
  readonly #mountsTold = new Map<string, { message: string; atMs: number; delayMs: number }>()

  constructor(
    readonly kubelet: Kubelet,
    public pod: Pod,
  ) {
    const startTime = parseTime(pod.status?.startTime)
    this.#startedAtMs = Number.isNaN(startTime) ? kubelet.clock.now() : startTime
    this.podIp = kubelet.addressFor(pod)
    this.volumes = new PodVolumes(kubelet.volumeContext(pod, this.podIp))
    this.processes = new PodProcesses(pod, kubelet.processes)
    this.#imageVolumes = new ImageVolumes(this)
    this.#runs = new PodRuns(this)
    this.#size = new PodResize(this, (slot) => void this.#runs.end(slot, this.#runs.graceSeconds))
    this.#ending = new PodEnding(this, (slot, graceSeconds) => this.#runs.stop(slot, graceSeconds))
    const { initContainers = [], containers } = pod.spec
    const reason = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating'
    for (const spec of initContainers) this.#addSlot(spec, spec.restartPolicy === 'Always' ? 'sidecar' : 'init', reason)
    for (const spec of containers) this.#addSlot(spec, 'main', reason)
  }

  #addSlot(spec: ContainerSpec, kind: SlotKind, reason: string): void {
    const slot = new Slot(spec, kind, reason)
    const { initContainerStatuses = [], containerStatuses = [] } = this.pod.status ?? {}
    const before = [...initContainerStatuses, ...containerStatuses].find((each) => each.name === spec.name)
    slot.restarts = before?.restartCount ?? 0
    const here = this.kubelet.images.here(spec.image ?? '')
    // A part of the cluster keeps nothing in its container: it goes on where another kubelet process had it.
    if (before && here?.type === 'present' && here.image.steady) slot.resume(before)
    this.slots.push(slot)
  }

  get key(): string {
    return keyOf(this.pod)
  }
  get podSizes(): PodHost['podSizes'] {
    return this.#size.podSizes
  }
  get isStopped(): boolean {
    return this.#stopped
  }
  slot(name: string): Slot | undefined {
    return this.slots.find((slot) => slot.name === name)
  }

  update(pod: Pod): void {
    this.pod = pod
    for (const spec of pod.spec.ephemeralContainers ?? [])
      if (!this.slot(spec.name)) this.#addSlot(spec as ContainerSpec, 'ephemeral', 'ContainerCreating')
    for (const slot of this.slots) this.#runs.takeImage(slot)
    this.sync()
  }

  sync(): void {
    if (this.#syncing) {
      this.#again = true
      return
    }
    this.#syncing = true
    void this.#loop()
  }

  async #loop(): Promise<void> {
    do {
      await nextTurn()
      this.#again = false
      try {
        await this.#step()
      } catch (error) {
        this.kubelet.onError(this.key, error)
        this.wakeIn(LOOK_AGAIN_MS)
      }
    } while (this.#again && !this.#stopped)
    this.#syncing = false
  }

  /** The earliest counts: whoever wanted to be called later says so again. */
  wakeIn(ms: number): void {
    const { clock } = this.kubelet
    const atMs = clock.now() + ms
    if (this.#wakesAtMs <= atMs) return
    this.#cancelWake()
    this.#wakesAtMs = atMs
    this.#cancelWake = clock.after(ms, () => {
      this.#wakesAtMs = Number.POSITIVE_INFINITY
      this.sync()
    })
  }

  async #step(): Promise<void> {
    if (this.#stopped) return
    if (this.pod.metadata.deletionTimestamp || this.#failure) this.#leave()
    else if (!this.#isOver()) this.#advance()
    await this.report()
    if (this.#hasEnded && this.pod.metadata.deletionTimestamp) await this.kubelet.finish(this)
  }

  #isOver(): boolean {
    const phase = this.pod.status?.phase
    return phase === 'Succeeded' || phase === 'Failed'
  }

  note(slot: Slot | undefined, note: EventNote): void {
    this.kubelet.events.record({ object: this.pod, ...(slot ? { fieldPath: slot.fieldPath } : {}) }, note)
  }

  /** Takes every step that can be taken now. */
  #advance(): void {
    if (this.#deadlineHasPassed() || !this.#isMounted()) return
    this.#runs.probes.add()
    this.#resize()
    const of = (...kinds: SlotKind[]) => this.slots.filter(({ kind }) => kinds.includes(kind))
    // Those of debuggers do not wait for the others.
    for (const slot of of('ephemeral')) this.#advanceSlot(slot)
    if (this.#isHeldUp()) return
    for (const slot of of('init', 'sidecar')) if (!this.#advanceInit(slot)) return
    for (const slot of of('main')) {
      this.#advanceSlot(slot)
      if (slot.isStarting || slot.pulling) return
    }
    if (this.#isWorkDone()) this.#ending.step(this.#runs.graceSeconds)
  }

  /** A hook after the start holds up every other container, as a pull does those after it. */
  #isHeldUp(): boolean {
    return this.slots.some((slot) => slot.isStarting)
  }

  #isMounted(): boolean {
    const failures = this.volumes.prepare()
    for (const failure of failures) this.#tellMount(failure)
    if (failures.length > 0) this.wakeIn(LOOK_AGAIN_MS)
    return failures.length === 0
  }

  /** Each time that a real kubelet would try again, which is ever more rarely. @see goroutinemap/exponentialbackoff */
  #tellMount({ volume, message }: MountFailure): void {
    const atMs = this.kubelet.clock.now()
    const before = this.#mountsTold.get(volume)
    const isSame = before?.message === message
    if (isSame && atMs < before.atMs + before.delayMs) return
    const delayMs = isSame ? Math.min(before.delayMs * 2, LONGEST_MOUNT_MS) : FIRST_MOUNT_MS
    this.#mountsTold.set(volume, { message, atMs, delayMs })
    const text = `MountVolume.SetUp failed for volume ${JSON.stringify(volume)} : ${message}`
    this.note(undefined, { type: 'Warning', reason: 'FailedMount', message: text })
  }

  #resize(): void {
    this.#size.step()
    const { waitingForRoom } = this.kubelet
    if (this.#size.waitsForRoom) waitingForRoom.add(this)
    else waitingForRoom.delete(this)
    // What stands in its way may be over: less memory in use, a container that has gone.
    if (this.#size.isUnderWay) this.wakeIn(LOOK_AGAIN_MS)
  }

  #deadlineHasPassed(): boolean {
    const seconds = this.pod.spec.activeDeadlineSeconds
    if (seconds === undefined) return false
    const left = this.#startedAtMs + seconds * 1000 - this.kubelet.clock.now()
    if (left > 0) {
      this.wakeIn(left)
      return false
    }
    this.#failure = DEADLINE
    this.note(undefined, { type: 'Normal', ...DEADLINE })
    this.sync()
    return true
  }

  /** Every main container has ended for good: what is left of the Pod ends with it. */
  #isWorkDone(): boolean {
    return this.slots
      .filter((slot) => slot.kind === 'main')
      .every((slot) => slot.state.type === 'ended' && !mayRestart(this.pod, slot))
  }

  /** @returns whether what comes after it may start */
  #advanceInit(slot: Slot): boolean {
    if (slot.kind === 'sidecar') {
      if (!this.#isWorkDone()) this.#advanceSlot(slot)
      return (slot.started && !slot.isStarting) || this.#isWorkDone()
    }
    if (slot.state.type === 'ended' && slot.state.ended.exitCode === 0) return true
    this.#advanceSlot(slot)
    return false
  }

  #advanceSlot(slot: Slot): void {
    if (slot.state.type === 'running' || slot.pulling || !mayRestart(this.pod, slot)) return
    if (isBackingOff(this, slot)) return
    if (hasImage(this, slot) && this.#imageVolumes.areHere(slot)) this.#runs.start(slot)
  }

  /** Who waits for a hook finishes what was begun: the containers after it are started, and then the Pod ends. */
  #leave(): void {
    if (this.#isHeldUp()) this.#wasHeldUp = true
    if (this.#wasHeldUp && !this.#isEnding && !this.#haveBegun()) return
    this.#end()
  }

  #haveBegun(): boolean {
    if (this.#isHeldUp()) return false
    return this.slots
      .filter((slot) => slot.kind === 'main' && slot.state.type === 'waiting' && !slot.ended)
      .every((slot) => {
        this.#advanceSlot(slot)
        return !slot.isStarting && !slot.pulling
      })
  }

  #end(): void {
    const deletionSeconds = this.pod.metadata.deletionGracePeriodSeconds
    this.#isEnding = true
    this.#runs.close()
    const ownSeconds = this.#failureGraceSeconds ?? this.#runs.graceSeconds
    this.#hasEnded = this.#ending.step(this.#failure ? ownSeconds : (deletionSeconds ?? 30))
  }

  /** The node wants back what it is short of, or the Pod is over a limit. @see pkg/kubelet/eviction: evictPod */
  evict(message: string, { isPressed = false } = {}): void {
    if (this.#failure || this.#isEnding || this.#isOver()) return
    this.#failure = { reason: EVICTED, message }
    this.#failureGraceSeconds = EVICTION_GRACE_SECONDS
    this.#isPressed = isPressed
    this.note(undefined, { type: 'Warning', reason: EVICTED, message })
    this.sync()
  }

  /** Tells the API server what has changed. */
  async report(): Promise<void> {
    const live = this.kubelet.informers.get('Pod', this.key)
    if (!live || live.metadata.uid !== this.pod.metadata.uid) return
    const { clock, node } = this.kubelet
    const failure = this.#hasEnded ? this.#failure : undefined
    const status = podStatus({
      pod: live,
      slots: this.slots,
      // A Pod is over when its containers are.
      phase: failure ? 'Failed' : phaseOf(this.pod, this.slots),
      podIp: this.podIp,
      hostIp: node.address,
      startedAtMs: this.#startedAtMs,
      hasSandbox: !this.#hasEnded,
      nowMs: clock.now(),
      reason: failure,
      evicted: this.#isPressed ? this.#failure?.message : undefined,
      resize: this.#size.conditions,
      sizes: this.#size.podSizes,
    })
    if (sameJson(status, live.status) || sameJson(status, this.#reported)) return
    this.#reported = status
    const updated = await this.kubelet.writeStatus(live, status)
    if (!updated) {
      this.#reported = undefined
      this.#again = true
    }
  }

  /** The Pod is no longer in the API, or the kubelet ends. */
  stop(): void {
    this.#stopped = true
    this.#cancelWake()
    this.kubelet.waitingForRoom.delete(this)
    this.processes.close()
    this.#runs.probes.stop()
    for (const slot of this.slots) if (slot.state.type === 'running') slot.state.run.kill()
  }
}
