/** Add-ons that a lab may ask for: third-party software that is in the cluster before the learner is. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Addon } from '@wheelhouse/protocol'
import type { ClusterSpec } from '../engine.js'
import type { ContainerCli } from './container-cli.js'
import type { PlannedCluster } from './layout.js'

interface AddonRecipe {
  /** File below `server/addons`. */
  manifest: string
  /** Every image that the manifest names. */
  images: string[]
  /** Arguments of `kubectl wait` that hold when it works. */
  works: string[]
}

const ADDON_RECIPES: Record<Addon, AddonRecipe> = {
  'metrics-server': {
    manifest: 'metrics-server.yaml',
    images: ['registry.k8s.io/metrics-server/metrics-server:v0.9.0'],
    works: ['--for=condition=Available', 'apiservice/v1beta1.metrics.k8s.io'],
  },
}

/** Milliseconds for one add-on: images are there, but the metrics server is ready only after its second look at every node. */
const WORKS_SECONDS = 180

/** `server/addons`, from `server/src/engines/kind` and from `server/dist/engines/kind` alike. */
const MANIFESTS = fileURLToPath(new URL('../../../addons/', import.meta.url))

const recipesOf = ({ addons }: ClusterSpec): AddonRecipe[] => addons.map((name) => ADDON_RECIPES[name as Addon])

export const addonImages = (clusters: readonly ClusterSpec[]): string[] =>
  clusters.flatMap((cluster) => recipesOf(cluster).flatMap(({ images }) => images))

/** The images of all add-ons that there are, for rooms without a network. */
export const ALL_ADDON_IMAGES = Object.values(ADDON_RECIPES).flatMap(({ images }) => images)

/**
 * Puts the add-ons of a cluster into it and waits until they work; in one without a network plug-in nothing can, so there nothing is
 * waited for.
 *
 * @throws CommandFailed where the API server refuses one, or it does not come to work in time
 */
export async function installAddons(
  cli: ContainerCli,
  { spec, containers }: PlannedCluster,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  const [first] = containers
  const kubectl = (args: string[], stdin = '') => {
    const argv = ['exec', '-i', first?.container ?? '', 'kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', ...args]
    return cli.run(argv, { ...options, stdin, timeoutMs: (WORKS_SECONDS + 20) * 1000 })
  }
  for (const { manifest, works } of recipesOf(spec)) {
    await kubectl(['apply', '-f', '-'], await readFile(`${MANIFESTS}${manifest}`, 'utf8'))
    if (spec.cni !== 'none') await kubectl(['wait', ...works, `--timeout=${WORKS_SECONDS}s`])
  }
}
