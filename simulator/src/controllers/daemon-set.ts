import { createHash } from 'node:crypto'
import { clone, keyOf, sameJson } from '../objects/object.js'
import { nodeAffinityFits, untolerated } from '../scheduler/node-matching.js'
import type { DaemonSet, Node, Pod, Toleration } from '../schema/kubernetes.generated.js'
import { resolveCount } from './deployment/rolling.js'
import { isAvailable, isOver, isReady, podFrom } from './pods.js'
import { defineController, done, type ReconcileContext } from './runtime/controller.js'

const HASH = 'controller-revision-hash'
const CONDITIONS = ['not-ready', 'unreachable', 'disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map(
  (name) => `node.kubernetes.io/${name}`,
)

/** Daemons stay where other Pods may not. @see pkg/controller/daemon/util: AddOrUpdateDaemonPodTolerations */
function daemonTolerations(daemonSet: DaemonSet): Toleration[] {
  const own = daemonSet.spec.template.spec?.tolerations ?? []
  const added: Toleration[] = CONDITIONS.map((key) => ({
    key,
    operator: 'Exists',
    effect: key.endsWith('not-ready') || key.endsWith('unreachable') ? 'NoExecute' : 'NoSchedule',
  }))
  if (daemonSet.spec.template.spec?.hostNetwork)
    added.push({ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' })
  return [
    ...own,
    ...added.filter(
      (toleration) =>
        !own.some((each) => each.key === toleration.key && each.effect === toleration.effect && each.operator === 'Exists'),
    ),
  ]
}

const hashOf = (daemonSet: DaemonSet): string =>
  createHash('sha1').update(JSON.stringify(daemonSet.spec.template)).digest('hex').slice(0, 10)

function podFor(daemonSet: DaemonSet, node: Node) {
  const draft = podFrom(clone(daemonSet.spec.template), daemonSet)
  draft.metadata.labels = {
    ...draft.metadata.labels,
    [HASH]: hashOf(daemonSet),
    'pod-template-generation': String(daemonSet.metadata.generation ?? 1),
  }
  const { nodeAffinity, ...otherAffinity } = draft.spec.affinity ?? {}
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node.metadata.name] }] }
  draft.spec = {
    ...draft.spec,
    tolerations: daemonTolerations(daemonSet),
    affinity: {
      ...otherAffinity,
      nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
    },
  }
  return draft
}

/** Whether a daemon belongs on the node, and whether one that is there may stay. */
function belongs(daemonSet: DaemonSet, node: Node): { run: boolean; stay: boolean } {
  const pod = { metadata: {}, spec: { ...daemonSet.spec.template.spec, tolerations: daemonTolerations(daemonSet) } } as Pod
  const isWanted = nodeAffinityFits(pod, node)
  const blocks = untolerated(pod.spec.tolerations, node.spec.taints, ['NoSchedule', 'NoExecute'])
  const expels = untolerated(pod.spec.tolerations, node.spec.taints, ['NoExecute'])
  return { run: isWanted && !blocks, stay: isWanted && !expels }
}

/** The node that a Pod is on, or is meant for. */
const nodeOf = (pod: Pod): string =>
  pod.spec.nodeName ||
  pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]
    ?.values?.[0] ||
  ''

/** One Pod on every node that fits. Models pkg/controller/daemon (v1.36), without ControllerRevisions and surge. */
export const daemonSetController = defineController({
  name: 'daemon-set-controller',
  eventSource: 'daemonset-controller',
  reconciles: 'DaemonSet',
  owns: ['Pod'],
  watches: {
    Node: ({ type, object, old }, informers) => {
      const same =
        type === 'MODIFIED' && old && sameJson(object.spec, old.spec) && sameJson(object.metadata.labels, old.metadata.labels)
      return same ? [] : informers.list('DaemonSet').map(keyOf)
    },
  },
  async reconcile(context, key) {
    const { informers, expectations } = context
    const daemonSet = informers.get('DaemonSet', key)
    if (!daemonSet || expectations.pending(key)) return done
    const pods = informers.ownedBy('Pod', daemonSet)
    if (!daemonSet.metadata.deletionTimestamp) {
      await placePods(context, daemonSet, pods)
      if (!expectations.pending(key)) await rollPods(context, daemonSet, pods)
    }
    await writeStatus(context, daemonSet)
    return done
  },
})

