/**
 * The learner's home as one file. `base` packs and unpacks it as the account that works there: a server that is root follows no link
 * which a learner has put into its way.
 */
import { spawn } from 'node:child_process'
import { open, stat } from 'node:fs/promises'
import { LabError } from '@wheelhouse/protocol'
import { formatBytes } from '../../format.js'
import type { Base } from './base.js'

/** Of the packed home; some twenty of them are kept of one environment, which may take two gigabytes. */
const MOST_BYTES = 32 * 1024 * 1024
/** The unit of `ulimit -f`, by POSIX. */
const BLOCK_BYTES = 512
const LONGEST_MS = 60_000

/** What cannot be read is left out: it is nobody's fault but the learner's, and the rest is worth keeping. */
const PACK = `
command -v tar >/dev/null || { echo 'tar is not there' >&2; exit 127; }
ulimit -f ${MOST_BYTES / BLOCK_BYTES}
tar --exclude=./.kube/cache -cf - . 2>/dev/null | gzip -1
`

/**
 * Folders stay where they are, for the shells that stand in them. `$1` is `wipe` where one of them is in the way of a file.
 */
const UNPACK = `
command -v tar >/dev/null || { echo 'tar is not there' >&2; exit 127; }
chmod -R u+rwX . 2>/dev/null
if [ "$1" = wipe ]; then find . -mindepth 1 -delete; else find . -mindepth 1 ! -type d -exec rm -f {} +; fi
kept=$(gzip -dc | tar -xvpf -) || exit 1
find . -mindepth 1 -depth -type d | while IFS= read -r folder; do
  printf '%s\\n' "$kept" | grep -qxF "$folder/" || rmdir "$folder" 2>/dev/null
done
exit 0
`

/** @throws LabError `CHECKPOINT_TOO_LARGE` */
export async function packHome(base: Base, file: string): Promise<void> {
  const { exitCode, complaint } = await inHome(base, [PACK], { file, flags: 'wx' })
  if (exitCode === 0) return
  const most = formatBytes(MOST_BYTES)
  throw (await stat(file)).size >= MOST_BYTES
    ? new LabError('CHECKPOINT_TOO_LARGE', { most })
    : new Error(`the home could not be packed: ${complaint || `exit code ${exitCode}`}`)
}

/** Afterwards the home holds what it held when it was packed, and nothing else. */
export async function unpackHome(base: Base, file: string): Promise<void> {
  for (const how of ['keep', 'wipe']) {
    const { exitCode, complaint } = await inHome(base, [UNPACK, 'sh', how], { file, flags: 'r' })
    if (exitCode === 0) return
    if (how === 'wipe') throw new Error(`the home could not be unpacked: ${complaint || `exit code ${exitCode}`}`)
  }
}

/** Runs a script in the home with a file of the server's as its output, or where it only reads, as its input. */
async function inHome(
  base: Base,
  [script, ...words]: [string, ...string[]],
  { file, flags }: { file: string; flags: 'r' | 'wx' },
): Promise<{ exitCode: number | null; complaint: string }> {
  const [program, ...enter] = await base.enter('base')
  const handle = await open(file, flags, 0o600)
  try {
    const child = spawn(program, [...enter, 'sh', '-c', script, ...words], {
      stdio: flags === 'r' ? [handle.fd, 'ignore', 'pipe'] : ['ignore', handle.fd, 'pipe'],
      timeout: LONGEST_MS,
    })
    let complaint = ''
    child.stderr?.on('data', (text) => {
      complaint += text
    })
    const exitCode = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
    return { exitCode, complaint: complaint.trim() }
  } finally {
    await handle.close()
  }
}
