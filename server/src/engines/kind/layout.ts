/** The drawing of one environment: names, addresses and bounds of everything that will be made for it. No effects here. */
import type { ClusterSpec, EnvironmentSpec, Machine, MachineRole } from '../engine.js'
import { machinesOf } from '../machines.js'
import type { KindSettings, MachineBounds } from './settings.js'

export interface PlannedContainer {
  /** The container's name in the engine. */
  container: string
  machine: string
  role: MachineRole | 'load-balancer'
  cluster: string | null
  address: string
  bounds: MachineBounds
}

export interface PlannedCluster {
  spec: ClusterSpec
  /** kind's name of it. */
  kindName: string
  /** `HOST:6443`, as every machine of the environment reaches the API server. */
  endpoint: string
  containers: PlannedContainer[]
}

export interface Layout {
  id: string
  network: string
  /** Name of the network's bridge on the host; Linux allows 15 characters. */
  bridge: string
  subnet: string
  gateway: string
  base: PlannedContainer
  clusters: PlannedCluster[]
}

export const networkNameOf = (id: string) => `wheelhouse-${id}`
export const bridgeNameOf = (id: string) => `wh${id}`
const kindNameOf = (id: string, cluster: ClusterSpec, index: number) => (index === 0 ? `wh-${id}` : `wh-${id}-${cluster.name}`)

/** Addresses that an environment needs: its machines, a load balancer where there are three control planes, and the gateway. */
export function addressesNeeded(spec: Pick<EnvironmentSpec, 'clusters'>): number {
  const loadBalancers = spec.clusters.filter((cluster) => cluster.controlPlanes > 1).length
  return machinesOf(spec).length + loadBalancers + 1
}

export function layoutOf(spec: EnvironmentSpec, subnet: string, settings: Pick<KindSettings, 'bounds'>): Layout {
  const address = addressesOf(subnet)
  const gateway = address()
  const machines = machinesOf(spec)
  const base = planned('base', { name: 'base', cluster: null }, `wh-${spec.id}-base`)
  const clusters = spec.clusters.map((cluster, index) => {
    const kindName = kindNameOf(spec.id, cluster, index)
    const mine = machines.filter((machine) => machine.cluster === cluster.name)
    const containers = mine.map((machine) => planned(machine.role, machine, containerName(kindName, mine, machine)))
    if (cluster.controlPlanes > 1) {
      const name = index === 0 ? 'loadbalancer' : `${cluster.name}-loadbalancer`
      containers.push(planned('load-balancer', { name, cluster: cluster.name }, `${kindName}-external-load-balancer`))
    }
    const front = containers.find(({ role }) => role === 'load-balancer') ?? containers[0]
    return { spec: cluster, kindName, endpoint: `${front?.machine ?? ''}:6443`, containers }
  })
  return { id: spec.id, network: networkNameOf(spec.id), bridge: bridgeNameOf(spec.id), subnet, gateway, base, clusters }

  function planned(
    role: PlannedContainer['role'],
    machine: Pick<Machine, 'name' | 'cluster'>,
    container: string,
  ): PlannedContainer {
    return {
      container,
      machine: machine.name,
      role,
      cluster: machine.cluster,
      address: address(),
      bounds: boundsOf(role, settings),
    }
  }
}

/** kind's own rule: `NAME-ROLE`, and from the second of a role on its number behind. Bare nodes are ours and follow it. */
function containerName(kindName: string, machines: Machine[], machine: Machine): string {
  const number = machines.filter(({ role }) => role === machine.role).indexOf(machine) + 1
  return `${kindName}-${machine.role}${number === 1 ? '' : number}`
}

function boundsOf(role: PlannedContainer['role'], { bounds }: Pick<KindSettings, 'bounds'>): MachineBounds {
  return role === 'base' || role === 'load-balancer' ? bounds.base : bounds.node
}

/** The addresses of a subnet in turn, from its first usable one on. */
function addressesOf(subnet: string): () => string {
  const { first } = parseSubnet(subnet)
  let next = first + 1
  return () => formatAddress(next++)
}

/** @returns the subnet's first and last address as numbers */
export function parseSubnet(subnet: string): { first: number; last: number; prefix: number } {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(subnet)
  if (!match) throw new Error(`"${subnet}" is not a subnet such as 10.201.0.0/16`)
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number]
  const size = 2 ** (32 - prefix)
  const given = ((a * 256 + b) * 256 + c) * 256 + d
  const first = given - (given % size)
  return { first, last: first + size - 1, prefix }
}

export const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
