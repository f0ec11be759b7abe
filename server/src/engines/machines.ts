/** Which machines a specification asks for, and what they are called. One answer for every engine. */
import { type Addon, LabError } from '@wheelhouse/protocol'
import type { ClusterSpec, EngineCapabilities, EnvironmentSpec, Machine } from './engine.js'

const twoDigits = (number: number) => String(number).padStart(2, '0')

/**
 * `base`, then each cluster's control planes (`controlplane`, `controlplane02`, ...), workers (`node01`, ...) and bare nodes, which
 * go on counting after the workers. Machines of a second cluster carry its name in front: `east-controlplane`.
 */
export function machinesOf(spec: Pick<EnvironmentSpec, 'clusters'>): Machine[] {
  return [{ name: 'base', role: 'base', cluster: null }, ...spec.clusters.flatMap(nodesOf)]
}

function nodesOf(cluster: ClusterSpec, index: number): Machine[] {
  const prefix = index === 0 ? '' : `${cluster.name}-`
  const machine = (name: string, role: Machine['role']): Machine => ({ name: prefix + name, role, cluster: cluster.name })
  const times = <Result>(count: number, make: (number: number) => Result) =>
    Array.from({ length: count }, (_, at) => make(at + 1))
  return [
    ...times(cluster.controlPlanes, (n) => machine(n === 1 ? 'controlplane' : `controlplane${twoDigits(n)}`, 'control-plane')),
    ...times(cluster.workers, (n) => machine(`node${twoDigits(n)}`, 'worker')),
    ...times(cluster.bareNodes, (n) => machine(`node${twoDigits(cluster.workers + n)}`, 'bare')),
  ]
}

/** @throws LabError `ENGINE_UNSUPPORTED` naming the first thing that the engine cannot do */
export function refuseUnsupported(spec: EnvironmentSpec, can: EngineCapabilities, engine: string): void {
  const refuse = (what: string) => {
    throw new LabError('ENGINE_UNSUPPORTED', { engine, what })
  }
  if (spec.from && !can.checkpoints) refuse('checkpoints')
  const nodes = machinesOf(spec).length - 1
  if (nodes > can.mostNodes) refuse(`${nodes} nodes (it can do ${can.mostNodes})`)
  if (new Set(spec.clusters.map((cluster) => cluster.name)).size < spec.clusters.length) refuse('two clusters of one name')
  for (const cluster of spec.clusters) {
    if (!can.kubernetesVersions.includes(cluster.kubernetes)) refuse(`Kubernetes ${cluster.kubernetes}`)
    if (!can.controlPlanes.includes(cluster.controlPlanes)) refuse(`${cluster.controlPlanes} control planes`)
    const addon = cluster.addons.find((name) => !can.addons?.includes(name as Addon))
    if (addon !== undefined) refuse(`the add-on ${addon}`)
  }
}
