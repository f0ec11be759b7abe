/** The kind engine as the configuration describes it. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../config/schema.js'
import { ThisComputer } from '../../hosts/this-computer.js'
import { toolsOf } from '../../tools/index.js'
import { KindEngine } from './kind-engine.js'
import { DEFAULT_BOUNDS, DEFAULT_NODE_IMAGES, type KindSettings } from './settings.js'

interface MakeParts {
  config: Pick<Config, 'kind' | 'tools'>
  data: { path: string; installationId: string }
  /** Every image of the catalogue; asked for when they are needed, since an engine is made before the labs are read. */
  images: () => readonly string[]
}

const MIB = 1024 ** 2

export function makeKindEngine({ config, data, images }: MakeParts): KindEngine {
  const directory = join(data.path, 'kind')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const settings = kindSettings(config.kind, data.installationId, config.kind.bakeImages ? images : () => [])
  const cacheDirectory = config.tools.cacheDirectory || defaultCacheDirectory(process.env)
  const tools = toolsOf({ directory: config.tools.directory || null, cacheDirectory })
  return new KindEngine(new ThisComputer(directory), settings, tools)
}

export function kindSettings(kind: Config['kind'], installation: string, images: () => readonly string[]): KindSettings {
  const node = { memoryBytes: kind.nodeMemoryMb * MIB, cpus: kind.nodeCpus, processes: kind.nodeProcesses }
  return {
    installation,
    imageNamespace: installation,
    provider: kind.provider,
    subnets: kind.subnets,
    internet: kind.internet,
    bounds: { node, base: { ...DEFAULT_BOUNDS.base, memoryBytes: kind.baseMemoryMb * MIB } },
    mirror: kind.mirror || null,
    nodeImages: nodeImagesOf(kind.nodeImages),
    get bakedImages() {
      return [...images()]
    },
  }
}

/** Newest first, so that the first is the default. */
function nodeImagesOf(more: readonly string[]): Record<string, string> {
  const given = more.map((text) => text.split('=', 2) as [string, string])
  const all = { ...DEFAULT_NODE_IMAGES, ...Object.fromEntries(given) }
  const minorOf = (version: string) => Number(version.split('.')[1])
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => minorOf(b) - minorOf(a)))
}

/** Where this kind of computer keeps what can be fetched again. */
export function defaultCacheDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'wheelhouse')
  if (process.platform === 'win32') return join(environment.LOCALAPPDATA ?? homedir(), 'wheelhouse', 'cache')
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'wheelhouse')
}
