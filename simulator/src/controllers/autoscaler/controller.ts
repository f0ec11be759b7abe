import type { ResourceRef } from '../../client/client.js'
import { clone, keyOf, sameJson } from '../../objects/object.js'
import { formatQuantity, milliOf } from '../../objects/quantity.js'
import { messageOf } from '../../objects/status.js'
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerCondition,
  MetricSpec,
  MetricStatus,
} from '../../schema/kubernetes.generated.js'
import { parseTime, timestamp } from '../../time/clock.js'
import { type Controller, defineController, done, type ReconcileContext, requeueAfter } from '../runtime/controller.js'
import { byAverage, byUtilization, MetricError, type Proposal, type Sample } from './calculator.js'
import { limit, type Memory, type Note } from './limits.js'
import { SCALED, type Scale, scaleOf, whyNoScale } from './target.js'

/** @see --horizontal-pod-autoscaler-sync-period */
const PERIOD_MS = 15_000
const TOLERANCE = 0.1
const PODS_IN_USE: ResourceRef = {
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  resource: 'pods',
  kind: 'PodMetrics',
  namespaced: true,
}

interface Known extends Memory {
  uid: string
  generation: number
  lookedMs: number
}

/** Fits the number of Pods to their load. Models pkg/controller/podautoscaler (v1.36). One for each cluster: it remembers. */
export function autoscalerController(): Controller {
  const known = new Map<string, Known>()
  return defineController({
    name: 'horizontal-pod-autoscaler',
    reconciles: 'HorizontalPodAutoscaler',
    reads: [...SCALED, 'Pod'],
    async reconcile(context, key) {
      const autoscaler = context.informers.get('HorizontalPodAutoscaler', key)
      if (!autoscaler) {
        known.delete(key)
        return done
      }
      const nowMs = context.clock.now()
      const memory = memoryOf(known, key, autoscaler)
      const wait = memory.lookedMs + PERIOD_MS - nowMs
      // Its own writing of the status is no reason to look again.
      if (memory.generation === (autoscaler.metadata.generation ?? 0) && wait > 0) return requeueAfter(wait)
      Object.assign(memory, { generation: autoscaler.metadata.generation ?? 0, lookedMs: nowMs })
      await new Look({ context, autoscaler, memory, nowMs }).run()
      return requeueAfter(PERIOD_MS)
    },
  })
}

function memoryOf(known: Map<string, Known>, key: string, { metadata }: HorizontalPodAutoscaler): Known {
  const found = known.get(key)
  if (found?.uid === metadata.uid) return found
  const fresh = { uid: metadata.uid, generation: -1, lookedMs: 0, recommendations: [], changes: [] }
  known.set(key, fresh)
  return fresh
}

/** A metric that cannot be had, with the reason that the condition and the Event give. */
class LookError extends Error {
  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message)
  }
}

interface Situation {
  context: ReconcileContext
  autoscaler: HorizontalPodAutoscaler
  memory: Known
  nowMs: number
}

class Look {
  readonly #conditions: HorizontalPodAutoscalerCondition[]
  #metrics: MetricStatus[]
  constructor(readonly situation: Situation) {
    this.#conditions = clone(situation.autoscaler.status?.conditions ?? [])
    this.#metrics = []
  }

