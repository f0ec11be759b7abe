/** Which node a Pod gets, or why none. @see pkg/scheduler/schedule_one.go and framework/types.go: FitError */
import type { Node } from '../schema/kubernetes.generated.js'
import type { Cycle, Misfit, NodeInfo, SchedulingPlugin } from './framework.js'

export type Verdict =
  | { type: 'node'; node: Node }
  /** `reasons` is the first part of the message; `misfits` are there where it was the nodes that did not fit. */
  | { type: 'none'; reasons: string; misfits: Map<NodeInfo, Misfit>; refusedBy: Set<string> }

/** Why the node does not fit: what the first plugin that minds has to say. @param refusedBy gets the name of that plugin */
export function misfitOf(
  plugins: SchedulingPlugin[],
  cycle: Cycle,
  { info, refusedBy }: { info: NodeInfo; refusedBy?: Set<string> },
): Misfit | undefined {
  for (const plugin of plugins) {
    const misfit = plugin.filter?.(cycle, info)
    if (!misfit) continue
    refusedBy?.add(plugin.name)
    return misfit
  }
  return undefined
}

export function choose(plugins: SchedulingPlugin[], cycle: Cycle): Verdict {
  const { nodes } = cycle
  const misfits = new Map<NodeInfo, Misfit>()
  const refusedBy = new Set<string>()
  if (nodes.length === 0) return { type: 'none', reasons: 'no nodes available to schedule pods', misfits, refusedBy }
  for (const plugin of plugins) {
    const refusal = plugin.preFilter?.(cycle)
    if (!refusal) continue
    refusedBy.add(plugin.name)
    return { type: 'none', reasons: `${unavailable(nodes.length)} ${refusal.reasons.join(', ')}.`, misfits, refusedBy }
  }
  const fitting = nodes.filter((info) => {
    const misfit = misfitOf(plugins, cycle, { info, refusedBy })
    if (misfit) misfits.set(info, misfit)
    return !misfit
  })
  const [best] = fitting
    .map((info) => ({ info, score: scoreOf(plugins, cycle, info) }))
    .sort((a, b) => b.score - a.score || a.info.node.metadata.name.localeCompare(b.info.node.metadata.name))
  if (best) return { type: 'node', node: best.info.node }
  return {
    type: 'none',
    reasons: fitMessage(
      nodes.length,
      [...misfits.values()].flatMap((each) => each.reasons),
    ),
    misfits,
    refusedBy,
  }
}

const scoreOf = (plugins: SchedulingPlugin[], cycle: Cycle, info: NodeInfo): number =>
  plugins.reduce((sum, plugin) => sum + (plugin.weight ?? 1) * (plugin.score?.(cycle, info) ?? 0), 0)

const unavailable = (total: number): string => `0/${total} nodes are available:`

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s).` */
export function fitMessage(total: number, reasons: string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort()
  return `${unavailable(total)}${parts.length ? ` ${parts.join(', ')}.` : ''}`
}
