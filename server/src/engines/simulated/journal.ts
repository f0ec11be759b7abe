/**
 * The state of one cluster on disk: a snapshot, and behind it every write since, one line each, written before anybody hears of it.
 * A server that is killed at any moment loses nothing that a client was told of. (A power cut may lose the last moments: lines are not
 * forced to the disk one by one.)
 *
 * A journal's name bears the revision that it goes on from, so that whatever files a kill leaves behind fit together: lines that the
 * snapshot holds already are passed over, and a last line that was cut short is no line.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint, ClusterState, StoreEvent } from '@wheelhouse/simulator'
import { writeFileByRename } from '../../hosts/local-files.js'

/** What a journal may grow to before a snapshot takes its place: read back in a fraction of a second. */
const LARGEST_BYTES = 8 * 1024 * 1024
/** Every restart begins another; past so many a snapshot takes their place. */
const MOST_JOURNALS = 16
/** Holds the keys of the cluster: for this account alone. */
const MODE = 0o600
const NEWLINE = '\n'.charCodeAt(0)

/** One write, as short as it can be told: a put, a removal, or another state in place of all. */
type Line =
  | { v: number; r: string; k: string; o: StoreEvent['object'] }
  | { v: number; r: string; k: string }
  | { v: number; all: Checkpoint }

/** What is written down: the part of a cluster that the journal needs. */
export interface Journalled {
  save(): ClusterState
  store: {
    readonly revision: number
    follow(follower: { onEvent: (event: StoreEvent) => void; onReset: () => void }): () => void
  }
}

export const snapshotFile = (directory: string, name: string) => join(directory, `cluster-${name}.json`)
export const writeSnapshot = (directory: string, name: string, state: ClusterState): Promise<void> =>
  writeFileByRename(snapshotFile(directory, name), JSON.stringify(state), MODE)

const journalFile = (directory: string, name: string, revision: number) =>
  join(directory, `cluster-${name}.${String(revision).padStart(12, '0')}.journal`)

interface JournalOptions {
  largestBytes?: number
  onError: (error: unknown) => void
  from?: ClusterState | undefined
}

/** Opens a journal to go on with it: where it ends in the middle of a line, that line is taken away. */
function openWhole(path: string): number {
  const descriptor = openSync(path, 'a', MODE)
  const text = readFileSync(path)
  const end = text.lastIndexOf(NEWLINE) + 1
  if (end < text.length) ftruncateSync(descriptor, end)
  return descriptor
}

async function bytesOf(files: string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function journalsOf(directory: string, name: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  return names
    .filter((file) => file.startsWith(`cluster-${name}.`) && file.endsWith('.journal'))
    .sort()
    .map((file) => join(directory, file))
}

export class Journal {
  #path: string
  #descriptor: number
  #bytes = 0
  #stop: () => void
  #snapshot: Promise<void> = Promise.resolve()

  private constructor(
    readonly directory: string,
    readonly name: string,
    readonly cluster: Journalled,
    readonly options: { largestBytes: number; onError: (error: unknown) => void },
  ) {
    this.#path = journalFile(directory, name, cluster.store.revision)
    this.#descriptor = openWhole(this.#path)
    this.#stop = cluster.store.follow({
      onEvent: (event) => this.#append(lineOf(event)),
      onReset: () => this.#append({ v: cluster.store.revision, all: cluster.save().objects }),
    })
  }

  /**
   * Writes the state down, and from then on every change of it.
   * @param options.from what the disk gave and the cluster has just begun with: it need not be written again
   */
  static async start(
    directory: string,
    name: string,
    cluster: Journalled,
    { largestBytes = LARGEST_BYTES, onError, from }: JournalOptions,
  ): Promise<Journal> {
    // Before anything is waited for: what is written from here on is in the journal.
    const journal = new Journal(directory, name, cluster, { largestBytes, onError })
    const isOnDisk = from !== undefined && cluster.store.revision === from.objects.revision + 1
    const old = (await journalsOf(directory, name)).filter((file) => file !== journal.#path)
    const bytes = await bytesOf(old)
    if (isOnDisk && old.length < MOST_JOURNALS && bytes < largestBytes) journal.#bytes += bytes
    else await journal.#takeSnapshot(old)
    return journal
  }

  #append(line: Line): void {
    const text = `${JSON.stringify(line)}\n`
    try {
      writeSync(this.#descriptor, text)
    } catch (error) {
      this.options.onError(error)
    }
    this.#bytes += text.length
    if (this.#bytes > this.options.largestBytes) this.#turnOver()
  }

  /** A new journal at once; the old ones go when the snapshot that holds them is there. */
  #turnOver(): void {
    this.#bytes = 0
    closeSync(this.#descriptor)
    this.#path = journalFile(this.directory, this.name, this.cluster.store.revision)
    this.#descriptor = openSync(this.#path, 'a', MODE)
    const current = this.#path
    const old = journalsOf(this.directory, this.name).then((files) => files.filter((file) => file < current))
    this.#snapshot = this.#snapshot
      .then(async () => this.#takeSnapshot(await old))
      .catch((error: unknown) => this.options.onError(error))
  }

  async #takeSnapshot(replaces: string[]): Promise<void> {
    await writeSnapshot(this.directory, this.name, this.cluster.save())
    for (const file of replaces) if (file !== this.#path) await rm(file, { force: true })
  }

  /** Leaves everything on the disk. */
  async close(): Promise<void> {
    this.#stop()
    await this.#snapshot
    closeSync(this.#descriptor)
  }
}

const lineOf = ({ type, revision: v, resource: r, key: k, object: o }: StoreEvent): Line =>
  type === 'DELETED' ? { v, r, k } : { v, r, k, o }

/** The state as the disk has it; undefined where the cluster was never written down. */
export async function readJournal(directory: string, name: string): Promise<ClusterState | undefined> {
  const text = await readFile(snapshotFile(directory, name), 'utf8').catch(() => null)
  if (text === null) return undefined
  const state = JSON.parse(text) as ClusterState
  const replay = new Replay(state.objects)
  for (const file of await journalsOf(directory, name))
    for (const line of linesOf(await readFile(file, 'utf8'))) replay.take(line)
  return { ...state, objects: replay.result() }
}

/** Whole lines only: the last may have been cut short. */
const linesOf = (text: string): Line[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)

class Replay {
  #revision: number
  #shelves: Map<string, Map<string, StoreEvent['object']>>
  constructor(start: Checkpoint) {
    this.#revision = start.revision
    this.#shelves = shelvesOf(start)
  }
  take(line: Line): void {
    if (line.v <= this.#revision) return
    this.#revision = line.v
    if ('all' in line) {
      this.#shelves = shelvesOf(line.all)
      return
    }
    const shelf = this.#shelves.get(line.r) ?? new Map()
    this.#shelves.set(line.r, shelf)
    if ('o' in line) shelf.set(line.k, line.o)
    else shelf.delete(line.k)
  }
  result(): Checkpoint {
    const objects = Object.fromEntries([...this.#shelves].map(([resource, shelf]) => [resource, [...shelf]]))
    return { revision: this.#revision, objects }
  }
}

const shelvesOf = ({ objects }: Checkpoint): Map<string, Map<string, StoreEvent['object']>> =>
  new Map(Object.entries(objects).map(([resource, entries]) => [resource, new Map(entries)]))
