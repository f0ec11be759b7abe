/** Tells the steps of a provisioning and turns what goes wrong in one into the error that names it. */
import { ERRORS, LabError, type Message, message } from '@wheelhouse/protocol'
import { CommandTimeout } from '../hosts/execution-host.js'
import type { ProvisionOptions, StepEvent } from './engine.js'

/** How much of a failed command's output goes with the error: its end, where the reason stands. */
const KEPT_OUTPUT_CHARS = 8_000

/** A command of the engine's ended with another code than 0. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  constructor(
    readonly argv: readonly string[],
    readonly exitCode: number,
    readonly output: string,
  ) {
    super(`${shellWords(argv)} ended with ${exitCode}: ${output.slice(-500)}`)
  }
}

export class StepReporter {
  readonly #onStep: (event: StepEvent) => void
  readonly #signal: AbortSignal | undefined

  constructor(options: ProvisionOptions = {}) {
    this.#onStep = options.onStep ?? (() => {})
    this.#signal = options.signal
  }

  plan(names: readonly string[], values: Message['values'] = {}): void {
    this.#onStep({ type: 'plan', steps: names.map((name) => ({ name, title: message(`step.${name}`, values) })) })
  }

  output(step: string, text: string): void {
    this.#onStep({ type: 'output', step, text })
  }

  skip(step: string): void {
    this.#onStep({ type: 'skipped', step })
  }

  started(step: string): void {
    this.#onStep({ type: 'started', step })
  }

  done(step: string): void {
    this.#onStep({ type: 'done', step })
  }

  /**
   * Runs `work` as the step `name`.
   *
   * @throws LabError `ENGINE_ABORTED` where the signal was raised, `ENGINE_TIMEOUT`, `ENGINE_NO_SPACE` or `ENGINE_STEP_FAILED` for a
   *   command that was killed at its limit or failed; a LabError of the work's own as it is
   */
  async run<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    this.throwIfAborted()
    this.started(name)
    try {
      const result = await work()
      this.throwIfAborted()
      this.done(name)
      return result
    } catch (error) {
      throw this.failed(name, error)
    }
  }

  /** Reports the step as failed and returns the error to throw. */
  failed(name: string, error: unknown): LabError {
    const output = outputOf(error)
    this.#onStep({ type: 'failed', step: name, ...commandOf(error), ...(output ? { output } : {}) })
    return this.#signal?.aborted ? aborted(error) : asStepError(name, error)
  }

  throwIfAborted(): void {
    if (this.#signal?.aborted) throw aborted(this.#signal.reason)
  }
}

const aborted = (cause: unknown) => new LabError('ENGINE_ABORTED', {}, { cause })

/** As Linux words ENOSPC and EDQUOT, in whatever program's output. */
const NO_SPACE = /no space left on device|disk quota exceeded/i

function asStepError(step: string, error: unknown): LabError {
  if (error instanceof LabError && error.code in ERRORS) return error
  const detail = outputOf(error)
  if (error instanceof CommandTimeout)
    return new LabError('ENGINE_TIMEOUT', { step, seconds: Math.round(error.timeoutMs / 1000) }, { cause: error, detail })
  if (NO_SPACE.test(detail)) return new LabError('ENGINE_NO_SPACE', { step }, { cause: error, detail })
  const { command = '' } = commandOf(error)
  return new LabError('ENGINE_STEP_FAILED', { step, command }, { cause: error, detail })
}

const commandOf = (error: unknown): { command?: string } =>
  error instanceof CommandFailed || error instanceof CommandTimeout ? { command: shellWords(error.argv) } : {}

function outputOf(error: unknown): string {
  if (error instanceof CommandFailed || error instanceof CommandTimeout) return error.output.slice(-KEPT_OUTPUT_CHARS)
  if (error instanceof LabError) return error.detail ?? ''
  return error instanceof Error ? error.message : String(error)
}

/** A line that one can paste into a shell. */
export const shellWords = (argv: readonly string[]): string =>
  argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')
