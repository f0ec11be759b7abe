/** What a folder takes on the disk, links not followed. */
import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const BLOCK_BYTES = 512
/** Past so many entries the answer is large enough for whoever asks; a learner's million of files is not walked each time. */
const MOST_ENTRIES = 50_000
/** A file costs a block of its own, whatever it holds. */
const UNSEEN_BYTES = 4096

export async function folderSize(folder: string): Promise<number> {
  const open = [folder]
  let bytes = 0
  let seen = 0
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const entries: Dirent[] = await readdir(path, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      if (++seen > MOST_ENTRIES) return bytes + (entries.length + open.length) * UNSEEN_BYTES
      const child = join(path, entry.name)
      if (entry.isDirectory()) open.push(child)
      bytes += (await lstat(child).catch(() => ({ blocks: 0 }))).blocks * BLOCK_BYTES
    }
  }
  return bytes
}