async function placePods(
  { client, informers, expectations, events }: ReconcileContext,
  daemonSet: DaemonSet,
  pods: Pod[],
): Promise<void> {
  const key = keyOf(daemonSet)
  const wanted: Node[] = []
  const surplus: Pod[] = pods.filter((pod) => !pod.metadata.deletionTimestamp && isOver(pod))
  for (const node of informers.list('Node')) {
    const here = pods.filter((pod) => nodeOf(pod) === node.metadata.name && !pod.metadata.deletionTimestamp && !isOver(pod))
    const { run, stay } = belongs(daemonSet, node)
    if (run && here.length === 0) wanted.push(node)
    else if (!stay) surplus.push(...here)
    else surplus.push(...here.slice(1))
  }
  await expectations.creates(key, wanted, async (node) => {
    const pod = await client.create('Pod', podFor(daemonSet, node))
    events.record(daemonSet, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${pod.metadata.name}` })
    return pod
  })
  await expectations.deletes(key, surplus, async (pod) => {
    await client.delete('Pod', keyOf(pod), { uid: pod.metadata.uid })
    events.record(daemonSet, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` })
  })
}

async function rollPods(
  { client, expectations, events, clock }: ReconcileContext,
  daemonSet: DaemonSet,
  pods: Pod[],
): Promise<void> {
  if (daemonSet.spec.updateStrategy?.type !== 'RollingUpdate') return
  const hash = hashOf(daemonSet)
  const live = pods.filter((pod) => !pod.metadata.deletionTimestamp)
  const most = resolveCount(daemonSet.spec.updateStrategy.rollingUpdate?.maxUnavailable ?? 1, live.length, 'up')
  const isUp = (pod: Pod) => isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, clock.now())
  const down = pods.length - live.filter(isUp).length
  const old = live.filter((pod) => pod.metadata.labels?.[HASH] !== hash)
  const next = [...old.filter((pod) => !isUp(pod)), ...old.filter(isUp).slice(0, Math.max(0, most - down))]
  await expectations.deletes(keyOf(daemonSet), next, async (pod) => {
    await client.delete('Pod', keyOf(pod), { uid: pod.metadata.uid })
    events.record(daemonSet, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}` })
  })
}

async function writeStatus({ client, informers, clock }: ReconcileContext, daemonSet: DaemonSet): Promise<void> {
  const pods = informers.ownedBy('Pod', daemonSet).filter((pod) => !pod.metadata.deletionTimestamp)
  const hash = hashOf(daemonSet)
  const nodes = informers
    .list('Node')
    .map((node) => ({ run: belongs(daemonSet, node).run, pods: pods.filter((pod) => nodeOf(pod) === node.metadata.name) }))
  const wanted = nodes.filter((node) => node.run)
  const count = (test: (pod: Pod) => boolean) => wanted.filter((node) => node.pods.some(test)).length
  const available = count((pod) => isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, clock.now()))
  const updated = count((pod) => pod.metadata.labels?.[HASH] === hash)
  const unavailable = wanted.length - available
  const status = {
    currentNumberScheduled: wanted.filter((node) => node.pods.length > 0).length,
    numberMisscheduled: nodes.filter((node) => !node.run && node.pods.length > 0).length,
    desiredNumberScheduled: wanted.length,
    numberReady: count(isReady),
    observedGeneration: daemonSet.metadata.generation,
    ...(updated ? { updatedNumberScheduled: updated } : {}),
    ...(available ? { numberAvailable: available } : {}),
    ...(unavailable ? { numberUnavailable: unavailable } : {}),
  }
  if (!sameJson(daemonSet.status, status)) await client.updateStatus('DaemonSet', { ...daemonSet, status })
}
