/**
 * The image that every machine runs: the node image of a Kubernetes version, the exam's tools, and the images of the catalogue inside
 * its containerd, so that neither a cold start nor the pool pays for importing them.
 *
 * Two images, so that a new lab costs seconds and not a build: `machine` (tools) and, on top, `node` (with the labs' images).
 */
import { readFile } from 'node:fs/promises'
import { LabError } from '@wheelhouse/protocol'
import type { ExecutionHost } from '../../hosts/execution-host.js'
import { platformOf, type ToolName, type Tools } from '../../tools/tools.js'
import { CommandFailed } from '../step-reporter.js'
import type { ContainerCli } from './container-cli.js'
import { repositoryOf } from './image-names.js'
import { type ContextFile, filesOf, fingerprint } from './image-source.js'
import { builtImages, type Images, type ImageWork, importCommand, type PresentImage } from './images.js'
import { LABEL, labelFlags } from './labels.js'
import type { KindSettings } from './settings.js'

/** Baked into the machines; etcdctl, etcdutl, crictl and kubectl come with the node image. */
const TOOLS: ToolName[] = ['helm', 'kustomize', 'yq']

/** Label on the machine image: the tools that it is without. */
const MISSING_LABEL = 'wheelhouse.missing-tools'

/** Label on the baked image: JSON list of the images in it. Podman keeps the quotes that stand around it in the change. */
const BAKED_LABEL = 'wheelhouse.images'

const BAKE_TIMEOUT_MS = 15 * 60_000

export interface MachineImageParts {
  cli: ContainerCli
  host: ExecutionHost
  images: Images
  tools: Tools
  settings: KindSettings
}

export class MachineImage {
  /** Tools that could not be had for the image, with the reason, since the server started. */
  readonly missingTools = new Map<ToolName, string>()
  readonly #underWay = new Map<string, Promise<string>>()
  readonly #baked = new Map<string, Promise<string[]>>()
  /** The image of each version that this server has made sure of. What is in it was looked at then, and is not looked at again. */
  readonly #made = new Map<string, string>()

  constructor(private readonly parts: MachineImageParts) {}

  /** The image of a Kubernetes version, built where it is not there. @returns its name @throws LabError `IMAGE_MISSING` */
  ensure(kubernetes: string, work: ImageWork = {}): Promise<string> {
    const running = this.#underWay.get(kubernetes)
    if (running) return running
    const mine = this.#ensure(kubernetes, work).finally(() => this.#underWay.delete(kubernetes))
    this.#underWay.set(kubernetes, mine)
    return mine
  }

  /** The machine image of a Kubernetes version where it has been built, and the tools that it is without. */
  async built(kubernetes: string): Promise<{ image: string; missingTools: string[] } | null> {
    const { cli } = this.parts
    const nodeImage = this.parts.settings.nodeImages[kubernetes]
    if (!nodeImage) return null
    const image = await this.#machineName(kubernetes, nodeImage)
    const label = await cli.ask(['image', 'inspect', '--format', `{{index .Config.Labels "${MISSING_LABEL}"}}`, image])
    return label.exitCode === 0
      ? { image, missingTools: label.stdout.split(/\s+/).filter((tool) => tool && tool !== '<no') }
      : null
  }

  /** Removes the machine image of a version, so that the next `ensure` builds it anew. Environments that run it are not touched. */
  async forget(kubernetes: string): Promise<void> {
    const prefixes = ['machine', 'node'].map((name) => `${repositoryOf(this.parts.settings)}/${name}:${kubernetes}-`)
    const images = (await builtImages(this.parts.cli, this.parts.settings)).filter((name) =>
      prefixes.some((prefix) => name.startsWith(prefix)),
    )
    // By force only the name goes where a machine still runs the image.
    for (const image of images) await this.parts.cli.run(['image', 'rm', '-f', image])
    this.#baked.clear()
    this.#made.clear()
  }

  /** The images inside a machine image, by the names that labs use. */
  imagesIn(machineImage: string): Promise<string[]> {
    const known = this.#baked.get(machineImage)
    if (known) return known
    const asked = this.parts.cli
      .run(['image', 'inspect', '--format', `{{index .Config.Labels "${BAKED_LABEL}"}}`, machineImage])
      .then((text) => JSON.parse(/\[.*\]/.exec(text)?.[0] ?? '[]') as string[])
    this.#baked.set(machineImage, asked)
    asked.catch(() => this.#baked.delete(machineImage))
    return asked
  }

  async #ensure(kubernetes: string, work: ImageWork): Promise<string> {
    const { images, settings } = this.parts
    const made = this.#made.get(kubernetes)
    if (made && (await images.has(made))) return made
    const nodeImage = settings.nodeImages[kubernetes]
    if (!nodeImage) throw new LabError('ENGINE_UNSUPPORTED', { engine: 'kind', what: `Kubernetes ${kubernetes}` })
    const machine = await this.#ensureMachine(kubernetes, nodeImage, work)
    const present = await images.ensureAll(settings.bakedImages, work)
    const image = present.length === 0 ? machine : await this.#ensureBaked(kubernetes, machine, present, work)
    this.#made.set(kubernetes, image)
    return image
  }

