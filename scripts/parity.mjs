/**
 * `npm run parity`: builds what is stale, finds the kubectl that the comparison is pinned to, and plays the scenarios with it.
 * Looked for as the server does: the folder WHEELHOUSE_TOOLS_DIRECTORY, the PATH, the pinned npm package. `--kubectl FILE` goes first.
 */
import { execFileSync, spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { buildIfStale, root } from './build.mjs'

const MINOR = '36'

function isPinned(file) {
  try {
    const { clientVersion } = JSON.parse(
      execFileSync(file, ['version', '--client', '-o', 'json'], { stdio: ['ignore', 'pipe', 'ignore'] }),
    )
    return clientVersion.minor === MINOR
  } catch {
    return false
  }
}

async function findKubectl() {
  const folder = process.env.WHEELHOUSE_TOOLS_DIRECTORY
  const found = [...(folder ? [join(folder, 'kubectl')] : []), 'kubectl'].find(isPinned)
  if (found) return found
  const { toolsOf } = await import('../server/dist/tools/index.js')
  return toolsOf({ directory: null, cacheDirectory: join(homedir(), '.cache/wheelhouse') }).ensure('kubectl', { fromPath: false })
}

await buildIfStale({ only: ['programs'] })
const args = process.argv.slice(2)
const kubectl = args.includes('--kubectl') || args.includes('--help') ? [] : ['--kubectl', await findKubectl()]
const child = spawn(process.execPath, [join(root, 'simulator/dist/parity/run.js'), ...kubectl, ...args], { stdio: 'inherit' })
child.on('close', (code) => {
  process.exitCode = code ?? 1
})
