/**
 * The life of one Pod on its node. `sync` looks at what is wanted and what is, takes the steps that can be taken now, and is called
 * again by whatever changes: the Pod, a container that ends, a probe, a timer. @see pkg/kubelet/pod_workers.go, kuberuntime
 */
import { Container } from '../containers/container.js'
import type { EventNote } from '../controllers/runtime/events.js'
import { keyOf, sameJson } from '../objects/object.js'
import type { Container as ContainerSpec, Pod } from '../schema/kubernetes.generated.js'
import { parseTime } from '../time/clock.js'
import { nextTurn } from '../time/steps.js'
import { LEAST_GRACE_SECONDS, PodEnding, stopRun, terminationMessage } from './ending.js'
import { EVICTED, EVICTION_GRACE_SECONDS } from './eviction.js'
import { postStart } from './hooks.js'
import { hasImage } from './image-pull.js'
import { ImageVolumes } from './image-volumes.js'
import type { Kubelet } from './kubelet.js'
import { watchMemory } from './memory.js'
import type { PodHost } from './pod-host.js'
import { phaseOf, podStatus } from './pod-status.js'
import { startProbes } from './probes.js'
import { PodProcesses } from './process-namespaces.js'
import { type ResizePending, resize } from './resize.js'
import { isBackingOff, mayRestart } from './restarts.js'
import { runOptions } from './run-options.js'
import { Slot, type SlotKind } from './slot.js'
import { startFailed } from './start-failure.js'
import { PodVolumes } from './volumes.js'

/** Until what is missing for a volume or a container is looked for again. */
const LOOK_AGAIN_MS = 1000
const DEADLINE = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' }

