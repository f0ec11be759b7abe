/** One container of a Pod over all its runs. */
import type { Container as Run } from '../containers/container.js'
import { LogBuffer } from '../containers/log-buffer.js'
import type { Image } from '../images/image.js'
import type { Container, ContainerStatus } from '../schema/kubernetes.generated.js'
import { parseTime } from '../time/clock.js'

export interface Ended {
  exitCode: number
  reason: string
  message?: string | undefined
  startedAtMs: number
  finishedAtMs: number
  id: string
}

export type SlotState =
  | { type: 'waiting'; reason: string; message?: string | undefined }
  | { type: 'running'; run: Run; id: string; startedAtMs: number }
  | { type: 'ended'; ended: Ended }

export type SlotKind = 'init' | 'sidecar' | 'main' | 'ephemeral'

/** @see pkg/kubelet/kubelet.go: MaxCrashLoopBackOff, initial 10 s */
const FIRST_BACKOFF_MS = 10_000
const LONGEST_BACKOFF_MS = 300_000
/** Upstream's kubelet looks again after ten seconds or more. */
const SHOWN_MS = 1500
/** What has failed no more for so long is forgiven. */
const FORGIVEN_AFTER_MS = 600_000
/** What goes on failing is told of as often as upstream's kubelet tries it: after ten to fifteen seconds. */
export const TOLD_AGAIN_MS = 12_500

/** Models client-go/util/flowcontrol/backoff.go. */
export class BackOff {
  #delayMs = 0
  #triedAtMs = Number.NEGATIVE_INFINITY
  get delayMs(): number {
    return this.#delayMs
  }
  /** @returns how long to wait after a failure at `failedAtMs` */
  remaining(nowMs: number, failedAtMs = this.#triedAtMs): number {
    return this.#isForgiven(failedAtMs) ? 0 : Math.max(0, failedAtMs + this.#delayMs - nowMs)
  }
  /** It is tried again, for the failure at `failedAtMs`: the next one waits longer. */
  next(nowMs: number, failedAtMs = nowMs): void {
    const delayMs = this.#isForgiven(failedAtMs) ? FIRST_BACKOFF_MS : this.#delayMs * 2
    this.#delayMs = Math.min(delayMs, LONGEST_BACKOFF_MS)
    this.#triedAtMs = nowMs
  }
  reset(): void {
    this.#triedAtMs = Number.NEGATIVE_INFINITY
  }
  #isForgiven(failedAtMs: number): boolean {
    return failedAtMs - this.#triedAtMs > FORGIVEN_AFTER_MS
  }
}

export class Slot {
  state: SlotState
  last: Ended | undefined
  restarts = 0
  /** Its present run was killed for its use of memory. */
  isOutOfMemory = false
  ready = false
  started = false
  /** For the present run or the next one; each looks for it anew. */
  image: Image | undefined
  /** It was pulled for the run to come, of which Events tell. */
  isPulled = false
  imageReference = ''
  /** Why its hook after the start failed, for which its run was ended. */
  hookFault: string | undefined
  /** Its run was ended for its new size or image: it is started again whatever the Pod's policy says. */
  mustRestart = false
  /** A pull is under way. */
  pulling = false
  readonly crash = new BackOff()
  readonly pull = new BackOff()
  log = new LogBuffer()
  previousLog: LogBuffer | undefined
  /** The run that the API knows of and that this kubelet takes up: nothing is told of it again. */
  resumes: { id: string; startedAtMs: number } | undefined

  #spec: Container
  /** The size of the present run, which may lag behind what the container was given. */
  #actuated: Container['resources']
  #shownUntilMs = 0
  #toldAtMs = Number.NEGATIVE_INFINITY
  /** What was before its run began, while its hook after the start is not through. */
  #before: SlotState | undefined

  constructor(
    spec: Container,
    readonly kind: SlotKind,
    reason: string,
  ) {
    this.#spec = spec
    this.state = { type: 'waiting', reason }
  }

