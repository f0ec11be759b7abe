/** The probes of one Pod, and what becomes of their results. Models pkg/kubelet/prober/prober_manager.go (v1.36). */
import type { PodHost } from './pod-host.js'
import { ProbeWorker } from './probe-worker.js'
import type { ProbeHost, Which } from './probes.js'
import type { Slot } from './slot.js'

/**
 * The kubelet lists its containers when it has started one and every second. Each time that it hears of a change it looks at what is not
 * ready: at a container that has begun, and once more, as that look is a change too.
 */
const LISTED_AFTER_MS = [250, 750]

interface Options {
  isEnding: () => boolean
  /** Ends the run of a container that its probe has given up. */
  giveUp: (slot: Slot, which: 'liveness' | 'startup') => void
}

export class PodProbes implements ProbeHost {
  readonly #workers: ProbeWorker[] = []
  #isAdded = false
  constructor(
    readonly host: PodHost,
    readonly options: Options,
  ) {}

  get clock() {
    return this.host.kubelet.clock
  }
  get fabric() {
    return this.host.kubelet.options.fabric
  }
  get pod() {
    return this.host.pod
  }
  get podIp() {
    return this.host.podIp
  }
  get nodeIp() {
    return this.host.kubelet.bridgeAddress
  }
  get isEnding() {
    return this.options.isEnding()
  }

  /** Every probe begins to tick, once the Pod has its volumes. @see AddPod */
  add(): void {
    if (this.#isAdded) return
    this.#isAdded = true
    for (const slot of this.host.slots) {
      if ((slot.kind !== 'main' && slot.kind !== 'sidecar') || this.#isSteady(slot)) continue
      const { startupProbe: Startup, readinessProbe: Readiness, livenessProbe: Liveness } = slot.spec
      for (const [which, probe] of Object.entries({ Startup, Readiness, Liveness }))
        if (probe) this.#workers.push(new ProbeWorker(this, slot, { probe, which: which as Which }))
    }
  }

  /** A part of the cluster is taken for well. */
  #isSteady({ spec }: Slot): boolean {
    const here = this.host.kubelet.images.here(spec.image ?? '')
    return here?.type === 'present' && here.image.steady === true
  }

  /** The container runs, and its hook after the start is through. */
  begin(slot: Slot): void {
    const isSteady = this.#isSteady(slot)
    slot.started = isSteady || !slot.spec.startupProbe
    slot.ready = isSteady || (slot.started && !slot.spec.readinessProbe)
    this.changed()
  }

  /** A container of the Pod has begun or ended. */
  changed(): void {
    if (this.#workers.length === 0) return
    for (const afterMs of LISTED_AFTER_MS) this.clock.after(afterMs, () => this.#lookAgain())
  }

  stop(): void {
    for (const worker of this.#workers) worker.stop()
  }

  /** What runs and is not ready does not wait for its tick. @see UpdatePodStatus */
  #lookAgain(): void {
    for (const worker of this.#workers) {
      const { slot, options } = worker
      if (options.which === 'Readiness' && slot.shown.type === 'running' && slot.started && !slot.ready) worker.trigger()
    }
  }

  onUnhealthy(slot: Slot, message: string): void {
    this.host.note(slot, { type: 'Warning', reason: 'Unhealthy', message })
  }
  onWarning(slot: Slot, message: string): void {
    this.host.note(slot, { type: 'Warning', reason: 'ProbeWarning', message })
  }

  onResult(slot: Slot, { which, isGood }: { which: Which; isGood: boolean }): void {
    if (which === 'Readiness') this.#becomes(slot, { ready: isGood })
    else if (!isGood) this.options.giveUp(slot, which === 'Startup' ? 'startup' : 'liveness')
    else if (which === 'Startup') this.#becomes(slot, { started: true, ready: !slot.spec.readinessProbe })
  }

  #becomes(slot: Slot, { started = slot.started, ready }: { started?: boolean; ready: boolean }): void {
    if (slot.started === started && slot.ready === ready) return
    Object.assign(slot, { started, ready })
    this.host.sync()
    this.#lookAgain()
  }
}
