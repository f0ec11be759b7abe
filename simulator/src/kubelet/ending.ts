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
/** The most that is read of the file. @see pkg/kubelet/container: MaxContainerTerminationMessageLength */
const FILE_BYTES = 4096
/** @see minimumGracePeriodInSeconds */
export const LEAST_GRACE_SECONDS = 2

/** What the container left in its termination file, or where it wants so, the end of its log. */
export function terminationMessage(slot: Slot, run: Container, exitCode: number): string | undefined {
  const node = run.machine.fs.stat(slot.spec.terminationMessagePath ?? '/dev/termination-log')
  const text = node?.type === 'file' ? decode(node.data.slice(0, FILE_BYTES)) : ''
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

/**
 * What comes before a container is asked to end: its hook, and its turn. Both take their time from the grace; a little is left to the
 * container in any case. @returns seconds that are left
 */
export async function leadUp(
  host: PodHost,
  slot: Slot,
  { graceSeconds, turn }: { graceSeconds: number; turn?: () => Promise<void> | undefined },
): Promise<number> {
  if (graceSeconds <= 0 || !(turn || slot.spec.lifecycle?.preStop)) return graceSeconds
  const { clock } = host.kubelet
  const startedAtMs = clock.now()
  const out = new AbortController()
  const prepared = preStop(host, slot).then(() => turn?.())
  await Promise.race([prepared, sleep(clock, graceSeconds * 1000, out.signal)])
  out.abort()
  return Math.max(LEAST_GRACE_SECONDS, graceSeconds - (clock.now() - startedAtMs) / 1000)
}

/**
 * Ends a Pod: all are told at once and run their hooks; then the main containers are asked to end, and each sidecar when those and the
 * sidecars after it have ended, all within the one grace. Each is asked once, and again where the grace is shortened.
 */
export class PodEnding {
  readonly #asked = new Set<Slot>()
  /** Sidecars whose turn has not come. */
  readonly #waiting = new Map<Slot, () => void>()
  #graceSeconds = Number.POSITIVE_INFINITY
  constructor(
    readonly host: PodHost,
    readonly stop: (slot: Slot, graceSeconds: number) => void,
  ) {}

  /** @returns whether nothing runs any more */
  step(graceSeconds: number): boolean {
    const running = this.host.slots.filter((slot) => slot.isRunning)
    for (const slot of running) {
      if (!this.#asked.has(slot)) this.#ask(slot, graceSeconds)
      else if (graceSeconds < this.#graceSeconds) this.stop(slot, graceSeconds)
    }
    this.#graceSeconds = Math.min(this.#graceSeconds, graceSeconds)
    for (const [slot, go] of this.#waiting) if (this.#isTurnOf(slot)) go()
    return running.length === 0
  }

  #ask(slot: Slot, graceSeconds: number): void {
    this.#asked.add(slot)
    this.host.note(slot, { type: 'Normal', reason: 'Killing', message: `Stopping container ${slot.name}` })
    const turn = slot.kind === 'sidecar' ? () => this.#turn(slot) : undefined
    void leadUp(this.host, slot, { graceSeconds, ...(turn ? { turn } : {}) }).then((leftSeconds) => {
      this.#waiting.delete(slot)
      this.stop(slot, leftSeconds)
    })
  }

  #turn(slot: Slot): Promise<void> | undefined {
    if (this.#isTurnOf(slot)) return undefined
    return new Promise((resolve) => this.#waiting.set(slot, resolve))
  }

  #isTurnOf(slot: Slot): boolean {
    const { slots } = this.host
    const after = slots.slice(slots.indexOf(slot) + 1)
    return !after.some((other) => other.isRunning && (other.kind === 'main' || other.kind === 'sidecar'))
  }
}
