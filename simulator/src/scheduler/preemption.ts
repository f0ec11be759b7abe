/**
 * Makes room for a Pod by taking it from less important ones. Models the plugin DefaultPreemption of pkg/scheduler (v1.36): on each node
 * that could fit without them the fewest victims, and of all nodes the one where it hurts least.
 */
import { selectorOf } from '../objects/selector.js'
import type { Node, Pod, PodDisruptionBudget } from '../schema/kubernetes.generated.js'
import { parseTime } from '../time/clock.js'
import type { Cycle, Misfit, NodeInfo, SchedulingPlugin } from './framework.js'
import { fitMessage, misfitOf } from './selection.js'

export type Preemption =
  | { type: 'victims'; node: Node; victims: Pod[] }
  /** What the message of the failure says of it. */
  | { type: 'none'; message: string }

const NOT_HELPFUL = 'Preemption is not helpful for scheduling'
const NO_VICTIMS = 'No preemption victims found for incoming pod'
export const BY_SCHEDULER = 'PreemptionByScheduler'

export const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0

const startedAt = (pod: Pod): number => parseTime(pod.status?.startTime) || Number.POSITIVE_INFINITY
const mostImportantFirst = (a: Pod, b: Pod): number => priorityOf(b) - priorityOf(a) || startedAt(a) - startedAt(b)

/** @param misfits why each node does not fit now; empty where the Pod was refused for all at once */
export function preempt(plugins: SchedulingPlugin[], cycle: Cycle, misfits: Map<NodeInfo, Misfit>): Preemption {
  const { nodes, informers } = cycle
  const refused = ineligible(cycle, misfits)
  if (refused) return { type: 'none', message: `preemption: ${refused}` }
  const budgets = informers.list('PodDisruptionBudget', '')
  const candidates: Candidate[] = []
  const reasons: string[] = []
  for (const info of nodes) {
    const misfit = misfits.get(info)
    if (!misfit || misfit.final) reasons.push(NOT_HELPFUL)
    else {
      const found = victimsOn({ plugins, cycle, budgets }, info)
      if ('victims' in found) candidates.push(found)
      else reasons.push(...found.reasons)
    }
  }
  const [best] = candidates.sort(leastHarmFirst)
  if (best) return { type: 'victims', node: best.node, victims: best.victims }
  return { type: 'none', message: `preemption: ${fitMessage(nodes.length, reasons)}` }
}

function ineligible({ pod, nodes }: Cycle, misfits: Map<NodeInfo, Misfit>): string | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  const nominated = nodes.find((info) => info.node.metadata.name === pod.status?.nominatedNodeName)
  if (!nominated || misfits.get(nominated)?.final) return undefined
  const isGoing = (other: Pod) =>
    Boolean(other.metadata.deletionTimestamp) &&
    other.status?.conditions?.some((each) => each.type === 'DisruptionTarget' && each.reason === BY_SCHEDULER) === true
  return nominated.pods.some((other) => priorityOf(other) < priorityOf(pod) && isGoing(other))
    ? 'not eligible due to a terminating pod on the nominated node.'
    : undefined
}

interface Candidate {
  node: Node
  /** The most important first. */
  victims: Pod[]
  violations: number
}

interface Search {
  plugins: SchedulingPlugin[]
  cycle: Cycle
  budgets: PodDisruptionBudget[]
}

function victimsOn({ plugins, cycle, budgets }: Search, info: NodeInfo): Candidate | { reasons: string[] } {
  const lesser = info.pods.filter((other) => priorityOf(other) < priorityOf(cycle.pod)).sort(mostImportantFirst)
  if (lesser.length === 0) return { reasons: [NO_VICTIMS] }
  let pods = info.pods.filter((other) => !lesser.includes(other))
  const misfit = (present: Pod[]) => {
    const changed = { ...info, pods: present }
    const nodes = cycle.nodes.map((each) => (each === info ? changed : each))
    return misfitOf(plugins, { ...cycle, nodes }, { info: changed })
  }
  const still = misfit(pods)
  if (still) return { reasons: still.reasons }
  const victims: Pod[] = []
  let violations = 0
  const { violating, others } = byBudget(lesser, budgets)
  // Each that may stay is let stay: first those whose budget would suffer, and of them the important.
  for (const other of [...violating, ...others]) {
    if (!misfit([...pods, other])) pods = [...pods, other]
    else {
      victims.push(other)
      if (violating.includes(other)) violations++
    }
  }
  return { node: info.node, victims: victims.sort(mostImportantFirst), violations }
}

/** Which of the Pods cannot go without breaking a budget. */
function byBudget(pods: Pod[], budgets: PodDisruptionBudget[]): { violating: Pod[]; others: Pod[] } {
  const left = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]))
  const violating = pods.filter((pod) => {
    const own = budgets.filter(
      (budget) =>
        budget.metadata.namespace === pod.metadata.namespace &&
        selectorOf(budget.spec?.selector)(pod.metadata.labels) &&
        !(budget.status?.disruptedPods as Record<string, string> | undefined)?.[pod.metadata.name],
    )
    for (const budget of own) left.set(budget, (left.get(budget) ?? 0) - 1)
    return own.some((budget) => (left.get(budget) ?? 0) < 0)
  })
  return { violating, others: pods.filter((pod) => !violating.includes(pod)) }
}

const highest = ({ victims: [first] }: Candidate): number => (first ? priorityOf(first) : Number.NEGATIVE_INFINITY)
/** Every victim counts, whatever its priority. */
const sum = ({ victims }: Candidate): number => victims.reduce((total, pod) => total + priorityOf(pod) + 2 ** 31, 0)
const earliestStart = (candidate: Candidate): number =>
  Math.min(...candidate.victims.filter((pod) => priorityOf(pod) === highest(candidate)).map(startedAt))

const leastHarmFirst = (a: Candidate, b: Candidate): number =>
  a.violations - b.violations ||
  highest(a) - highest(b) ||
  sum(a) - sum(b) ||
  a.victims.length - b.victims.length ||
  (earliestStart(a) === earliestStart(b) ? 0 : earliestStart(b) - earliestStart(a))
