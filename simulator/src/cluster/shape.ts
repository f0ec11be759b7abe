/** How many nodes a cluster has, and what each is called. */

export interface ClusterShape {
  controlPlanes: 1 | 3
  workers: number
}

export interface NodeShape {
  /** `controlplane`, `controlplane02`, `node01`, ... */
  name: string
  role: 'control-plane' | 'worker'
  /** In the network of the nodes. */
  address: string
  /** The addresses of its Pods, `10.244.1`: what stands before the last number. */
  podRange: string
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** The nodes in the order in which they join. */
export function nodesOf({ controlPlanes, workers }: ClusterShape): NodeShape[] {
  const nodes: Omit<NodeShape, 'address' | 'podRange'>[] = []
  for (let index = 0; index < controlPlanes; index++)
    nodes.push({ name: index === 0 ? 'controlplane' : `controlplane${twoDigits(index + 1)}`, role: 'control-plane' })
  for (let index = 0; index < workers; index++) nodes.push({ name: `node${twoDigits(index + 1)}`, role: 'worker' })
  return nodes.map((node, index) => ({ ...node, address: `172.30.0.${index + 2}`, podRange: `10.244.${index}` }))
}

/** By these its certificate knows the API server of a cluster, besides the names of its nodes. */
export const API_SERVER_NAMES = [
  'localhost',
  '127.0.0.1',
  '10.96.0.1',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
]
