/**
 * Builds what is stale: TypeScript of every workspace (`tsc -b`), then the browser application (Vite).
 *
 * `node scripts/build.mjs` builds; `--types` only checks types; `--force` builds even what looks fresh.
 * The launcher calls `buildIfStale` before each command, so it must cost little where nothing has changed: one walk over the
 * sources, comparing names, sizes and times with those of the last build.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cache = join(root, 'node_modules/.cache/wheelhouse')

const NODE_SOURCES = ['protocol/src', 'checkers', 'simulator/src', 'server/src']
const WEB_SOURCES = ['protocol/src', 'web/src', 'web/public', 'web/index.html', 'web/vite.config.ts']
const SETTINGS = ['tsconfig.base.json', 'package-lock.json']

/** One hash over the name, size and modification time of every file below `paths`. */
function fingerprint(paths) {
  const hash = createHash('sha256')
  const visit = (path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false })
    if (!stat) return
    if (!stat.isDirectory()) hash.update(`${path} ${stat.size} ${stat.mtimeMs}\n`)
    else
      for (const name of readdirSync(join(root, path)).sort())
        if (name !== 'node_modules' && name !== 'dist') visit(`${path}/${name}`)
  }
  for (const path of [...paths, ...SETTINGS]) visit(path)
  return hash.digest('hex')
}

const stampFile = (target) => join(cache, `${target}.stamp`)
const isFresh = (target, paths) => {
  try {
    return readFileSync(stampFile(target), 'utf8') === fingerprint(paths)
  } catch {
    return false
  }
}

function run(argv, cwd = root) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(output.trim() || `${argv[0]} ended with ${code}`))))
  })
}

const bin = (name) => join(root, 'node_modules', name)
const tsc = (...args) => run([bin('typescript/bin/tsc'), ...args])

/** Two commands started at once must not write the same files: the second waits for the first, or takes over from a dead one. */
async function withLock(work) {
  mkdirSync(cache, { recursive: true })
  const lock = join(cache, 'build.lock')
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch {
      if (!isAlive(Number(readIfThere(lock)))) rmSync(lock, { force: true })
      else await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function isAlive(pid) {
  if (!pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const TARGETS = [
  {
    name: 'programs',
    sources: NODE_SOURCES,
    build: () => tsc('-b', 'server'),
  },
  {
    name: 'pages',
    sources: WEB_SOURCES,
    build: () => run([bin('vite/bin/vite.js'), 'build', '--logLevel', 'error'], join(root, 'web')),
  },
]

/**
 * @param {{ say?: (line: string) => void, force?: boolean, only?: string[] }} options `say` hears of each target that is built
 */
export async function buildIfStale({ say = () => {}, force = false, only } = {}) {
  const wanted = TARGETS.filter((target) => !only || only.includes(target.name))
  if (!force && wanted.every((target) => isFresh(target.name, target.sources))) return
  await withLock(async () => {
    const stale = wanted.filter((target) => force || !isFresh(target.name, target.sources))
    await Promise.all(
      stale.map(async (target) => {
        const before = fingerprint(target.sources)
        const startedAt = performance.now()
        await target.build()
        writeFileSync(stampFile(target.name), before)
        say(`built the ${target.name} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
      }),
    )
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    if (process.argv.includes('--types')) await tsc('-b', root)
    else await buildIfStale({ say: (line) => console.log(line), force: process.argv.includes('--force') })
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
