/** What the kind engine is told at its start. The configuration schema fills it; tests write it by hand. */

export type ContainerProvider = 'docker' | 'podman'

/** Bounds of one container. A learner who goes past them feels it; his neighbours do not. */
export interface MachineBounds {
  memoryBytes: number
  cpus: number
  processes: number
}

export interface KindSettings {
  /** Lower-case letters and digits; from the data directory. Everything that the engine makes bears it. */
  installation: string
  /** Whose images it uses and labels: the installation itself, except in tests, which share theirs. */
  imageNamespace: string
  provider: ContainerProvider
  /** Environments take their networks from this range, such as `10.201.0.0/16`. */
  subnets: string
  /** Whether environments reach the internet. They never reach this computer, its neighbours or each other. */
  internet: boolean
  /** One bound for every node: kubeadm gives all kubelets of a cluster the same configuration, Allocatable included. */
  bounds: { node: MachineBounds; base: MachineBounds }
  /** Asked instead of Docker Hub for images without a registry in their name: `mirror.example:5000`. */
  mirror: string | null
  /** The node image of each Kubernetes version that is offered, newest first: `{ 'v1.36': 'kindest/node:v1.36.2' }`. */
  nodeImages: Record<string, string>
  /** Images that every node has from its first moment: those of the whole catalogue. */
  bakedImages: string[]
}

const GIB = 1024 ** 3

/**
 * Bounds that fit the labs: a control plane uses 0.5 GB idle and a worker 0.1 GB, measured; the rest is for the learner's Pods.
 * A node with fewer than 2 GiB runs out in labs that scale to ten replicas.
 */
export const DEFAULT_BOUNDS: KindSettings['bounds'] = {
  node: { memoryBytes: 2 * GIB, cpus: 2, processes: 4096 },
  base: { memoryBytes: GIB / 2, cpus: 1, processes: 512 },
}

/**
 * Tags of the node images, newest first; the first is the default. Only what was tried is offered; an installation adds others
 * in its configuration.
 */
export const DEFAULT_NODE_IMAGES: KindSettings['nodeImages'] = { 'v1.36': 'kindest/node:v1.36.2' }
