/** The simulated engine as the configuration describes it. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../config/schema.js'
import type { ExecutionHost } from '../../hosts/execution-host.js'
import { ThisComputer } from '../../hosts/this-computer.js'
import { toolsOf } from '../../tools/index.js'
import { type FoundSandbox, findSandbox } from './find-sandbox.js'
import { SimulatedEngine } from './simulated-engine.js'

async function sandboxAsConfigured(
  wanted: Config['simulated']['sandbox'],
  host: ExecutionHost,
): Promise<FoundSandbox | { missing: string }> {
  if (wanted === 'none') return { missing: 'simulated.sandbox is none' }
  return findSandbox(host, wanted === 'auto' ? undefined : [wanted])
}

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
  const host = new ThisComputer(directory)
  return new SimulatedEngine({
    host,
    directory,
    kubectl: () => tools.ensure('kubectl'),
    hidden: [data.path],
    findSandbox: () => sandboxAsConfigured(config.simulated.sandbox, host),
    ...(onError ? { onError } : {}),
  })
}
