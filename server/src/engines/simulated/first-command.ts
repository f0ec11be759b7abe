/**
 * The first command of kubectl in a home takes twice as long as the next: it asks the cluster what it serves and keeps the answers, file
 * by file, each forced onto the disk. So one runs before anybody waits for it, behind everything else that this computer does.
 */
import type { EnvironmentId } from '@wheelhouse/protocol'
import type { Environment } from '../engine.js'

const SCRIPT = '[ -e "$HOME/.kube/cache" ] || exec nice -n 19 kubectl get nodes'
const LONGEST_MS = 60_000

export class FirstCommands {
  readonly #running = new Map<EnvironmentId, { abort: AbortController; ended: Promise<void> }>()

  /** @param onError  hears of one that failed of itself. Nothing else depends on it. */
  constructor(private readonly onError: (error: Error) => void) {}

  begin(environment: Environment): void {
    const { id } = environment
    const abort = new AbortController()
    const command = { machine: 'base', user: 'candidate', argv: ['sh', '-c', SCRIPT], timeoutMs: LONGEST_MS } as const
    const ended = environment
      .run({ ...command, signal: abort.signal })
      .then(({ exitCode, stderr }) => {
        if (exitCode !== 0) throw new Error(`the first kubectl of ${id} ended with ${exitCode}: ${stderr.trim()}`)
      })
      .catch((error) => {
        if (!abort.signal.aborted) this.onError(error)
      })
      .finally(() => this.#running.delete(id))
    this.#running.set(id, { abort, ended })
  }

  /** Cut short: the environment is about to end. */
  async cancel(id: EnvironmentId): Promise<void> {
    const running = this.#running.get(id)
    running?.abort.abort()
    await running?.ended
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((id) => this.cancel(id)))
  }
}
