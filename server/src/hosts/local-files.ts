/** Files of this computer, for hosts that live on it. */
import { randomBytes } from 'node:crypto'
import { access, chmod, constants, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'

/** Writes by rename, so that a reader sees the old or the new file; makes missing folders. */
export async function writeFileByRename(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const fresh = `${path}.${randomBytes(6).toString('hex')}.new`
  try {
    await writeFile(fresh, content, { mode })
    // The umask may have taken bits away.
    await chmod(fresh, mode)
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
}

export const readFileAt = (path: string): Promise<Buffer> => readFile(path)

/** Removes a file, or a folder with all that it holds. Nothing there is no fault. */
export const removeFileAt = (path: string): Promise<void> => rm(path, { recursive: true, force: true })

/** The first executable file of that name on a PATH, or null. A name with a slash is looked up as it stands. */
export async function whichOn(path: string, program: string): Promise<string | null> {
  const candidates = program.includes('/') ? [program] : path.split(delimiter).map((folder) => join(folder || '.', program))
  for (const candidate of candidates) if (await isExecutable(candidate)) return candidate
  return null
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