export class PodWorker implements PodHost {
  readonly slots: Slot[] = []
  readonly volumes: PodVolumes
  readonly processes: PodProcesses
  readonly podIp: string
  readonly #startedAtMs: number
  readonly #ending: PodEnding
  readonly #imageVolumes: ImageVolumes
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
  /** It is ended for what its node is short of. */
  #isPressed = false
  #pendingResize: ResizePending | undefined
  #isMountTold = false

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
    this.#ending = new PodEnding(this, (slot, graceSeconds) => this.#stopRun(slot, graceSeconds))
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
    for (const slot of this.slots) this.#takeImage(slot)
    this.sync()
  }

  /** A changed image restarts its container. */
  #takeImage(slot: Slot): void {
    const spec = [...this.pod.spec.containers, ...(this.pod.spec.initContainers ?? [])].find((each) => each.name === slot.name)
    if (!spec || spec.image === slot.spec.image) return
    slot.takeSpec({ ...spec, resources: slot.spec.resources })
    if (slot.state.type !== 'running') return
    this.note(slot, { type: 'Normal', reason: 'Killing', message: `Container ${slot.name} definition changed` })
    slot.state.run.terminate()
    slot.state.run.kill()
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
    if (this.pod.metadata.deletionTimestamp || this.#failure) this.#end()
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
    this.#resize()
    for (const slot of this.slots.filter((each) => each.kind === 'init' || each.kind === 'sidecar'))
      if (!this.#advanceInit(slot)) return
    for (const slot of this.slots.filter((each) => each.kind === 'main' || each.kind === 'ephemeral')) this.#advanceSlot(slot)
    if (this.#isWorkDone()) this.#ending.step(this.#graceSeconds())
  }

  #isMounted(): boolean {
    const failure = this.volumes.prepare()
    if (!failure) return true
    const message = `MountVolume.SetUp failed for volume ${JSON.stringify(failure.volume)} : ${failure.message}`
    if (!this.#isMountTold) this.note(undefined, { type: 'Warning', reason: 'FailedMount', message })
    this.#isMountTold = true
    this.wakeIn(LOOK_AGAIN_MS)
    return false
  }

  #resize(): void {
    const outcome = resize(this)
    this.#pendingResize = outcome.type === 'pending' ? outcome.pending : undefined
    if (outcome.type !== 'done') return
    for (const slot of outcome.restarts) {
      this.note(slot, { type: 'Normal', reason: 'Killing', message: `Container ${slot.name} resize requires restart` })
      this.#stopRun(slot, this.#graceSeconds())
    }
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
      return slot.started || this.#isWorkDone()
    }
    if (slot.state.type === 'ended' && slot.state.ended.exitCode === 0) return true
    this.#advanceSlot(slot)
    return false
  }

  #advanceSlot(slot: Slot): void {
    if (slot.state.type === 'running' || slot.pulling || !mayRestart(this.pod, slot)) return
    if (isBackingOff(this, slot)) return
    if (hasImage(this, slot) && this.#imageVolumes.areHere(slot)) this.#start(slot)
  }

  #start(slot: Slot): void {
    const { clock } = this.kubelet
    const isAgain = slot.state.type === 'ended' || slot.last !== undefined
    let run: Container
    const isNew = !slot.resumes
    const id = slot.resumes?.id ?? this.kubelet.containerId()
    try {
      const options = runOptions(this, slot)
      if (isAgain) slot.prepareRestart()
      if (isNew) this.note(slot, { type: 'Normal', reason: 'Created', message: 'Container created' })
      run = new Container({ ...options, log: slot.log })
    } catch (error) {
      startFailed(this, slot, { error, id })
      return
    }
    slot.begin(run, id, clock.now())
    if (isNew) this.note(slot, { type: 'Normal', reason: 'Started', message: 'Container started' })
    startProbes(this.kubelet.probeHost(this), slot)
    void postStart(this, slot, run)
    watchMemory(this, slot, { run, killed: () => this.#ended(slot, run, run.killedCode) })
    void run.exited.then((exitCode) => this.#ended(slot, run, exitCode))
  }

  #ended(slot: Slot, run: Container, exitCode: number): void {
    if (slot.state.type !== 'running' || slot.state.run !== run) return
    const { clock } = this.kubelet
    const { id, startedAtMs } = slot.state
    const message = terminationMessage(slot, run, exitCode)
    const reason = slot.isOutOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error'
    slot.end({ exitCode, reason, message, startedAtMs, finishedAtMs: clock.now(), id })
    slot.show(clock.now())
    // The first restart comes at once; what ends again within its back-off waits.
    if (slot.last && !this.#isEnding) slot.crash.next(clock.now())
    this.sync()
  }

  /** Restarts a container that its probe has given up. */
  restart(slot: Slot, which: 'liveness' | 'startup'): void {
    if (slot.state.type !== 'running' || this.#isEnding) return
    const message = `Container ${slot.name} failed ${which} probe, will be restarted`
    this.note(slot, { type: 'Normal', reason: 'Killing', message })
    const probe = which === 'liveness' ? slot.spec.livenessProbe : slot.spec.startupProbe
    this.#stopRun(slot, probe?.terminationGracePeriodSeconds ?? this.#graceSeconds())
  }

  /** Who is not deleted gets a moment even where the Pod gives none. */
  #graceSeconds(): number {
    return Math.max(LEAST_GRACE_SECONDS, this.pod.spec.terminationGracePeriodSeconds ?? 30)
  }

  #stopRun(slot: Slot, graceSeconds: number): void {
    stopRun(this, slot, { graceSeconds, ended: (run) => this.#ended(slot, run, run.killedCode) })
  }

  #end(): void {
    const deletionSeconds = this.pod.metadata.deletionGracePeriodSeconds
    if (this.#isEnding && deletionSeconds === 0) this.#ending.hurry()
    this.#isEnding = true
    const ownSeconds = this.#failureGraceSeconds ?? this.#graceSeconds()
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
      resize: this.#pendingResize,
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
    this.processes.close()
    for (const slot of this.slots) {
      slot.stopProbes()
      if (slot.state.type === 'running') slot.state.run.kill()
    }
  }
}
