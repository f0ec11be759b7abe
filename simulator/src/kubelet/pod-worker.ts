/**
 * The life of one Pod on its node. `sync` looks at what is wanted and what is, takes the steps that can be taken now, and is called
 * again by whatever changes: the Pod, a container that ends, a probe, a timer. @see pkg/kubelet/pod_workers.go, kuberuntime
 */
import { Container, StartError } from '../containers/container.js'
import { decode, empty, encode, nowhere } from '../containers/stream.js'
import type { EventNote } from '../controllers/runtime/events.js'
import { keyOf, sameJson } from '../objects/object.js'
import type { Container as ContainerSpec, Pod, Probe } from '../schema/kubernetes.generated.js'
import { ConfigError, environmentOf, expandReferences } from './environment.js'
import type { Kubelet } from './kubelet.js'
import { phaseOf, podStatus } from './pod-status.js'
import { portOf, startProbes } from './probes.js'
import { Slot, type SlotKind } from './slot.js'
import { PodVolumes } from './volumes.js'

/** Until what is missing for a volume or a container is looked for again. */
const LOOK_AGAIN_MS = 1000

export class PodWorker {
  readonly slots: Slot[] = []
  readonly volumes: PodVolumes
  readonly #startedAtMs: number
  readonly podIp: string
  #syncing = false
  #again = false
  #stopped = false
  #terminating: 'no' | 'asked' | 'done' = 'no'
  #cancelWake = () => {}
  #reported: Pod['status'] | undefined
  #failure: { reason: string; message: string } | undefined
  #isMountTold = false

  constructor(
    readonly kubelet: Kubelet,
    public pod: Pod,
  ) {
    this.#startedAtMs = kubelet.clock.now()
    this.podIp = kubelet.addressFor(pod)
    this.volumes = new PodVolumes(kubelet.volumeContext(pod, this.podIp))
    const { initContainers = [], containers } = pod.spec
    const reason = initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating'
    for (const spec of initContainers) this.#addSlot(spec, spec.restartPolicy === 'Always' ? 'sidecar' : 'init', reason)
    for (const spec of containers) this.#addSlot(spec, 'main', reason)
  }

