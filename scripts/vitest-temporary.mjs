/**
 * One folder for all that tests put into the system's temporary folder: removed with the run, however it ended. What a run that went
 * well leaves in it is a mistake of a test, and fails the run with its name.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'

/** Short: sockets lie in it, whose paths may have no more than 104 characters. */
const PREFIX = '/tmp/wh-'

/** Where keepers of one user have their sockets when their own folder's path is too long: theirs to keep. */
const SOCKETS = /^wheelhouse-\d+$/

/** Returns the teardown. */
export function ownTemporaryFolder() {
  if (process.platform === 'win32') return () => {}
  const before = process.env.TMPDIR
  const folder = mkdtempSync(PREFIX)
  process.env.TMPDIR = folder
  return () => {
    const left = readdirSync(folder).filter((name) => name.startsWith('wheelhouse-') && !SOCKETS.test(name))
    rmSync(folder, { recursive: true, force: true })
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    if (left.length === 0) return
    console.error(`Tests left behind in the temporary folder: ${left.join(', ')}`)
    process.exitCode = 1
  }
}
