/** The steps of one piece of long work, kept from an engine's events as the page shows them. */
import type { Step } from '@wheelhouse/protocol'
import { message } from '@wheelhouse/protocol'
import type { Clock } from '../clock.js'
import type { StepEvent } from '../engines/engine.js'

/** As much of a step's output as a log drawer shows. */
const KEPT_LOG_CHARS = 16_000

export class StepList {
  #steps: Step[] = []
  readonly #startedAt = new Map<string, number>()

  /** @param medians  milliseconds that each step took in earlier runs, by name */
  constructor(
    private readonly clock: Clock,
    private readonly medians: ReadonlyMap<string, number>,
  ) {}

  /** @returns whether a step began or ended; output alone is not worth a write to the store */
  apply(event: StepEvent): boolean {
    switch (event.type) {
      case 'plan':
        this.#plan(event.steps)
        return true
      case 'started':
        this.#startedAt.set(event.step, this.clock.now())
        this.#change(event.step, { status: 'running' })
        return true
      case 'output':
        this.#log(event.step, event.text)
        return false
      case 'done':
      case 'skipped':
        this.#change(event.step, { status: event.type, elapsedMs: this.#elapsed(event.step) })
        return true
      case 'failed':
        this.#fail(event)
        return true
    }
  }

  /** As they stand now; a running step's time goes on. */
  get steps(): Step[] {
    return this.#steps.map((step) => (step.status === 'running' ? { ...step, elapsedMs: this.#elapsed(step.name) } : step))
  }

  /** What each finished step took, for the next learner's expectation. */
  get took(): { step: string; tookMs: number }[] {
    return this.#steps.filter((step) => step.status === 'done').map((step) => ({ step: step.name, tookMs: step.elapsedMs }))
  }

  #plan(planned: Extract<StepEvent, { type: 'plan' }>['steps']): void {
    const known = new Map(this.#steps.map((step) => [step.name, step]))
    this.#steps = planned.map(({ name, title }) => known.get(name) ?? this.#waiting(name, title))
  }

  #waiting(name: string, title: Step['title']): Step {
    return { name, title, status: 'waiting', elapsedMs: 0, expectedMs: this.medians.get(name) ?? null }
  }

  #fail({ step, command, output }: Extract<StepEvent, { type: 'failed' }>): void {
    const text = [command ? `$ ${command}` : '', output ?? ''].filter(Boolean).join('\n')
    if (text) this.#log(step, `\n${text}\n`)
    this.#change(step, { status: 'failed', elapsedMs: this.#elapsed(step) })
  }

  #log(name: string, text: string): void {
    const log = `${this.#steps.find((step) => step.name === name)?.log ?? ''}${text}`
    this.#change(name, { log: log.slice(-KEPT_LOG_CHARS) })
  }

  /** A step that no plan named is one of the steps all the same. */
  #change(name: string, change: Partial<Step>): void {
    if (!this.#steps.some((step) => step.name === name)) this.#steps.push(this.#waiting(name, message(`step.${name}`)))
    this.#steps = this.#steps.map((step) => (step.name === name ? { ...step, ...change } : step))
  }

  #elapsed(name: string): number {
    return this.clock.now() - (this.#startedAt.get(name) ?? this.clock.now())
  }
}
