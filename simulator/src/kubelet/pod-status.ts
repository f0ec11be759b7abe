/** The status that a kubelet reports, from what its containers are doing. @see pkg/kubelet/kubelet_pods.go: generateAPIPodStatus */
import { createHash } from 'node:crypto'
import { podResourcesWithOverhead } from '../kinds/core/pod-resources.js'
import { asResourceList, onlyNames, type ResourceList } from '../objects/resource-list.js'
import type { ContainerState, ContainerStatus, Pod, PodCondition } from '../schema/kubernetes.generated.js'
import { timestamp } from '../time/clock.js'
import type { PodHost } from './pod-host.js'
import type { ResizeCondition } from './resize.js'
import type { Ended, Slot, SlotState } from './slot.js'

type PodStatus = NonNullable<Pod['status']>

const terminated = (ended: Ended): ContainerState => ({
  terminated: {
    exitCode: ended.exitCode,
    reason: ended.reason,
    ...(ended.message ? { message: ended.message } : {}),
    startedAt: timestamp(ended.startedAtMs),
    finishedAt: timestamp(ended.finishedAtMs),
    containerID: `containerd://${ended.id}`,
  },
})

function stateOf(state: SlotState): ContainerState {
  if (state.type === 'running') return { running: { startedAt: timestamp(state.startedAtMs) } }
  if (state.type === 'ended') return terminated(state.ended)
  return { waiting: { reason: state.reason, ...(state.message ? { message: state.message } : {}) } }
}

const imageId = (reference: string): string =>
  `${reference.split(/[:@]/)[0]}@sha256:${createHash('sha256').update(reference).digest('hex')}`

export function containerStatus(slot: Slot): ContainerStatus {
  const id = slot.shownId
  const hasRun = id !== undefined
  const isInitDone = slot.kind === 'init' && slot.state.type === 'ended' && slot.state.ended.exitCode === 0
  const user = slot.shown.type === 'running' ? slot.shown.run.machine.user : undefined
  return {
    name: slot.name,
    state: stateOf(slot.shown),
    lastState: slot.last ? terminated(slot.last) : {},
    ready: slot.kind === 'init' ? isInitDone : slot.ready && slot.kind !== 'ephemeral',
    restartCount: slot.restarts,
    image: hasRun && slot.imageReference ? slot.imageReference : (slot.spec.image ?? ''),
    imageID: hasRun && slot.imageReference ? imageId(slot.imageReference) : '',
    ...(hasRun ? { containerID: `containerd://${id}` } : {}),
    ...(slot.kind === 'ephemeral' ? {} : { started: slot.kind === 'init' ? false : slot.started }),
    ...(hasRun ? { resources: slot.resources ?? {} } : {}),
    ...(slot.spec.resources?.requests && hasRun ? { allocatedResources: slot.spec.resources.requests } : {}),
    ...(slot.spec.volumeMounts
      ? {
          volumeMounts: slot.spec.volumeMounts.map((mount) => ({
            name: mount.name,
            mountPath: mount.mountPath,
            ...(mount.readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}),
          })),
        }
      : {}),
    ...(user ? { user: { linux: { uid: user.uid, gid: user.gid, supplementalGroups: user.groups ?? [user.gid] } } } : {}),
  }
}

/** @see getPhase */
export function phaseOf(pod: Pod, slots: Slot[]): string {
  const inits = slots.filter((slot) => slot.kind === 'init' || slot.kind === 'sidecar')
  const mains = slots.filter((slot) => slot.kind === 'main')
  const isInitPending = inits.some((slot) => {
    if (slot.kind === 'sidecar') return !slot.started && slot.state.type === 'waiting' && !slot.last
    return slot.state.type !== 'ended' || (slot.state.ended.exitCode !== 0 && pod.spec.restartPolicy !== 'Never')
  })
  const failedInit = inits.some((slot) => slot.kind === 'init' && slot.state.type === 'ended' && slot.state.ended.exitCode !== 0)
  if (failedInit && pod.spec.restartPolicy === 'Never') return 'Failed'
  if (isInitPending && mains.every((slot) => slot.state.type === 'waiting' && !slot.last)) return 'Pending'
  let [running, waiting, stopped, succeeded] = [0, 0, 0, 0]
  for (const slot of mains) {
    const { shown } = slot
    const ended = shown.type === 'ended' ? shown.ended : shown.type === 'waiting' ? slot.last : undefined
    if (shown.type === 'running' || slot.mustRestart) running++
    else if (!ended) waiting++
    else {
      stopped++
      if (ended.exitCode === 0) succeeded++
    }
  }
  if (waiting > 0) return 'Pending'
  if (running > 0) return 'Running'
  // It is over when its sidecars are.
  if (inits.some((slot) => slot.kind === 'sidecar' && slot.isRunning)) return 'Running'
  if (pod.spec.restartPolicy === 'Always') return 'Running'
  if (stopped === succeeded) return 'Succeeded'
  return pod.spec.restartPolicy === 'Never' ? 'Failed' : 'Running'
}

interface Facts {
  pod: Pod
  slots: Slot[]
  phase: string
  podIp: string
  hostIp: string
  startedAtMs: number
  hasSandbox: boolean
  nowMs: number
  reason?: { reason: string; message: string } | undefined
  /** Why the node has driven it out. */
  evicted?: string | undefined
  resize?: ResizeCondition[] | undefined
  sizes: PodHost['podSizes']
}

type Draft = {
  type: string
  status: 'True' | 'False'
  reason?: string
  message?: string
  observedGeneration?: number | undefined
}