  get spec(): Container {
    return this.#spec
  }
  get name(): string {
    return this.#spec.name
  }
  /** The part of its Pod that Events about it name. */
  get fieldPath(): string {
    const lists = { init: 'initContainers', sidecar: 'initContainers', main: 'containers', ephemeral: 'ephemeralContainers' }
    return `spec.${lists[this.kind]}{${this.name}}`
  }
  /** The state that the Pod tells of: a container counts as running once its hook after the start is through. */
  get shown(): SlotState {
    return this.#before ?? this.state
  }
  /** The run that its Pod tells of. */
  get shownId(): string | undefined {
    const { shown } = this
    if (shown.type === 'running') return shown.id
    return shown.type === 'ended' ? shown.ended.id : this.last?.id
  }
  get isStarting(): boolean {
    return this.#before !== undefined
  }
  /** The hook after the start is through. */
  settle(): void {
    this.#before = undefined
  }

  /** The size that the container has. */
  get resources(): Container['resources'] {
    return this.isRunning ? this.#actuated : this.#spec.resources
  }
  get isRunning(): boolean {
    return this.state.type === 'running'
  }

  /** Another image: what was known of the old one is forgotten. */
  takeSpec(spec: Container): void {
    this.#spec = spec
    this.image = undefined
    this.crash.reset()
  }
  /** Where it has run, that run is what was last. */
  wait({ reason, message }: { reason: string; message: string }): void {
    this.last = this.ended
    this.state = { type: 'waiting', reason, message }
  }

  /** A failure is seen for a while before the state of its back-off takes its place. */
  show(nowMs: number): void {
    this.#shownUntilMs = nowMs + SHOWN_MS
  }
  /** @returns how long the present state must still be seen */
  shownFor(nowMs: number): number {
    return Math.max(0, this.#shownUntilMs - nowMs)
  }

  /** @returns whether what fails is to be told of: when it is new, and from time to time again */
  tells({ isNews, nowMs, againMs = TOLD_AGAIN_MS }: { isNews: boolean; nowMs: number; againMs?: number }): boolean {
    if (!isNews && nowMs < this.#toldAtMs + againMs) return false
    this.#toldAtMs = nowMs
    return true
  }

  /** What the container is to have; its run follows by `actuate`. */
  takeResources(resources: Container['resources']): void {
    this.#spec = { ...this.#spec, resources }
  }

  /** The run has the size that the container was given. */
  actuate(): void {
    this.#actuated = this.#spec.resources
  }

  /** Takes up a run that the API knows of. */
  resume({ state, containerID }: ContainerStatus): void {
    const startedAtMs = parseTime(state?.running?.startedAt)
    if (containerID && !Number.isNaN(startedAtMs)) this.resumes = { id: containerID.replace('containerd://', ''), startedAtMs }
  }

  begin(run: Run, id: string, nowMs: number): void {
    if (!this.resumes && this.#spec.lifecycle?.postStart) this.#before = this.state
    this.state = { type: 'running', run, id, startedAtMs: this.resumes?.startedAtMs ?? nowMs }
    this.resumes = undefined
    this.isOutOfMemory = false
    this.mustRestart = false
    this.hookFault = undefined
    this.actuate()
  }

  end(ended: Ended): void {
    this.settle()
    this.image = undefined
    this.log.close()
    this.ready = false
    this.started = false
    this.state = { type: 'ended', ended }
  }

  /** The run that has ended, where none is under way. */
  get ended(): Ended | undefined {
    return this.state.type === 'ended' ? this.state.ended : this.last
  }

  /** Makes room for another run. */
  prepareRestart(nowMs: number): void {
    this.last = this.ended
    this.crash.next(nowMs, this.last?.finishedAtMs)
    this.previousLog = this.log
    this.log = new LogBuffer()
    this.restarts++
  }
}
