/** The frame that scheduling plugins fill. @see k8s.io/kube-scheduler/framework */
import type { Informers } from '../controllers/runtime/informer.js'
import type { Node, Pod } from '../schema/kubernetes.generated.js'

export interface NodeInfo {
  node: Node
  /** Every Pod that is or will be on it. */
  pods: Pod[]
}

/** Why a node does not fit, in upstream's words. `final`: removing Pods would not help. */
export interface Misfit {
  reasons: string[]
  final: boolean
}

export interface Cycle {
  pod: Pod
  nodes: NodeInfo[]
  informers: Informers
}

export interface SchedulingPlugin {
  readonly name: string
  /** Refuses the Pod for every node at once. */
  preFilter?(cycle: Cycle): Misfit | undefined
  filter?(cycle: Cycle, info: NodeInfo): Misfit | undefined
  /** 0 to 100, the higher the better. */
  score?(cycle: Cycle, info: NodeInfo): number
  weight?: number
  /** Before the Pod is bound, such as for its volumes. Not bound yet: it is tried again when something changes. */
  preBind?(cycle: Cycle, node: Node): Promise<'ready' | 'waiting'>
}

export const misfit = (...reasons: string[]): Misfit => ({ reasons, final: false })
export const finalMisfit = (...reasons: string[]): Misfit => ({ reasons, final: true })
