/** Kept states of a learner's environments, found by what a person types and asked of the running server. */
import {
  type CheckpointsView,
  type CheckpointView,
  type EnvironmentsView,
  type EnvironmentView,
  LabError,
} from '@wheelhouse/protocol'
import type { ServerClient } from './server-client.js'

export class EnvironmentStates {
  private constructor(
    private readonly client: ServerClient,
    readonly environment: EnvironmentView,
  ) {}

  /**
   * @param wanted  the id of a lab or of an environment; the only one that there is where absent
   * @throws LabError `CHOICE_UNCLEAR`
   */
  static async find(client: ServerClient, wanted: string | undefined): Promise<EnvironmentStates> {
    const { environments } = await client.ask<EnvironmentsView>('GET', '/api/environments')
    const present = environments.filter(({ state }) => state.phase !== 'deleted')
    const fits = ({ id, lab, fork }: EnvironmentView) => wanted === undefined || id === wanted || (lab === wanted && !fork)
    return new EnvironmentStates(client, onlyOne(present.filter(fits), wanted ?? '--environment', present.map(nameOf)))
  }

  /** Newest first. */
  async list(): Promise<CheckpointView[]> {
    return (await this.client.ask<CheckpointsView>('GET', this.#path())).checkpoints
  }

  keep(name: string): Promise<CheckpointView> {
    return this.client.ask('POST', this.#path(), { name })
  }

  async goBack(wanted: string): Promise<CheckpointView> {
    const state = await this.#state(wanted)
    await this.client.ask('POST', this.#path(state, 'restore'))
    return state
  }

  /** @returns the copy, which is being made */
  async fork(wanted: string): Promise<EnvironmentView> {
    return this.client.ask('POST', this.#path(await this.#state(wanted), 'fork'))
  }

  async delete(wanted: string): Promise<CheckpointView> {
    const state = await this.#state(wanted)
    await this.client.ask('DELETE', this.#path(state))
    return state
  }

  /** By its id or the beginning of it, by the name that the learner gave it, or by its kind: whatever fits but one. */
  async #state(wanted: string): Promise<CheckpointView> {
    const states = await this.list()
    const ways: ((state: CheckpointView) => boolean)[] = [
      ({ id }) => id === wanted,
      ({ name }) => name === wanted,
      ({ kind }) => kind === wanted,
      ({ id }) => wanted.length > 0 && id.startsWith(wanted),
    ]
    const found = ways.map((fits) => states.filter(fits)).find((some) => some.length > 0) ?? []
    return onlyOne(
      found,
      wanted,
      states.map((state) => [state.id, ...whatIs(state)].join(' ')),
    )
  }

  #path = (state?: CheckpointView, verb = '') =>
    ['/api/environments', this.environment.id, 'checkpoints', state?.id, verb].filter(Boolean).join('/')
}

/** Its kind, and the task or the name that goes with it. */
export const whatIs = ({ kind, task, name }: CheckpointView): string[] => [kind, name ?? task ?? ''].filter(Boolean)

const nameOf = ({ id, lab, fork }: EnvironmentView) => `${lab} (${fork ? 'copy ' : ''}${id})`

function onlyOne<Choice>([first, ...others]: Choice[], wanted: string, all: string[]): Choice {
  if (first && others.length === 0) return first
  throw new LabError('CHOICE_UNCLEAR', { wanted, choices: all.map((one) => `\n- ${one}`).join('') || ' -' })
}