  #addSlot(spec: ContainerSpec, kind: SlotKind, reason: string): void {
    const slot = new Slot(spec, kind, reason)
    slot.restarts = this.pod.status?.containerStatuses?.find((each) => each.name === spec.name)?.restartCount ?? 0
    this.slots.push(slot)
  }

  get key(): string {
    return keyOf(this.pod)
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
    Object.assign(slot, { spec, image: undefined })
    if (slot.state.type !== 'running') return
    this.#note(slot, { type: 'Normal', reason: 'Killing', message: `Container ${slot.name} definition changed` })
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
      this.#again = false
      try {
        await this.#step()
      } catch (error) {
        this.kubelet.onError(this.key, error)
        this.#wakeIn(LOOK_AGAIN_MS)
      }
    } while (this.#again && !this.#stopped)
    this.#syncing = false
  }

  #wakeIn(ms: number): void {
    this.#cancelWake()
    this.#cancelWake = this.kubelet.clock.after(ms, () => this.sync())
  }

  async #step(): Promise<void> {
    if (this.#stopped) return
    if (this.pod.metadata.deletionTimestamp || this.#failure) await this.#terminate()
    else if (!this.#isOver()) this.#advance()
    await this.#report()
    if (this.#terminating === 'done' && this.pod.metadata.deletionTimestamp) await this.kubelet.finish(this)
  }

  #isOver(): boolean {
    const phase = this.pod.status?.phase
    return phase === 'Succeeded' || phase === 'Failed'
  }

  #note(slot: Slot | undefined, note: EventNote): void {
    const list =
      slot?.kind === 'init' || slot?.kind === 'sidecar'
        ? 'initContainers'
        : slot?.kind === 'ephemeral'
          ? 'ephemeralContainers'
          : 'containers'
    this.kubelet.events.record({ object: this.pod, ...(slot ? { fieldPath: `spec.${list}{${slot.name}}` } : {}) }, note)
  }

  /** Takes every step that can be taken now. */
  #advance(): void {
    if (this.#deadlineHasPassed()) return
    const failure = this.volumes.prepare()
    if (failure) {
      const message = `MountVolume.SetUp failed for volume ${JSON.stringify(failure.volume)} : ${failure.message}`
      if (!this.#isMountTold) this.#note(undefined, { type: 'Warning', reason: 'FailedMount', message })
      this.#isMountTold = true
      this.#wakeIn(LOOK_AGAIN_MS)
      return
    }
    for (const slot of this.slots.filter((each) => each.kind === 'init' || each.kind === 'sidecar'))
      if (!this.#advanceInit(slot)) return
    for (const slot of this.slots.filter((each) => each.kind === 'main' || each.kind === 'ephemeral')) {
      if (slot.state.type === 'waiting' && slot.state.reason === 'PodInitializing')
        slot.state = { type: 'waiting', reason: 'PodInitializing' }
      this.#advanceSlot(slot)
    }
  }

  #deadlineHasPassed(): boolean {
    const seconds = this.pod.spec.activeDeadlineSeconds
    if (seconds === undefined) return false
    const left = this.#startedAtMs + seconds * 1000 - this.kubelet.clock.now()
    if (left > 0) {
      this.#wakeIn(left)
      return false
    }
    this.#failure = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' }
    this.sync()
    return true
  }

  /** @returns whether what comes after it may start */
  #advanceInit(slot: Slot): boolean {
    if (slot.kind === 'sidecar') {
      this.#advanceSlot(slot)
      return slot.started
    }
    if (slot.state.type === 'ended' && slot.state.ended.exitCode === 0) return true
    this.#advanceSlot(slot)
    return false
  }

  #advanceSlot(slot: Slot): void {
    if (slot.state.type === 'running' || slot.pulling) return
    if (slot.state.type === 'ended' && !this.#mayRestart(slot)) return
    if (slot.state.type === 'ended' || (slot.state.type === 'waiting' && slot.state.reason === 'CrashLoopBackOff')) {
      if (this.#isBackingOff(slot)) return
    }
    if (this.#hasImage(slot)) this.#start(slot)
  }

  #mayRestart(slot: Slot): boolean {
    if (slot.state.type !== 'ended') return true
    if (slot.kind === 'sidecar') return true
    if (slot.kind === 'ephemeral') return false
    const policy = slot.spec.restartPolicy ?? this.pod.spec.restartPolicy
    if (slot.kind === 'init') return slot.state.ended.exitCode !== 0 && policy !== 'Never'
    return policy === 'Always' || (policy === 'OnFailure' && slot.state.ended.exitCode !== 0)
  }

  #isBackingOff(slot: Slot): boolean {
    const left = slot.crash.remaining(this.kubelet.clock.now())
    if (left <= 0) return false
    const pod = `${this.pod.metadata.name}_${this.pod.metadata.namespace}(${this.pod.metadata.uid})`
    if (slot.state.type === 'ended') {
      slot.last = slot.state.ended
      this.#note(slot, {
        type: 'Warning',
        reason: 'BackOff',
        message: `Back-off restarting failed container ${slot.name} in pod ${pod}`,
      })
      slot.state = {
        type: 'waiting',
        reason: 'CrashLoopBackOff',
        message: `back-off ${goDuration(slot.crash.delayMs)} restarting failed container=${slot.name} pod=${pod}`,
      }
    }
    this.#wakeIn(left)
    return true
  }

  #hasImage(slot: Slot): boolean {
    if (slot.image) return true
    const name = slot.spec.image ?? ''
    const policy = slot.spec.imagePullPolicy ?? 'IfNotPresent'
    const here = this.kubelet.images.here(name)
    if (here?.type === 'present' && (policy !== 'Always' || here.image.steady)) {
      Object.assign(slot, { image: here.image, imageReference: here.reference })
      const message = `Container image ${JSON.stringify(name)} already present on machine and can be accessed by the pod`
      this.#note(slot, { type: 'Normal', reason: 'Pulled', message })
      return true
    }
    if (policy === 'Never')
      this.#refuseImage(
        slot,
        'ErrImageNeverPull',
        `Container image ${JSON.stringify(name)} is not present with pull policy of Never`,
      )
    else this.#pull(slot, name)
    return false
  }

  #refuseImage(slot: Slot, reason: string, message: string): void {
    if (slot.state.type === 'waiting' && slot.state.reason === reason) return
    slot.state = { type: 'waiting', reason, message }
    this.#note(slot, { type: 'Warning', reason, message })
    this.#note(slot, { type: 'Warning', reason: 'Failed', message: `Error: ${reason}` })
  }

  #pull(slot: Slot, name: string): void {
    const { clock, images } = this.kubelet
    const left = slot.pull.remaining(clock.now())
    if (left > 0) {
      if (slot.state.type === 'waiting' && slot.state.reason === 'ErrImagePull') {
        const cause = slot.state.message ?? ''
        slot.state = {
          type: 'waiting',
          reason: 'ImagePullBackOff',
          message: `Back-off pulling image ${JSON.stringify(name)}: ErrImagePull: ${cause}`,
        }
        this.#note(slot, { type: 'Normal', reason: 'BackOff', message: `Back-off pulling image ${JSON.stringify(name)}` })
        this.#note(slot, { type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' })
      }
      this.#wakeIn(left)
      return
    }
    slot.pulling = true
    this.#note(slot, { type: 'Normal', reason: 'Pulling', message: `Pulling image ${JSON.stringify(name)}` })
    images.pull(name, (state) => {
      slot.pulling = false
      if (this.#stopped) return
      if (state.type === 'present') {
        Object.assign(slot, { image: state.image, imageReference: state.reference })
        slot.pull.reset()
        const took = goDuration(state.pulledMs ?? 0)
        const message = `Successfully pulled image ${JSON.stringify(name)} in ${took} (${took} including waiting). Image size: ${state.image.sizeBytes} bytes.`
        this.#note(slot, { type: 'Normal', reason: 'Pulled', message })
      } else if (state.type === 'failed') {
        const isName = state.message.startsWith("couldn't parse")
        slot.pull.next(clock.now())
        slot.state = { type: 'waiting', reason: isName ? 'InvalidImageName' : 'ErrImagePull', message: state.message }
        this.#note(slot, {
          type: 'Warning',
          reason: isName ? 'InspectFailed' : 'Failed',
          message: isName
            ? `Failed to apply default image tag ${JSON.stringify(name)}: ${state.message}`
            : `Failed to pull image ${JSON.stringify(name)}: ${state.message}`,
        })
        this.#note(slot, { type: 'Warning', reason: 'Failed', message: `Error: ${isName ? 'InvalidImageName' : 'ErrImagePull'}` })
        this.#wakeIn(BACKOFF_SHOWN_AFTER_MS)
        void this.#report()
        return
      }
      this.sync()
    })
  }

  #start(slot: Slot): void {
    const { clock } = this.kubelet
    const isAgain =
      slot.state.type === 'ended' ||
      slot.last !== undefined ||
      (slot.state.type === 'waiting' && slot.state.reason === 'CrashLoopBackOff')
    let run: Container
    const id = this.kubelet.containerId()
    try {
      const options = this.#runOptions(slot)
      if (isAgain) slot.prepareRestart()
      this.#note(slot, { type: 'Normal', reason: 'Created', message: 'Container created' })
      run = new Container({ ...options, log: slot.log })
    } catch (error) {
      this.#startFailed(slot, error, id)
      return
    }
    slot.begin(run, id, clock.now())
    this.#note(slot, { type: 'Normal', reason: 'Started', message: 'Container started' })
    startProbes(this.kubelet.probeHost(this), slot)
    this.#postStart(slot, run)
    void run.exited.then((exitCode) => this.#ended(slot, run, exitCode))
  }

  #startFailed(slot: Slot, error: unknown, id: string): void {
    const { clock } = this.kubelet
    if (error instanceof ConfigError) {
      if (slot.state.type !== 'waiting' || slot.state.message !== error.message)
        this.#note(slot, { type: 'Warning', reason: 'Failed', message: `Error: ${error.message}` })
      slot.state = { type: 'waiting', reason: 'CreateContainerConfigError', message: error.message }
      this.#wakeIn(LOOK_AGAIN_MS)
      return
    }
    if (!(error instanceof StartError)) throw error
    const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${error.message}`
    this.#note(slot, { type: 'Warning', reason: 'Failed', message: `Error: ${message}` })
    slot.end({ exitCode: 128, reason: 'StartError', message, startedAtMs: 0, finishedAtMs: clock.now(), id })
    slot.crash.next(clock.now())
    this.#again = true
  }

  #runOptions(slot: Slot) {
    const { clock, random, informers } = this.kubelet
    const { pod } = this
    const image = slot.image
    if (!image) throw new Error('a container was started without its image')
    const hostname = (pod.spec.hostNetwork ? this.kubelet.node.name : (pod.spec.hostname ?? pod.metadata.name)).slice(0, 63)
    const env = environmentOf({
      pod,
      container: slot.spec,
      image,
      informers,
      podIp: this.podIp,
      hostIp: this.kubelet.node.address,
      hostname,
    })
    const expand = (text: string) => expandReferences(encode(text), env)
    const entrypoint = slot.spec.command?.length ? slot.spec.command : (image.entrypoint ?? [])
    const args = slot.spec.args?.length ? slot.spec.args : slot.spec.command?.length ? [] : image.command
    const security = { ...pod.spec.securityContext, ...slot.spec.securityContext }
    const uid = security.runAsUser ?? image.user?.uid ?? 0
    if (security.runAsNonRoot && uid === 0) {
      const which =
        security.runAsUser === 0
          ? "container's runAsUser breaks non-root policy"
          : 'container has runAsNonRoot and image will run as root'
      throw new ConfigError(
        `${which} (pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${slot.name})`,
      )
    }
    const user =
      security.runAsUser === undefined ? image.user : { uid, gid: security.runAsGroup ?? 0, name: uid === 0 ? 'root' : '' }
    return {
      image,
      argv: [...entrypoint, ...args].map(expand),
      env,
      workingDirectory: slot.spec.workingDir ?? '',
      hostname,
      mounts: [...this.#systemMounts(hostname), ...this.volumes.mountsFor(slot.spec)],
      readOnlyRoot: security.readOnlyRootFilesystem === true,
      user,
      network: this.kubelet.networkFor(this),
      cluster: image.usesCluster ? this.kubelet.accessFor(pod) : undefined,
      clock,
      random,
      stdin: slot.spec.stdin === true,
      tty: slot.spec.tty === true,
    }
  }

  #systemMounts(hostname: string) {
    return this.kubelet.systemFiles(this.pod, { hostname, podIp: this.podIp })
  }

  #postStart(slot: Slot, run: Container): void {
    const command = slot.spec.lifecycle?.postStart?.exec?.command
    if (!command) return
    const fail = () => {
      this.#note(slot, { type: 'Warning', reason: 'FailedPostStartHook', message: 'PostStartHook failed' })
      run.kill()
    }
    try {
      void run
        .exec(command, { stdin: empty, stdout: nowhere, stderr: nowhere }, new AbortController().signal)
        .then((code) => code !== 0 && fail())
    } catch {
      fail()
    }
  }

  #ended(slot: Slot, run: Container, exitCode: number): void {
    if (slot.state.type !== 'running' || slot.state.run !== run) return
    const { clock } = this.kubelet
    const { id, startedAtMs } = slot.state
    const message = this.#terminationMessage(slot, run)
    slot.end({ exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', message, startedAtMs, finishedAtMs: clock.now(), id })
    // The first restart comes at once; what ends again within its back-off waits.
    if (slot.last && this.#terminating === 'no') slot.crash.next(clock.now())
    this.sync()
  }

  #terminationMessage(slot: Slot, run: Container): string | undefined {
    const path = slot.spec.terminationMessagePath ?? '/dev/termination-log'
    const { fs } = run.machine
    const node = fs.stat(path)
    const text = node?.type === 'file' ? decode(node.data) : ''
    if (text) return text
    if (slot.spec.terminationMessagePolicy !== 'FallbackToLogsOnError') return undefined
    return (
      decode(
        slot.log
          .lines()
          .slice(-80)
          .map((line) => line.text)
          .join(''),
      ).slice(-2048) || undefined
    )
  }

  /** Restarts a container that its probe has given up. */
  restart(slot: Slot, which: 'liveness' | 'startup'): void {
    if (slot.state.type !== 'running') return
    this.#note(slot, {
      type: 'Normal',
      reason: 'Killing',
      message: `Container ${slot.name} failed ${which} probe, will be restarted`,
    })
    const probe: Probe | undefined = which === 'liveness' ? slot.spec.livenessProbe : slot.spec.startupProbe
    this.#stopRun(slot, probe?.terminationGracePeriodSeconds ?? this.pod.spec.terminationGracePeriodSeconds ?? 30)
  }

  #stopRun(slot: Slot, graceSeconds: number): void {
    if (slot.state.type !== 'running') return
    const { run } = slot.state
    const kill = () => this.#kill(slot, run)
    run.terminate()
    if (graceSeconds <= 0) kill()
    else this.kubelet.clock.after(graceSeconds * 1000, kill)
  }

  #kill(slot: Slot, run: Container): void {
    if (slot.state.type !== 'running' || slot.state.run !== run) return
    run.kill()
    this.#ended(slot, run, run.killedCode)
  }

  async #terminate(): Promise<void> {
    const running = this.slots.filter((slot) => slot.isRunning)
    if (this.#terminating === 'no') {
      this.#terminating = 'asked'
      const seconds = this.#failure
        ? (this.pod.spec.terminationGracePeriodSeconds ?? 30)
        : (this.pod.metadata.deletionGracePeriodSeconds ?? 30)
      for (const slot of running) {
        this.#note(slot, { type: 'Normal', reason: 'Killing', message: `Stopping container ${slot.name}` })
        slot.stopProbes()
        slot.ready = false
        void this.#preStop(slot).then(() => this.#stopRun(slot, seconds))
      }
    } else if ((this.pod.metadata.deletionGracePeriodSeconds ?? 1) === 0) for (const slot of running) this.#stopRun(slot, 0)
    if (this.slots.every((slot) => !slot.isRunning)) this.#terminating = 'done'
  }

  async #preStop(slot: Slot): Promise<void> {
    const hook = slot.spec.lifecycle?.preStop
    if (!hook || slot.state.type !== 'running') return
    const { clock } = this.kubelet
    if (hook.sleep) await new Promise<void>((resolve) => void clock.after((hook.sleep?.seconds ?? 0) * 1000, resolve))
    const command = hook.exec?.command
    if (!command) return
    try {
      await slot.state.run.exec(command, { stdin: empty, stdout: nowhere, stderr: nowhere }, new AbortController().signal)
    } catch {
      this.#note(slot, { type: 'Warning', reason: 'FailedPreStopHook', message: 'PreStopHook failed' })
    }
  }

  /** Tells the API server what has changed. */
  async #report(): Promise<void> {
    const live = this.kubelet.informers.get('Pod', this.key)
    if (!live || live.metadata.uid !== this.pod.metadata.uid) return
    const { clock, node } = this.kubelet
    const phase = this.#failure ? 'Failed' : phaseOf(this.pod, this.slots)
    const status = podStatus({
      pod: live,
      slots: this.slots,
      phase,
      podIp: this.podIp,
      hostIp: node.address,
      startedAtMs: this.#startedAtMs,
      hasSandbox: this.#terminating !== 'done',
      nowMs: clock.now(),
      reason: this.#failure,
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
    for (const slot of this.slots) {
      slot.stopProbes()
      if (slot.state.type === 'running') slot.state.run.kill()
    }
  }

  probedPort(slot: Slot, port: number | string): number {
    return portOf(slot.spec, port)
  }
}

/** The kubelet shows ErrImagePull until it looks again. */
const BACKOFF_SHOWN_AFTER_MS = 1500

/** `10s`, `1m20s`, `5m0s`, `1.234s`, `300ms`: Go's way to write a duration. */
export function goDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`
  const seconds = ms / 1000
  const minutes = Math.floor(seconds / 60)
  return minutes > 0
    ? `${minutes}m${Math.round((seconds - minutes * 60) * 1000) / 1000}s`
    : `${Math.round(seconds * 1000) / 1000}s`
}
