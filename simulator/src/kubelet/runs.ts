/** How the containers of a Pod are started, ended and started again. Models pkg/kubelet/kuberuntime/kuberuntime_{container,manager}.go (v1.36). */
import { Container } from '../containers/container.js'
import { LEAST_GRACE_SECONDS, leadUp, stopRun, terminationMessage } from './ending.js'
import { postStart } from './hooks.js'
import { tellPresent } from './image-pull.js'
import { watchMemory } from './memory.js'
import type { PodHost } from './pod-host.js'
import { PodProbes } from './pod-probes.js'
import { mayRestart } from './restarts.js'
import { runOptions } from './run-options.js'
import type { Slot } from './slot.js'
import { startFailed } from './start-failure.js'

export class PodRuns {
  /** The Pod is on its way out: nothing is started again. */
  #isEnding = false
  readonly probes: PodProbes
  constructor(readonly host: PodHost) {
    this.probes = new PodProbes(host, {
      isEnding: () => this.#isEnding,
      giveUp: (slot, which) => this.#restart(slot, which),
    })
  }

  /** The Pod ends. */
  close(): void {
    this.#isEnding = true
    for (const slot of this.host.slots) slot.mustRestart = false
  }

  /** Who is not deleted gets a moment even where the Pod gives none. */
  get graceSeconds(): number {
    return Math.max(LEAST_GRACE_SECONDS, this.host.pod.spec.terminationGracePeriodSeconds ?? 30)
  }

  start(slot: Slot): void {
    const { host } = this
    const { clock } = host.kubelet
    let run: Container
    const isNew = !slot.resumes
    const id = slot.resumes?.id ?? host.kubelet.containerId()
    try {
      const options = runOptions(host, slot)
      if (slot.ended) slot.prepareRestart(clock.now())
      if (isNew) tellPresent(host, slot)
      if (isNew) host.note(slot, { type: 'Normal', reason: 'Created', message: 'Container created' })
      run = new Container({ ...options, log: slot.log })
    } catch (error) {
      startFailed(host, slot, { error, id })
      return
    }
    slot.begin(run, id, clock.now())
    if (isNew) host.note(slot, { type: 'Normal', reason: 'Started', message: 'Container started' })
    if (slot.isStarting) void this.#hookStart(slot, run)
    else this.probes.begin(slot)
    watchMemory(host, slot, { run, killed: () => this.#ended(slot, run, run.killedCode) })
    void run.exited.then((exitCode) => this.#ended(slot, run, exitCode))
  }

  /** Its probes begin when its hook is through; where that fails, it is ended. */
  async #hookStart(slot: Slot, run: Container): Promise<void> {
    const { host } = this
    const fault = await postStart(host, slot, run)
    if (host.isStopped || slot.state.type !== 'running' || slot.state.run !== run) return
    slot.hookFault = fault
    if (fault !== undefined) {
      await this.end(slot, this.graceSeconds)
      return
    }
    slot.settle()
    this.probes.begin(slot)
    host.sync()
  }

  #ended(slot: Slot, run: Container, exitCode: number): void {
    if (slot.state.type !== 'running' || slot.state.run !== run) return
    const { host } = this
    const nowMs = host.kubelet.clock.now()
    const { id, startedAtMs } = slot.state
    const message = terminationMessage(slot, run, exitCode)
    const reason = slot.isOutOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error'
    slot.end({ exitCode, reason, message, startedAtMs, finishedAtMs: nowMs, id })
    this.probes.changed()
    slot.show(nowMs)
    if (slot.hookFault !== undefined && !this.#isEnding && mayRestart(host.pod, slot))
      slot.wait({ reason: 'PostStartHookError', message: slot.hookFault })
    host.sync()
  }

  /** Restarts a container that its probe has given up. */
  #restart(slot: Slot, which: 'liveness' | 'startup'): void {
    if (slot.state.type !== 'running' || this.#isEnding) return
    slot.mustRestart = (slot.spec.restartPolicy ?? this.host.pod.spec.restartPolicy) !== 'Never'
    this.host.note(slot, { type: 'Normal', reason: 'Killing', message: this.#whyKilled(slot, which) })
    const probe = which === 'liveness' ? slot.spec.livenessProbe : slot.spec.startupProbe
    void this.end(slot, probe?.terminationGracePeriodSeconds ?? this.graceSeconds)
  }

  /** Where nothing is left to run, the whole Pod is ended. @see computePodActions: keepCount */
  #whyKilled(slot: Slot, which: 'liveness' | 'startup'): string {
    if (slot.mustRestart) return `Container ${slot.name} failed ${which} probe, will be restarted`
    const isAlone = !this.host.slots.some((other) => other !== slot && other.kind === 'main' && other.isRunning)
    return isAlone ? `Stopping container ${slot.name}` : `Container ${slot.name} failed ${which} probe`
  }

  /** A changed image restarts its container. */
  takeImage(slot: Slot): void {
    const { containers, initContainers = [] } = this.host.pod.spec
    const spec = [...containers, ...initContainers].find((each) => each.name === slot.name)
    if (!spec || spec.image === slot.spec.image) return
    slot.takeSpec({ ...spec, resources: slot.spec.resources })
    if (slot.state.type !== 'running' || this.#isEnding) return
    slot.mustRestart = true
    const message = `Container ${slot.name} definition changed, will be restarted`
    this.host.note(slot, { type: 'Normal', reason: 'Killing', message })
    void this.end(slot, this.graceSeconds)
  }

  /** Ends one run, whose hook comes first. */
  async end(slot: Slot, graceSeconds: number): Promise<void> {
    if (slot.state.type !== 'running') return
    const { run } = slot.state
    const leftSeconds = await leadUp(this.host, slot, { graceSeconds })
    if (slot.state.type === 'running' && slot.state.run === run) this.stop(slot, leftSeconds)
  }

  stop(slot: Slot, graceSeconds: number): void {
    stopRun(this.host, slot, { graceSeconds, ended: (run) => this.#ended(slot, run, run.killedCode) })
  }
}
