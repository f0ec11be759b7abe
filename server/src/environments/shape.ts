/** What a lab asks an engine for, and whether the engine can give it. */
import { type Addon, type LabManifest, type Message, message, NEEDS } from '@wheelhouse/protocol'
import type { ClusterSpec, EngineCapabilities } from '../engines/engine.js'
import { machinesOf } from '../engines/machines.js'

/** The clusters of a lab: one, called `main`. A version that the lab leaves open is the engine's default. */
export function clustersOf(
  lab: Pick<LabManifest, 'cluster'>,
  capabilities: Pick<EngineCapabilities, 'kubernetesVersions'>,
): ClusterSpec[] {
  const shape = lab.cluster ?? {}
  return [
    {
      name: 'main',
      kubernetes: shape.kubernetes ?? capabilities.kubernetesVersions[0] ?? 'v1.36',
      controlPlanes: shape.controlPlanes ?? 1,
      workers: shape.workers ?? 0,
      bareNodes: shape.bareNodes ?? 0,
      cni: shape.cni ?? 'default',
      addons: shape.addons ?? [],
    },
  ]
}

/** One text for all environments that can stand in for each other: `main v1.36 1+1`, and what differs from the usual. */
export function shapeOf(clusters: readonly ClusterSpec[]): string {
  return clusters
    .map(({ name, kubernetes, controlPlanes, workers, bareNodes, cni, addons }) =>
      [
        `${name} ${kubernetes} ${controlPlanes}+${workers}`,
        bareNodes > 0 ? `bare=${bareNodes}` : '',
        cni === 'default' ? '' : `cni=${cni}`,
        addons.length > 0 ? `addons=${[...addons].sort().join(',')}` : '',
      ]
        .filter(Boolean)
        .join(' '),
    )
    .join('; ')
}

/** Why the engine cannot run the lab, or null where it can. */
export function unsupportedBy(
  lab: Pick<LabManifest, 'needs' | 'cluster'>,
  engine: { name: string; capabilities: EngineCapabilities },
): Message | null {
  const { name, capabilities } = engine
  const [cluster] = clustersOf(lab, capabilities)
  if (!cluster) return null
  if (!offers(capabilities, lab.needs)) return message('lab.unsupported.needs', { engine: name, need: lab.needs })
  const nodes = machinesOf({ clusters: [cluster] }).length - 1
  if (nodes > capabilities.mostNodes)
    return message('lab.unsupported.nodes', { engine: name, nodes, most: capabilities.mostNodes })
  if (!capabilities.controlPlanes.includes(cluster.controlPlanes))
    return message('lab.unsupported.control-planes', { engine: name, count: cluster.controlPlanes })
  if (!capabilities.kubernetesVersions.includes(cluster.kubernetes))
    return message('lab.unsupported.kubernetes', { engine: name, version: cluster.kubernetes })
  const addon = cluster.addons.find((one) => !capabilities.addons?.includes(one as Addon))
  if (addon !== undefined) return message('lab.unsupported.addon', { engine: name, addon })
  return null
}

/** Each need includes those before it, so an engine that offers a later one meets the earlier ones too. */
function offers({ offers: offered }: EngineCapabilities, need: LabManifest['needs']): boolean {
  if (need === 'addons') return offered.includes('addons')
  const rank = NEEDS.indexOf(need)
  return offered.some((other) => other !== 'addons' && NEEDS.indexOf(other) >= rank)
}