  async run(): Promise<void> {
    const { context, autoscaler, memory, nowMs } = this.situation
    const { maxReplicas, minReplicas = 1 } = autoscaler.spec
    const scale = scaleOf(context.informers, autoscaler)
    if (!scale) {
      const why = await whyNoScale(context.client, autoscaler)
      this.#tell('Warning', 'FailedGetScale', why)
      this.#set('AbleToScale', {
        status: 'False',
        reason: 'FailedGetScale',
        message: `the HPA controller was unable to get the target's current scale: ${why}`,
      })
      await this.#write(autoscaler.status?.currentReplicas ?? 0, autoscaler.status?.desiredReplicas ?? 0, false)
      return
    }
    this.#set('AbleToScale', {
      status: 'True',
      reason: 'SucceededGetScale',
      message: "the HPA controller was able to get the target's current scale",
    })
    if (memory.recommendations.length === 0) memory.recommendations.push({ replicas: scale.replicas, atMs: nowMs })
    const current = scale.replicas
    if (current === 0) {
      const message = 'scaling is disabled since the replica count of the target is zero'
      this.#set('ScalingActive', { status: 'False', reason: 'ScalingDisabled', message })
      await this.#write(0, 0, false)
    } else if (current > maxReplicas) await this.#rescale(scale, maxReplicas, 'Current number of replicas above Spec.MaxReplicas')
    else if (current < minReplicas) await this.#rescale(scale, minReplicas, 'Current number of replicas below Spec.MinReplicas')
    else await this.#byMetrics(scale)
  }

  async #byMetrics(scale: Scale): Promise<void> {
    const { autoscaler, memory, nowMs } = this.situation
    if (this.#isAmbiguous(scale)) {
      await this.#write(scale.replicas, autoscaler.status?.desiredReplicas ?? 0, false)
      return
    }
    const proposals: { replicas: number; name: string }[] = []
    const failures: LookError[] = []
    const specs = autoscaler.spec.metrics ?? []
    for (const [index, spec] of specs.entries()) {
      try {
        proposals.push(await this.#propose(spec, scale, index))
      } catch (error) {
        if (!(error instanceof LookError)) throw error
        failures.push(error)
        // Holds the place of the metric, as others are told apart by theirs.
        this.#metrics[index] = { type: '' } as MetricStatus
      }
    }
    const [best] = proposals.sort((a, b) => b.replicas - a.replicas)
    const [failure] = failures
    if (failure && (!best || best.replicas < scale.replicas)) {
      const message = `invalid metrics (${failures.length} invalid out of ${specs.length}), first error is: ${failure.message}`
      const cause = failure.message.replace(/^failed to get \S+ (resource |container |external )?metric value: /, '')
      this.#set('ScalingActive', {
        status: 'False',
        reason: failure.reason,
        message: `the HPA was unable to compute the replica count: ${cause}`,
      })
      await this.#write(scale.replicas, autoscaler.status?.desiredReplicas ?? 0, false)
      this.#tell('Warning', 'FailedComputeMetricsReplicas', message)
      return
    }
    if (!best) return
    this.#set('ScalingActive', {
      status: 'True',
      reason: 'ValidMetricFound',
      message: `the HPA was able to successfully calculate a replica count from ${best.name}`,
    })
    const { replicas, able, limited } = limit(memory, { autoscaler, current: scale.replicas, desired: best.replicas, nowMs })
    this.#set('AbleToScale', able)
    this.#set('ScalingLimited', limited)
    const why = best.replicas > scale.replicas ? `${best.name} above target` : 'All metrics below target'
    if (replicas === scale.replicas) await this.#write(replicas, replicas, false)
    else await this.#rescale(scale, replicas, why)
  }

  /** Whether another autoscaler looks at the same Pods, which is told of. */
  #isAmbiguous({ matches, selector }: Scale): boolean {
    const { context, autoscaler } = this.situation
    const { namespace } = autoscaler.metadata
    const pods = context.informers.list('Pod', namespace).filter((pod) => matches(pod.metadata.labels))
    const rivals = context.informers.list('HorizontalPodAutoscaler', namespace).filter((each) => {
      const scale = each.metadata.uid === autoscaler.metadata.uid ? { matches } : scaleOf(context.informers, each)
      return scale && pods.some((pod) => scale.matches(pod.metadata.labels))
    })
    if (rivals.length < 2) return false
    const names = rivals.map(({ metadata }) => `{${metadata.name} ${metadata.namespace}}`).join(' ')
    const message = `pods by selector ${selector} are controlled by multiple HPAs: [${names}]`
    this.#tell('Warning', 'AmbiguousSelector', message)
    this.#set('ScalingActive', { status: 'False', reason: 'AmbiguousSelector', message })
    this.#tell('Warning', 'FailedComputeMetricsReplicas', message)
    return true
  }

  async #propose(spec: MetricSpec, scale: Scale, index: number): Promise<{ replicas: number; name: string }> {
    const source = spec.resource ?? spec.containerResource
    if (!source) throw this.#withoutApi(spec)
    const container = spec.containerResource?.container ?? ''
    const reason = container ? 'FailedGetContainerResourceMetric' : 'FailedGetResourceMetric'
    const { averageUtilization, averageValue } = source.target
    try {
      const samples = await this.#samples(scale, source.name, container)
      const question = this.#question(scale, { samples, resource: source.name, container })
      const byShare = averageUtilization !== undefined && averageValue === undefined
      const proposal = byShare ? byUtilization(question, averageUtilization) : byAverage(question, milliOf(averageValue))
      this.#metrics[index] = metricStatus(spec, source.name, proposal)
      const share = `${container ? 'container ' : ''}resource utilization (percentage of request)`
      return { replicas: proposal.replicas, name: `${source.name} ${byShare ? share : 'resource'}` }
    } catch (error) {
      if (!(error instanceof MetricError)) throw error
      const kind = averageValue === undefined ? 'utilization' : 'usage'
      const message = `failed to get ${source.name} ${kind}: ${error.message}`
      this.#tell('Warning', reason, message)
      const what = container ? `${container} container` : `${source.name} resource`
      throw new LookError(reason, `failed to get ${what} metric value: ${message}`)
    }
  }

  /** No adapter serves custom or external metrics here. */
  #withoutApi(spec: MetricSpec): LookError {
    const name = spec.pods?.metric.name ?? spec.object?.metric.name ?? spec.external?.metric.name ?? ''
    const { namespace } = this.situation.autoscaler.metadata
    const [reason, what, why] = spec.external
      ? [
          'FailedGetExternalMetric',
          `${name} external`,
          `unable to get external metric ${namespace}/${name}/nil: unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`,
        ]
      : [
          spec.pods ? 'FailedGetPodsMetric' : 'FailedGetObjectMetric',
          spec.pods ? 'pods' : 'object',
          `unable to get metric ${name}: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered`,
        ]
    this.#tell('Warning', reason, why)
    return new LookError(reason, `failed to get ${what} metric value: ${why}`)
  }

  #question(scale: Scale, asked: { samples: Map<string, Sample>; resource: string; container: string }) {
    const { context, autoscaler, nowMs } = this.situation
    const { behavior } = autoscaler.spec
    const pods = context.informers.list('Pod', autoscaler.metadata.namespace).filter((pod) => scale.matches(pod.metadata.labels))
    const share = (text: string | undefined) => (text === undefined ? TOLERANCE : milliOf(text) / 1000)
    const tolerances = { up: share(behavior?.scaleUp?.tolerance), down: share(behavior?.scaleDown?.tolerance) }
    return { ...asked, pods, current: scale.replicas, nowMs, tolerances }
  }

  /** What the Pods use, by name. @throws MetricError */
  async #samples(scale: Scale, resource: string, container: string): Promise<Map<string, Sample>> {
    const { context, autoscaler } = this.situation
    const namespace = autoscaler.metadata.namespace ?? ''
    const { items } = await context.client.list(PODS_IN_USE, { namespace, labelSelector: scale.selector })
    if (items.length === 0)
      throw new MetricError(`unable to get metrics for resource ${resource}: no metrics returned from resource metrics API`)
    const samples = new Map<string, Sample>()
    for (const item of items as unknown as PodMetrics[]) {
      const own = item.containers.filter((each) => !container || each.name === container)
      if (own.length === 0 || own.some((each) => each.usage[resource] === undefined)) continue
      samples.set(item.metadata.name, {
        milli: own.reduce((sum, each) => sum + milliOf(each.usage[resource]), 0),
        timestampMs: parseTime(item.timestamp),
        windowMs: Number.parseFloat(item.window) * 1000,
      })
    }
    return samples
  }

  async #rescale(scale: Scale, replicas: number, why: string): Promise<void> {
    const { context, autoscaler, memory, nowMs } = this.situation
    const { name } = autoscaler.spec.scaleTargetRef
    const { namespace } = autoscaler.metadata
    const body = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name, namespace }, spec: { replicas } }
    try {
      await context.client.updateSub(scale.kind, `${namespace}/${name}`, { name: 'scale', body })
    } catch (error) {
      await this.#failRescale(scale.replicas, `New size: ${replicas}; reason: ${why}`, error)
      return
    }
    const message = `the HPA controller was able to update the target scale to ${replicas}`
    this.#set('AbleToScale', { status: 'True', reason: 'SucceededRescale', message })
    this.#tell('Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${why}`)
    memory.changes.push({ by: replicas - scale.replicas, atMs: nowMs })
    memory.changes = memory.changes.filter((each) => each.atMs > nowMs - LONGEST_POLICY_MS)
    await this.#write(scale.replicas, replicas, true)
  }

  async #failRescale(current: number, what: string, error: unknown): Promise<void> {
    const cause = messageOf(error)
    this.#tell('Warning', 'FailedRescale', `${what}; error: ${cause}`)
    const message = `the HPA controller was unable to update the target scale: ${cause}`
    this.#set('AbleToScale', { status: 'False', reason: 'FailedUpdateScale', message })
    await this.#write(current, this.situation.autoscaler.status?.desiredReplicas ?? 0, false)
  }

  #set(type: string, { status, reason, message }: Note): void {
    const before = this.#conditions.find((each) => each.type === type)
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : timestamp(this.situation.nowMs)
    const condition = { type, status, lastTransitionTime, reason, message }
    if (before) Object.assign(before, condition)
    else this.#conditions.push(condition)
  }

  #tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.situation.context.events.record(this.situation.autoscaler, { type, reason, message })
  }

  async #write(current: number, desired: number, rescaled: boolean): Promise<void> {
    const { context, autoscaler, nowMs } = this.situation
    const lastScaleTime = rescaled ? timestamp(nowMs) : autoscaler.status?.lastScaleTime
    const currentMetrics = this.#metrics.filter(Boolean)
    const status = {
      currentReplicas: current,
      desiredReplicas: desired,
      ...(lastScaleTime ? { lastScaleTime } : {}),
      ...(currentMetrics.length ? { currentMetrics } : {}),
      conditions: this.#conditions,
    }
    if (sameJson(status, autoscaler.status)) return
    const live = context.informers.get('HorizontalPodAutoscaler', keyOf(autoscaler)) ?? autoscaler
    await context.client.updateStatus('HorizontalPodAutoscaler', { ...live, status })
  }
}

/** @see pkg/apis/autoscaling/validation: MaxPeriodSeconds */
const LONGEST_POLICY_MS = 1_800_000

interface PodMetrics {
  metadata: { name: string }
  timestamp: string
  window: string
  containers: { name: string; usage: Record<string, string> }[]
}

function metricStatus(spec: MetricSpec, name: string, { utilization, averageMilli }: Proposal): MetricStatus {
  const format = name === 'memory' ? 'binary' : 'decimal'
  const averageValue = formatQuantity({ nanos: BigInt(averageMilli) * 1_000_000n, format })
  const current = { ...(utilization === undefined ? {} : { averageUtilization: utilization }), averageValue }
  if (!spec.containerResource) return { type: 'Resource', resource: { name, current } }
  return { type: 'ContainerResource', containerResource: { name, container: spec.containerResource.container, current } }
}
