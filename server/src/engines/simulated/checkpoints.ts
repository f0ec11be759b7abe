/** The kept states of an environment: a folder each below its own, with every cluster, the home, and what the taker noted. */
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type CheckpointId, checkpointId, LabError } from '@wheelhouse/protocol'
import { writeFileByRename } from '../../hosts/local-files.js'
import { newId } from '../../store/ids.js'
import type { Checkpoint } from '../engine.js'
import type { Base } from './base.js'
import { ADDRESS } from './home.js'
import { packHome, unpackHome } from './home-archive.js'
import type { HostedClusters } from './hosting/cluster-hosts.js'

const FOLDER = 'checkpoints'
const ABOUT = 'about.json'
const HOME = 'home.tar.gz'
/** Of one that is being taken; no id begins with a dot. */
const UNFINISHED = '.'

interface Parts {
  /** The environment's folder. */
  directory: string
  clusters: Pick<HostedClusters, 'checkpoint' | 'restore'>
  base: Base
}

const folderOf = (directory: string, id: CheckpointId): string => join(directory, FOLDER, id)

/** @throws LabError `CHECKPOINT_TOO_LARGE`; then nothing is left of it */
export async function takeCheckpoint({ directory, clusters, base }: Parts, note: unknown): Promise<CheckpointId> {
  const id = checkpointId(newId())
  const fresh = join(directory, FOLDER, `${UNFINISHED}${id}`)
  await mkdir(fresh, { recursive: true, mode: 0o700 })
  try {
    const about: Checkpoint = { id, takenAtMs: Date.now(), note }
    await Promise.all([clusters.checkpoint(fresh), packHome(base, join(fresh, HOME)), keepAddress(directory, fresh)])
    await writeFileByRename(join(fresh, ABOUT), JSON.stringify(about), 0o600)
    await rename(fresh, folderOf(directory, id))
    return id
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    throw error
  }
}

/** The kubeconfig in the home leads to where the cluster was then: told, so that it can be led to where it is. */
const keepAddress = (from: string, to: string): Promise<void> =>
  copyFile(join(from, ADDRESS), join(to, ADDRESS)).catch(ignoreMissing)

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

export async function listCheckpoints(directory: string): Promise<Checkpoint[]> {
  const names = (await readdir(join(directory, FOLDER)).catch(() => [])).filter((name) => !name.startsWith(UNFINISHED))
  const found = await Promise.all(names.map((name) => about(directory, checkpointId(name))))
  return found.flatMap((one) => one ?? []).sort((a, b) => a.takenAtMs - b.takenAtMs || (a.id < b.id ? -1 : 1))
}

/** Ids come from outside: one that is no plain name is of no checkpoint. */
async function about(directory: string, id: CheckpointId): Promise<Checkpoint | null> {
  if (!/^[a-z0-9]+$/.test(id)) return null
  const text = await readFile(join(folderOf(directory, id), ABOUT), 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as Checkpoint)
}

async function require(directory: string, id: CheckpointId): Promise<string> {
  if (!(await about(directory, id))) throw new LabError('NOT_FOUND', { what: `checkpoint ${id}` })
  return folderOf(directory, id)
}

/** The home's kubeconfig may lead astray afterwards: `furnishHome` sets it right. @throws LabError `NOT_FOUND` */
export async function restoreCheckpoint({ directory, clusters, base }: Parts, id: CheckpointId): Promise<void> {
  const kept = await require(directory, id)
  await clusters.restore(kept)
  await unpackHome(base, join(kept, HOME))
  await keepAddress(kept, directory)
}

export async function dropCheckpoint(directory: string, id: CheckpointId): Promise<void> {
  if (await about(directory, id)) await rm(folderOf(directory, id), { recursive: true, force: true })
}

/** A new environment's folder with what a checkpoint of another holds: its clusters come from there. @throws LabError `NOT_FOUND` */
export async function seedFrom(source: string, id: CheckpointId, directory: string): Promise<void> {
  const kept = await require(source, id)
  for (const name of await readdir(kept)) if (name !== ABOUT) await copyFile(join(kept, name), join(directory, name))
}

/** Fills the home of one that `seedFrom` has begun, once. */
export async function unpackSeed(directory: string, base: Base): Promise<void> {
  const seed = join(directory, HOME)
  if (!(await readdir(directory)).includes(HOME)) return
  await unpackHome(base, seed)
  await rm(seed)
}