  async #ensureMachine(kubernetes: string, nodeImage: string, work: ImageWork): Promise<string> {
    const { images } = this.parts
    const image = await this.#machineName(kubernetes, nodeImage)
    if (await images.has(image)) return image
    await images.ensurePulled(nodeImage, work)
    const tools = await this.#tools(work)
    // The folder must be there even where no tool could be had.
    const marker: ContextFile = { name: 'tools/.tools', content: Buffer.from(''), mode: 0o644 }
    const missing = ['--label', `${MISSING_LABEL}=${[...this.missingTools.keys()].join(' ')}`]
    const args = ['--build-arg', `NODE_IMAGE=${this.parts.cli.reference(nodeImage)}`, ...missing]
    await images.build(image, [...(await recipeFiles()), ...tools, marker], { ...work, args })
    return image
  }

  /** Not of the tools' content: an image that was carried into a room without a network must be recognised there. */
  async #machineName(kubernetes: string, nodeImage: string): Promise<string> {
    const hash = fingerprint(await recipeFiles(), nodeImage, ...TOOLS)
    return `${repositoryOf(this.parts.settings)}/machine:${kubernetes}-${hash}`
  }

  async #tools(work: ImageWork): Promise<ContextFile[]> {
    const { host, tools } = this.parts
    const { arch } = await host.platform()
    const platform = platformOf({ platform: 'linux', arch })
    const found = TOOLS.map(async (tool): Promise<ContextFile[]> => {
      try {
        const path = await tools.ensure(tool, { platform, fromPath: false, ...(work.signal ? { signal: work.signal } : {}) })
        this.missingTools.delete(tool)
        return [{ name: `tools/${tool}`, content: await readFile(path), mode: 0o755 }]
      } catch (error) {
        if (work.signal?.aborted) throw error
        const why = error instanceof LabError ? String(error.values.why ?? error.code) : String(error)
        this.missingTools.set(tool, why)
        work.onOutput?.(`The machines will be without ${tool}: ${why}. Name a folder that has it in tools.directory.\n`)
        return []
      }
    })
    return (await Promise.all(found)).flat()
  }

  async #ensureBaked(kubernetes: string, machine: string, present: PresentImage[], work: ImageWork): Promise<string> {
    const { cli, images, settings } = this.parts
    const ids = await cli.run(['image', 'inspect', '--format', '{{.Id}}', ...present.map(({ local }) => cli.reference(local))])
    const names = present.map(({ image }) => image).sort()
    const image = `${repositoryOf(settings)}/node:${kubernetes}-${fingerprint([], machine, ids, ...names)}`
    if (await images.has(image)) return image
    await this.#bake(image, machine, present, work)
    await this.#removeOlder(kubernetes, image, machine)
    return image
  }

  /** Starts the image, puts the images into its containerd, and commits. */
  async #bake(image: string, machine: string, present: PresentImage[], work: ImageWork): Promise<void> {
    const { cli, host, settings } = this.parts
    const container = `wheelhouse-${settings.imageNamespace}-bake-${image.slice(image.lastIndexOf('-') + 1)}`
    const signal = work.signal ? { signal: work.signal } : {}
    const { apiVersion } = await cli.facts()
    const remove = () => cli.ask(['rm', '-f', '-v', container])
    await remove()
    try {
      const flags = ['-d', '--name', container, '--network=none', '--entrypoint=sleep', '--security-opt=seccomp=unconfined']
      const labels = labelFlags({ [LABEL.installation]: settings.installation })
      await cli.run(['run', ...flags, ...labels, machine, 'infinity'], signal)
      await cli.script(container, START_CONTAINERD, signal)
      const argv = ['sh', '-c', importCommand(cli, present, { container, apiVersion, unpack: false })] as const
      const loaded = await host.run({ argv, timeoutMs: BAKE_TIMEOUT_MS, ...signal })
      if (loaded.exitCode !== 0) throw new CommandFailed(argv, loaded.exitCode, loaded.stderr + loaded.stdout)
      await cli.script(container, STOP_CONTAINERD, signal)
      const label = `LABEL ${BAKED_LABEL}='${JSON.stringify(present.map((one) => one.image).sort())}'`
      const entrypoint = await cli.run(['image', 'inspect', '--format', '{{json .Config.Entrypoint}}', machine])
      const changes = [label, `ENTRYPOINT ${entrypoint.trim()}`, 'CMD []'].flatMap((change) => ['--change', change])
      await cli.run(['commit', ...changes, container, image], { timeoutMs: BAKE_TIMEOUT_MS, ...signal })
    } finally {
      await remove()
    }
  }

  /** Images of older recipes go, unless a machine still runs them: the engine itself refuses those. */
  async #removeOlder(kubernetes: string, ...keep: string[]): Promise<void> {
    const { cli, settings } = this.parts
    const list = await builtImages(cli, settings)
    const prefixes = ['machine', 'node'].map((name) => `${repositoryOf(settings)}/${name}:${kubernetes}-`)
    const older = list.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)) && !keep.includes(name))
    for (const name of older) await cli.ask(['image', 'rm', name])
  }
}

const recipeFiles = async (): Promise<ContextFile[]> => [...(await filesOf('machine')), ...(await filesOf('rootfs', 'rootfs/'))]

const START_CONTAINERD = `
nohup containerd >/tmp/containerd.log 2>&1 &
for attempt in $(seq 100); do ctr version >/dev/null 2>&1 && exit 0; sleep 0.1; done
cat /tmp/containerd.log >&2; exit 1
`

const STOP_CONTAINERD = `
pkill -x containerd
for attempt in $(seq 100); do pgrep -x containerd >/dev/null || break; sleep 0.1; done
rm -rf /tmp/containerd.log /run/containerd
/usr/local/sbin/wheelhouse-share-blobs
`
