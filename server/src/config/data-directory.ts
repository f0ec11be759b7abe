/**
 * The data directory: what makes an installation one. It holds the installation's id (which everything that engines create bears),
 * the key that signs cookies, the database and the log. One server at a time may use it.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { LabError } from '@wheelhouse/protocol'
import Database from 'libsql'
import { newId } from '../store/ids.js'

export interface DataDirectory {
  readonly path: string
  /** Ten lower-case letters and digits. Made once, never changed. */
  readonly installationId: string
  /** 32 bytes; the file has mode 0600. */
  readonly signingKey: Buffer
  readonly databaseFile: string
  readonly logFile: string
}

/** What a running server tells of itself in `server.json`, for commands beside it. */
export interface ServerNote {
  pid: number
  url: string
  startedAtMs: number
}

/** `WHEELHOUSE_DATA_DIR`, else the place where this kind of computer keeps the data of programs. */
export function defaultDataDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  if (environment.WHEELHOUSE_DATA_DIR) return resolve(environment.WHEELHOUSE_DATA_DIR)
  const home = homedir()
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'wheelhouse')
  if (process.platform === 'win32') return join(environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'wheelhouse')
  return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'wheelhouse')
}

/**
 * Opens the directory and makes what is missing in it.
 *
 * @throws LabError `DATA_DIRECTORY_UNUSABLE`
 */
export function openDataDirectory(path: string): DataDirectory {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return {
      path,
      installationId: readOrMake(join(path, 'installation-id'), newId).trim(),
      signingKey: Buffer.from(
        readOrMake(join(path, 'signing-key'), () => randomBytes(32).toString('base64')),
        'base64',
      ),
      databaseFile: join(path, 'wheelhouse.db'),
      logFile: join(path, 'server.log'),
    }
  } catch (error) {
    throw unusable(path, error)
  }
}

/** The file's content; where there is none, a new one with mode 0600. Of two processes that make it at once, one wins for both. */
function readOrMake(file: string, make: () => string): string {
  try {
    writeFileSync(file, `${make()}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    // A backup that was copied back may have lost its mode.
    if (statSync(file).mode & 0o077) chmodSync(file, 0o600)
  }
  const content = readFileSync(file, 'utf8')
  if (content.trim() === '') throw new Error(`${file} is empty; restore it from a backup, or remove it to begin anew`)
  return content
}

/**
 * Takes the directory for this server until `release` is called or the process ends, however it ends: the lock is one of the
 * operating system's on an open file, held through an SQLite transaction, because Node itself offers none.
 *
 * @throws LabError `DATA_DIRECTORY_IN_USE` with the other server's address, `DATA_DIRECTORY_UNUSABLE`
 */
export function lockDataDirectory({ path }: DataDirectory): { note(note: ServerNote): void; release(): void } {
  const lock = takeLock(path)
  const noteFile = join(path, 'server.json')
  rmSync(noteFile, { force: true })
  return {
    note: (note) => writeFileSync(noteFile, JSON.stringify(note), { mode: 0o600 }),
    release: () => {
      rmSync(noteFile, { force: true })
      lock.close()
    },
  }
}

function takeLock(path: string): { close(): void } {
  let lock: InstanceType<typeof Database> | undefined
  try {
    lock = new Database(join(path, 'server.lock'))
    lock.pragma('busy_timeout = 0')
    lock.exec('begin exclusive')
    const held = lock
    // Closing alone does not end the transaction while the garbage collector has not met its statements.
    return {
      close: () => {
        held.exec('rollback')
        held.close()
      },
    }
  } catch (error) {
    lock?.close()
    if (!/locked|busy/i.test(String(error))) throw unusable(path, error)
    const other = readServerNote(path)
    const who = other ? `${other.url}, process ${other.pid}` : 'starting'
    throw new LabError('DATA_DIRECTORY_IN_USE', { directory: path, who })
  }
}

/** What the running server said of itself; undefined where none runs or none has come so far. */
export function readServerNote(path: string): ServerNote | undefined {
  try {
    return JSON.parse(readFileSync(join(path, 'server.json'), 'utf8')) as ServerNote
  } catch {
    return undefined
  }
}

function unusable(path: string, error: unknown): LabError {
  const why = error instanceof Error ? error.message : String(error)
  return new LabError('DATA_DIRECTORY_UNUSABLE', { directory: path, why }, { cause: error })
}