function conditionsOf(facts: Facts): Draft[] {
  const { slots, phase, hasSandbox, pod } = facts
  const over = phase === 'Succeeded' || phase === 'Failed'
  const inits = slots.filter((slot) => slot.kind === 'init' || slot.kind === 'sidecar')
  const unfinished = inits
    .filter((slot) => (slot.kind === 'init' ? !(slot.state.type === 'ended' && slot.state.ended.exitCode === 0) : !slot.started))
    .map((slot) => slot.name)
  const unready = slots
    .filter((slot) => (slot.kind === 'main' || slot.kind === 'sidecar') && !slot.ready)
    .map((slot) => slot.name)
  // Once a container has begun, a sidecar that ends takes nothing of that back.
  const hasBegun = slots.some((slot) => slot.kind === 'main' && slot.shownId !== undefined)
  const initialized: Draft =
    unfinished.length > 0 && phase !== 'Succeeded' && !hasBegun
      ? {
          type: 'Initialized',
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: [${unfinished.join(' ')}]`,
        }
      : { type: 'Initialized', status: 'True', ...(phase === 'Succeeded' ? { reason: 'PodCompleted' } : {}) }
  const notReady = (): Omit<Draft, 'type'> => {
    if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' }
    if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' }
    return unready.length > 0
      ? { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` }
      : { status: 'True' }
  }
  const containers = notReady()
  const gates = (pod.spec.readinessGates ?? []).filter(
    (gate) => pod.status?.conditions?.find((each) => each.type === gate.conditionType)?.status !== 'True',
  )
  const ready: Omit<Draft, 'type'> =
    containers.status === 'True' && gates.length > 0
      ? {
          status: 'False',
          reason: 'ReadinessGatesNotReady',
          message: gates
            .map((gate) => `corresponding condition of pod readiness gate ${JSON.stringify(gate.conditionType)} does not exist.`)
            .join(', '),
        }
      : containers
  return [
    { type: 'PodReadyToStartContainers', status: hasSandbox && !over ? 'True' : 'False' },
    initialized,
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...containers },
    { type: 'PodScheduled', status: 'True' },
    ...(facts.evicted === undefined
      ? []
      : [
          {
            type: 'DisruptionTarget',
            status: 'True' as const,
            reason: 'TerminationByKubelet',
            message: facts.evicted,
          },
        ]),
    ...(over ? [] : (facts.resize ?? []).map((each) => ({ ...each, status: 'True' as const }))),
  ]
}

function carry(draft: Draft, pod: Pod, now: string): PodCondition {
  const before = pod.status?.conditions?.find((condition) => condition.type === draft.type)
  const isResize = draft.type.startsWith('PodResize')
  const isSame = before?.status === draft.status && (!isResize || before.reason === draft.reason)
  return {
    ...draft,
    lastProbeTime: isResize ? (before?.lastProbeTime ?? now) : (null as never),
    lastTransitionTime: isSame ? before.lastTransitionTime : now,
    observedGeneration: draft.observedGeneration ?? pod.metadata.generation,
  }
}

/** What the Pod as a whole has been given. @see kubelet_pods.go: convertToAPIPodLevelResourcesStatus */
function roomOf({ pod, phase, sizes }: Facts): Pick<PodStatus, 'resources' | 'allocatedResources'> {
  const spec = { ...pod.spec, resources: sizes.actual }
  const allocated = podResourcesWithOverhead({ ...pod.spec, resources: sizes.given }, 'requests')
  const requests = podResourcesWithOverhead(spec, 'requests')
  const limits = podResourcesWithOverhead(spec, 'limits')
  // A running one is read from its cgroup, which knows two resources, and no limit where a container has none.
  const isLimited = (name: string) =>
    asResourceList(spec.resources?.limits)[name] !== undefined ||
    spec.containers.every(({ resources }) => asResourceList(resources?.limits)[name])
  const shown = (list: ResourceList, holds: (name: string) => boolean = () => true) =>
    phase === 'Running' ? onlyNames(list, ['cpu', 'memory'].filter(holds)) : list
  const filled = (name: 'requests' | 'limits', list: ResourceList) => (Object.keys(list).length > 0 ? { [name]: list } : {})
  return {
    resources: { ...filled('requests', shown(requests)), ...filled('limits', shown(limits, isLimited)) },
    ...(Object.keys(allocated).length > 0 ? { allocatedResources: allocated } : {}),
  }
}

export function podStatus(facts: Facts): PodStatus {
  const { pod, slots, phase, podIp, hostIp } = facts
  const of = (...kinds: Slot['kind'][]) => slots.filter((slot) => kinds.includes(slot.kind)).map(containerStatus)
  const inits = of('init', 'sidecar')
  const ephemeral = of('ephemeral')
  const own = new Set([
    'PodReadyToStartContainers',
    'Initialized',
    'Ready',
    'ContainersReady',
    'PodScheduled',
    'PodResizePending',
    'PodResizeInProgress',
  ])
  if (facts.evicted !== undefined) own.add('DisruptionTarget')
  const others = (pod.status?.conditions ?? []).filter((condition) => !own.has(condition.type))
  return {
    ...(pod.status?.nominatedNodeName ? { nominatedNodeName: pod.status.nominatedNodeName } : {}),
    phase,
    ...(facts.reason ?? {}),
    observedGeneration: pod.metadata.generation,
    conditions: [...conditionsOf(facts).map((draft) => carry(draft, pod, timestamp(facts.nowMs))), ...others],
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(podIp ? { podIP: podIp, podIPs: [{ ip: podIp }] } : {}),
    startTime: timestamp(facts.startedAtMs),
    ...(inits.length ? { initContainerStatuses: inits } : {}),
    containerStatuses: of('main'),
    ...(ephemeral.length ? { ephemeralContainerStatuses: ephemeral } : {}),
    qosClass: pod.status?.qosClass,
    ...roomOf(facts),
  }
}
