/** The simulated engine as the configuration describes it. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../config/schema.js'
import { ThisComputer } from '../../hosts/this-computer.js'
import { toolsOf } from '../../tools/index.js'
import { SimulatedEngine } from './simulated-engine.js'

interface MakeParts {
  config: Pick<Config, 'tools' | 'simulated'>
  data: { path: string }
  onError?: (where: string, error: unknown) => void
}

export function makeSimulatedEngine({ config, data, onError }: MakeParts): SimulatedEngine {
  const directory = join(data.path, 'simulated')
  mkdirSync(directory, { recursive: true, mode: 0o711 })
  const cacheDirectory =
    config.tools.cacheDirectory || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wheelhouse')
  const tools = toolsOf({ directory: config.tools.directory || null, cacheDirectory })
  return new SimulatedEngine({
    host: new ThisComputer(directory),
    directory,
    kubectl: () => tools.ensure('kubectl'),
    hidden: [data.path],
    ...(config.simulated.sandbox === 'none' ? { sandboxMissing: async () => 'simulated.sandbox is none' } : {}),
    ...(onError ? { onError } : {}),
  })
}
