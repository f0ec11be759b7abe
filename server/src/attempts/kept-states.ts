/**
 * The kept states of an environment as its learner knows them: their own, by name, and those that are kept by themselves before
 * something that cannot be taken back otherwise. With each goes how the tasks stood, so that going back takes the checks back too.
 */
import { type CheckpointId, type CheckpointKind, type CheckpointView, type EnvironmentId, LabError } from '@wheelhouse/protocol'
import type { Checkpoint } from '../engines/engine.js'
import type { TaskSetup } from '../store/repositories/attempts.js'
import type { AttemptContext } from './context.js'

/** What is kept beside a state. */
interface Note {
  kind: CheckpointKind
  task: string | null
  name: string | null
  setups: Record<string, TaskSetup>
}

/** Of a learner's own; further ones are refused. */
const MOST_NAMED = 10
/** Besides the one of the start; the oldest goes. */
const MOST_AUTOMATIC = 8

export class KeptStates {
  constructor(private readonly context: Pick<AttemptContext, 'environments' | 'store' | 'log'>) {}

  get #engine() {
    return this.context.environments.engine
  }

  /** Newest first; none where the engine keeps none. */
  async list(environment: EnvironmentId): Promise<CheckpointView[]> {
    return (await this.#engine.checkpoints(environment)).map(viewOf).reverse()
  }

  /** How the tasks stand now, for a state that is about to be kept. */
  async note(environment: EnvironmentId, what: Pick<Note, 'kind'> & Partial<Note>): Promise<Note> {
    const setups: Note['setups'] = {}
    for (const { id } of await this.context.store.attempts.ofEnvironment(environment))
      for (const { task, setup } of await this.context.store.attempts.tasks(id)) setups[task] = setup
    return { task: null, name: null, setups, ...what }
  }

  /** @throws LabError `CHECKPOINTS_FULL`, `CHECKPOINT_TOO_LARGE`, `ENGINE_UNSUPPORTED`, `ENVIRONMENT_NOT_READY` */
  async keep(environment: EnvironmentId, name: string): Promise<CheckpointView> {
    await this.context.environments.open(environment)
    const named = (await this.list(environment)).filter(({ kind }) => kind === 'named')
    if (named.length >= MOST_NAMED) throw new LabError('CHECKPOINTS_FULL', { limit: MOST_NAMED })
    const id = await this.#engine.checkpoint(environment, await this.note(environment, { kind: 'named', name }))
    return viewOf(await this.find(environment, id))
  }

  /**
   * Where it can be: nobody waits for it, and nothing fails for its sake.
   *
   * @param options.except  a state that stays, however old it is
   */
  async keepAutomatically(environment: EnvironmentId, note: Note, { except }: { except?: CheckpointId } = {}): Promise<void> {
    try {
      if (!(await this.#engine.capabilities()).checkpoints) return
      const before = await this.#engine.checkpoints(environment)
      if (note.kind === 'start' && before.some((one) => noteOf(one).kind === 'start')) return
      await this.#engine.checkpoint(environment, note)
      const automatic = before.filter((one) => !['start', 'named'].includes(noteOf(one).kind) && one.id !== except)
      const surplus = automatic.slice(0, Math.max(0, automatic.length + 1 - MOST_AUTOMATIC))
      for (const { id } of surplus) await this.drop(environment, id)
    } catch (error) {
      this.context.log.warn({ err: error, environment, kind: note.kind }, 'a state could not be kept')
    }
  }

  /** @throws LabError `NOT_FOUND` */
  async find(environment: EnvironmentId, id: CheckpointId): Promise<Checkpoint & { note: Note }> {
    const found = (await this.#engine.checkpoints(environment)).find((one) => one.id === id)
    if (!found) throw new LabError('NOT_FOUND')
    return { ...found, note: noteOf(found) }
  }

  drop(environment: EnvironmentId, id: CheckpointId): Promise<void> {
    return this.#engine.dropCheckpoint(environment, id)
  }
}

const noteOf = ({ note }: Checkpoint): Note => note as Note

function viewOf(checkpoint: Checkpoint): CheckpointView {
  const { kind, task, name } = noteOf(checkpoint)
  return { id: checkpoint.id, takenAtMs: checkpoint.takenAtMs, kind, task, name }
}
