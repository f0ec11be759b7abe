/** Puts images into the nodes of an environment that runs. For what is not baked into the machine image: an author's new lab. */
import type { ExecutionHost } from '../../hosts/execution-host.js'
import { CommandFailed } from '../step-reporter.js'
import type { ContainerCli } from './container-cli.js'
import { type Images, importCommand } from './images.js'
import type { Layout } from './layout.js'

const LOAD_TIMEOUT_MS = 10 * 60_000

export class ImageLoader {
  constructor(
    private readonly cli: ContainerCli,
    private readonly host: ExecutionHost,
    private readonly images: Images,
  ) {}

  /** @throws LabError `IMAGE_MISSING`; CommandFailed where an import fails */
  async load(layout: Layout, images: readonly string[], options: { signal?: AbortSignal } = {}): Promise<void> {
    const [present, { apiVersion }] = await Promise.all([this.images.ensureAll(images, options), this.cli.facts()])
    const nodes = layout.clusters.flatMap(({ containers }) => containers).filter(({ role }) => role !== 'load-balancer')
    await Promise.all(
      nodes.map(async ({ container }) => {
        const argv = ['sh', '-c', importCommand(this.cli, present, { container, apiVersion, unpack: true })] as const
        const result = await this.host.run({ argv, timeoutMs: LOAD_TIMEOUT_MS, ...options })
        if (result.exitCode !== 0) throw new CommandFailed(argv, result.exitCode, result.stderr + result.stdout)
      }),
    )
  }
}
