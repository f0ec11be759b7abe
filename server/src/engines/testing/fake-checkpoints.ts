/** Kept states of FakeEngine's environments: copies of the folders of their machines. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CheckpointId, checkpointId, type EnvironmentId, LabError } from '@wheelhouse/protocol'
import { newId } from '../../store/ids.js'
import type { Checkpoint, EnvironmentSpec } from '../engine.js'
import { machinesOf } from '../machines.js'

export class FakeCheckpoints {
  constructor(readonly folder: string) {}

  #at = (id: EnvironmentId, checkpoint = '') => join(this.folder, id, 'checkpoints', checkpoint)
  #homes = ({ id, clusters }: Pick<EnvironmentSpec, 'id' | 'clusters'>) =>
    machinesOf({ clusters }).map(({ name }) => ({ name, home: join(this.folder, id, name, 'home') }))

  async take(spec: EnvironmentSpec, note: unknown): Promise<CheckpointId> {
    const id = checkpointId(newId())
    await mkdir(this.#at(spec.id, id), { recursive: true })
    for (const { name, home } of this.#homes(spec)) await cp(home, join(this.#at(spec.id, id), name), { recursive: true })
    const about: Checkpoint = { id, takenAtMs: Date.now(), note }
    await writeFile(join(this.#at(spec.id, id), 'about.json'), JSON.stringify(about))
    return id
  }

  async list(id: EnvironmentId): Promise<Checkpoint[]> {
    const names = await readdir(this.#at(id)).catch(() => [])
    const texts = names.map((name) => readFile(join(this.#at(id, name), 'about.json'), 'utf8'))
    const found = (await Promise.all(texts)).map((text) => JSON.parse(text) as Checkpoint)
    return found.sort((a, b) => a.takenAtMs - b.takenAtMs)
  }

  /** Into the environment of the specification, from a checkpoint of it or of another. */
  async restore(spec: EnvironmentSpec, { environment, checkpoint }: NonNullable<EnvironmentSpec['from']>): Promise<void> {
    if (!(await this.list(environment)).some(({ id }) => id === checkpoint))
      throw new LabError('NOT_FOUND', { what: `checkpoint ${checkpoint}` })
    for (const { name, home } of this.#homes(spec)) {
      await rm(home, { recursive: true, force: true })
      await cp(join(this.#at(environment, checkpoint), name), home, { recursive: true })
    }
  }

  async drop(id: EnvironmentId, checkpoint: CheckpointId): Promise<void> {
    await rm(this.#at(id, checkpoint), { recursive: true, force: true })
  }
}
