/** How the containers of a Pod come to their end. Models pkg/kubelet/kuberuntime/kuberuntime_{container,termination_order}.go (v1.36). */
import type { Container } from '../containers/container.js'
import { decode } from '../containers/stream.js'
import { sleep } from '../time/clock.js'
import { preStop } from './hooks.js'
import type { PodHost } from './pod-host.js'
import type { Slot } from './slot.js'

/** The most that a termination message takes from the log. */
const MESSAGE_LINES = 80
const MESSAGE_BYTES = 2048
/** @see minimumGracePeriodInSeconds */
export const LEAST_GRACE_SECONDS = 2

/** What the container left in its termination file, or where it wants so, the end of its log. */
export function terminationMessage(slot: Slot, run: Container, exitCode: number): string | undefined {
  const node = run.machine.fs.stat(slot.spec.terminationMessagePath ?? '/dev/termination-log')
  const text = node?.type === 'file' ? decode(node.data) : ''
  if (text) return text
  if (slot.spec.terminationMessagePolicy !== 'FallbackToLogsOnError' || exitCode === 0) return undefined
  const lines = slot.log.lines().slice(-MESSAGE_LINES)
  return decode(lines.map((line) => line.text).join('')).slice(-MESSAGE_BYTES) || undefined
}

/** Asks the container to end, and kills it when its time is over. @param ended is told of a kill */
export function stopRun(
  host: PodHost,
  slot: Slot,
  { graceSeconds, ended }: { graceSeconds: number; ended: (run: Container) => void },
): void {
  if (slot.state.type !== 'running') return
  const { run } = slot.state
  const kill = () => {
    if (slot.state.type !== 'running' || slot.state.run !== run) return
    run.kill()
    ended(run)
  }
  run.terminate()
  if (graceSeconds <= 0) kill()
  else host.kubelet.clock.after(graceSeconds * 1000, kill)
}

/** Ends a Pod: main containers together, then its sidecars, the last first. Each is asked once. */
export class PodEnding {
  readonly #asked = new Set<Slot>()
  constructor(
    readonly host: PodHost,
    readonly stop: (slot: Slot, graceSeconds: number) => void,
  ) {}

  /** @returns whether nothing runs any more */
  step(graceSeconds: number): boolean {
    const { slots } = this.host
    const running = slots.filter((slot) => slot.isRunning)
    const [last] = running.filter((slot) => slot.kind === 'sidecar').reverse()
    const others = running.filter((slot) => slot.kind !== 'sidecar')
    const turn = others.length > 0 ? others : last ? [last] : []
    for (const slot of turn) this.ask(slot, graceSeconds)
    return running.length === 0 || slots.every((slot) => !slot.isRunning)
  }

  /** The grace was shortened to nothing. */
  hurry(): void {
    for (const slot of this.host.slots) if (slot.isRunning) this.stop(slot, 0)
  }

  ask(slot: Slot, graceSeconds: number): void {
    if (this.#asked.has(slot)) return
    this.#asked.add(slot)
    this.host.note(slot, { type: 'Normal', reason: 'Killing', message: `Stopping container ${slot.name}` })
    void this.#hookWithin(slot, graceSeconds).then((leftSeconds) => this.stop(slot, leftSeconds))
  }

  /** The hook takes its time from the grace; a little is left to the container in any case. */
  async #hookWithin(slot: Slot, graceSeconds: number): Promise<number> {
    if (graceSeconds <= 0 || !slot.spec.lifecycle?.preStop) return graceSeconds
    const { clock } = this.host.kubelet
    const startedAtMs = clock.now()
    const out = new AbortController()
    await Promise.race([preStop(this.host, slot), sleep(clock, graceSeconds * 1000, out.signal)])
    out.abort()
    return Math.max(LEAST_GRACE_SECONDS, graceSeconds - (clock.now() - startedAtMs) / 1000)
  }
}
