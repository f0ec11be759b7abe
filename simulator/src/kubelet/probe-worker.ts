/** When a probe looks, and what its results come to. Models pkg/kubelet/prober/worker.go (v1.36). */
import type { Probe } from '../schema/kubernetes.generated.js'
import { look, type ProbeHost, type Which } from './probes.js'
import { mayRestart } from './restarts.js'
import type { Slot, SlotState } from './slot.js'

type Running = Extract<SlotState, { type: 'running' }>

/**
 * Lives as long as its Pod, over all runs of its container: it ticks from the moment it is made, whether the container runs or not.
 * The kubelet's own random delay of the first tick, soon after its start, is left out: clusters here are always young.
 */
export class ProbeWorker {
  /** The run that its results are about. */
  #run: string | undefined
  #last: boolean | undefined
  /** Results in a row that are as the last one; a new run goes on counting. */
  #inARow = 0
  /** It has said its word about this run. */
  #isOnHold = false
  #nextTickMs: number
  #isLooking = false
  #isTriggered = false
  #isStopped = false
  #cancel = () => {}

  constructor(
    readonly host: ProbeHost,
    readonly slot: Slot,
    readonly options: { probe: Probe; which: Which },
  ) {
    this.#nextTickMs = host.clock.now() + this.#periodMs
    void this.#turn()
  }

  get #periodMs(): number {
    return (this.options.probe.periodSeconds ?? 10) * 1000
  }

  /** Looks now, or after the look that is under way, and counts its ticks from there. */
  trigger(): void {
    if (this.#isStopped) return
    this.#isTriggered = this.#isLooking
    if (this.#isLooking) return
    this.#cancel()
    this.#nextTickMs = this.host.clock.now() + this.#periodMs
    void this.#turn()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  async #turn(): Promise<void> {
    this.#isLooking = true
    const goesOn = await this.#look()
    this.#isLooking = false
    if (!goesOn) this.stop()
    if (this.#isStopped) return
    if (this.#isTriggered) this.trigger()
    else this.#waitForTick()
  }

  /** A look that took longer than its period is followed by one at once; other ticks are lost. */
  #waitForTick(): void {
    const { clock } = this.host
    this.#cancel = clock.after(this.#nextTickMs - clock.now(), () => {
      const missed = Math.max(0, Math.floor((clock.now() - this.#nextTickMs) / this.#periodMs))
      this.#nextTickMs += (missed + 1) * this.#periodMs
      void this.#turn()
    })
  }

  /** @returns whether there may be anything left to look at */
  async #look(): Promise<boolean> {
    const { host, slot } = this
    const { shown } = slot
    const id = slot.shownId
    if (id === undefined) return true
    if (id !== this.#run) this.#isOnHold = false
    this.#run = id
    if (this.#isOnHold) return true
    if (shown.type !== 'running') return shown.type !== 'ended' || (!host.isEnding && mayRestart(host.pod, slot))
    if (this.#isOver()) return false
    if (!this.#isDue(shown)) return true
    const isGood = await look(host, slot, this.options)
    if (isGood !== undefined) this.#take(isGood)
    return true
  }

  /** What would restart its container has no say any more, other than that of a sidecar. @see StopLivenessAndStartup */
  #isOver(): boolean {
    return this.host.isEnding && this.options.which !== 'Readiness' && this.slot.kind !== 'sidecar'
  }

  #isDue({ startedAtMs }: Running): boolean {
    const { probe, which } = this.options
    const seconds = Math.floor((this.host.clock.now() - startedAtMs) / 1000)
    return seconds >= (probe.initialDelaySeconds ?? 0) && this.slot.started === (which !== 'Startup')
  }

  #take(isGood: boolean): void {
    const { probe, which } = this.options
    this.#inARow = isGood === this.#last ? this.#inARow + 1 : 1
    this.#last = isGood
    if (this.#inARow < ((isGood ? probe.successThreshold : probe.failureThreshold) ?? (isGood ? 1 : 3))) return
    if (which === 'Startup' || (which === 'Liveness' && !isGood)) {
      this.#isOnHold = true
      this.#inARow = 0
    }
    this.host.onResult(this.slot, { which, isGood })
  }
}
