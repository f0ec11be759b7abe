/**
 * Images on the container engine: the labs' own, pulled or built, and ours for the machines. Nodes never pull: what they need is
 * put into the image that they start from, or imported while they run.
 */
import { LabError } from '@wheelhouse/protocol'
import { createTar } from 'nanotar'
import { CommandFailed } from '../step-reporter.js'
import { type ContainerCli, linesOf } from './container-cli.js'
import { fullName, mirrored, repositoryOf } from './image-names.js'
import { type ContextFile, filesOf, fingerprint, type ImageRecipe, recipes } from './image-source.js'
import { LABEL, labelFlags } from './labels.js'
import type { KindSettings } from './settings.js'

export interface ImageWork {
  signal?: AbortSignal
  onOutput?: (text: string) => void
}

/** An image as labs name it, and as the container engine has it. */
export interface PresentImage {
  image: string
  /** The engine's name of it; differs for those that we build. */
  local: string
}

/** A pull may take long on a slow line; this bounds one that has died. */
const PULL_TIMEOUT_MS = 30 * 60_000
const BUILD_TIMEOUT_MS = 30 * 60_000

export class Images {
  #recipes: Promise<ImageRecipe[]> | undefined
  /** One pull or build of an image at a time, shared by all who wait for it. */
  readonly #underWay = new Map<string, Promise<unknown>>()

  constructor(
    private readonly cli: ContainerCli,
    private readonly settings: KindSettings,
  ) {}

  async has(image: string): Promise<boolean> {
    return (await this.cli.ask(['image', 'inspect', '--format', '{{.Id}}', this.cli.reference(image)])).exitCode === 0
  }

  /** Sees to it that the engine has every image. @throws LabError `IMAGE_MISSING` */
  ensureAll(images: readonly string[], work: ImageWork = {}): Promise<PresentImage[]> {
    return Promise.all([...new Set(images)].map((image) => this.#once(image, () => this.#ensure(image, work))))
  }

  /** The local name under which an image is, or will be, on the engine. */
  async localName(image: string): Promise<string> {
    const recipe = await this.#recipe(image)
    return recipe ? this.#builtName(recipe, await filesOf(recipe.folder)) : image
  }

  async ensurePulled(image: string, work: ImageWork): Promise<void> {
    await this.#once(image, () => this.#ensure(image, work))
  }

  /** Builds from files of ours. The context goes over standard input: there need be no folder where the engine is. */
  async build(
    image: string,
    files: readonly ContextFile[],
    { args = [], ...work }: ImageWork & { args?: string[] },
  ): Promise<void> {
    const context = createTar(
      files.map(({ name, content, mode }) => ({ name, data: content, attrs: { mode: mode.toString(8) } })),
    )
    const labels = labelFlags({ [LABEL.installation]: this.settings.imageNamespace })
    await this.cli.run(['build', '-t', image, ...labels, ...args, '-'], { stdin: context, ...options(work, BUILD_TIMEOUT_MS) })
  }

  async #ensure(image: string, work: ImageWork): Promise<PresentImage> {
    const recipe = await this.#recipe(image)
    if (recipe) return this.#ensureBuilt(recipe, work)
    if (!(await this.has(image))) await this.#pull(image, work)
    return { image, local: image }
  }

  async #ensureBuilt(recipe: ImageRecipe, work: ImageWork): Promise<PresentImage> {
    const files = await filesOf(recipe.folder)
    const local = this.#builtName(recipe, files)
    if (!(await this.has(local))) {
      const base = /^FROM\s+(\S+)/m.exec(
        Buffer.from(files.find(({ name }) => name === 'Dockerfile')?.content ?? '').toString(),
      )?.[1]
      if (base) await this.ensurePulled(base, work)
      await this.build(local, files, { ...work, args: recipe.buildArgs })
    }
    return { image: recipe.image, local }
  }

  #builtName(recipe: ImageRecipe, files: readonly ContextFile[]): string {
    const [path = '', tag = ''] = recipe.image.split(':')
    const name = path.slice('wheelhouse/'.length)
    return `${repositoryOf(this.settings)}/${name}:${tag}-${fingerprint(files, ...recipe.buildArgs)}`
  }

  async #pull(image: string, work: ImageWork): Promise<void> {
    const name = this.cli.reference(image)
    const source = this.cli.reference(mirrored(image, this.settings.mirror))
    try {
      await this.cli.run(['pull', source], options(work, PULL_TIMEOUT_MS))
      if (source !== name) await this.cli.run(['tag', source, name])
    } catch (error) {
      if (work.signal?.aborted) throw error
      const detail = error instanceof CommandFailed ? error.output : undefined
      throw new LabError('IMAGE_MISSING', { image }, { cause: error, detail })
    }
  }

  async #recipe(image: string): Promise<ImageRecipe | undefined> {
    this.#recipes ??= recipes()
    return (await this.#recipes).find((recipe) => recipe.image === image)
  }

  #once<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.#underWay.get(key) as Promise<Result> | undefined
    if (running) return running
    const mine = work().finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, mine)
    return mine
  }
}

/** Every image that the installation built or was given by `images load`. */
export async function builtImages(
  cli: ContainerCli,
  settings: Pick<KindSettings, 'imageNamespace' | 'provider'>,
): Promise<string[]> {
  const filter = `reference=${repositoryOf(settings)}/*`
  return linesOf(await cli.run(['image', 'ls', '--filter', filter, '--format', '{{.Repository}}:{{.Tag}}']))
}

const options = (work: ImageWork, timeoutMs: number) => ({
  timeoutMs,
  ...(work.signal ? { signal: work.signal } : {}),
  ...(work.onOutput ? { onOutput: (text: string) => work.onOutput?.(text) } : {}),
})

/**
 * The shell command, run on the execution host, that carries images from the engine into the containerd of a container, without a
 * registry and without a file. One platform alone is saved: Docker's newer image store would otherwise refer to platforms that it
 * never pulled. Unpacked at once in a node that runs; not in an image that is being built, whose file system is an overlay already.
 */
export function importCommand(
  cli: ContainerCli,
  images: readonly PresentImage[],
  into: { container: string; apiVersion: string; unpack: boolean },
): string {
  const { container } = into
  const program = cli.program
  const ctr = `${program} exec -i ${container} ctr -n k8s.io images`
  const platform = program === 'docker' && isAtLeast(into.apiVersion, 1, 48)
  const save = platform ? 'save --platform "$platform"' : program === 'podman' ? 'save --multi-image-archive' : 'save'
  const find = platform ? `platform=linux/$(${program} version --format '{{.Server.Arch}}'); ` : ''
  const names = images.map(({ local }) => cli.reference(local)).join(' ')
  const load = `${program} ${save} ${names} | ${ctr} import ${IMPORT_FLAGS}${into.unpack ? '' : ' --no-unpack'} - >/dev/null`
  const renames = images.flatMap(({ image, local }) => {
    const [from, to] = [fullName(local), fullName(image)]
    return from === to ? [] : [`${ctr} tag --force ${from} ${to} >/dev/null && ${ctr} rm ${from} >/dev/null`]
  })
  return [`${find}${load}`, ...renames].join(' && ')
}

/** Pinned: the kubelet's garbage collection must not take what cannot be pulled again. */
const IMPORT_FLAGS = '--label=io.cri-containerd.pinned=pinned --digests'

const isAtLeast = (version: string, major: number, minor: number) => {
  const [a = 0, b = 0] = version.split('.').map(Number)
  return a > major || (a === major && b >= minor)
}
