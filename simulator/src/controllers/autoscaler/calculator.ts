/** How many Pods a metric asks for. @see pkg/controller/podautoscaler/replica_calculator.go */
import { milliOf } from '../../objects/quantity.js'
import type { Container, Pod } from '../../schema/kubernetes.generated.js'
import { parseTime } from '../../time/clock.js'
import { conditionOf } from '../pods.js'

const CPU_STARTS_MS = 300_000
const READINESS_DELAY_MS = 30_000

/** What one Pod uses, in thousandths. */
export interface Sample {
  milli: number
  timestampMs: number
  windowMs: number
}

export interface Tolerances {
  up: number
  down: number
}

export interface Question {
  pods: Pod[]
  samples: Map<string, Sample>
  resource: string
  /** Empty: all containers together. */
  container: string
  current: number
  nowMs: number
  tolerances: Tolerances
}

export interface Proposal {
  replicas: number
  /** Percent of what was asked for, where the target is one. */
  utilization?: number
  averageMilli: number
}

/** A metric that cannot be had; the message is upstream's. */
export class MetricError extends Error {}

interface Groups {
  ready: number
  unready: Set<string>
  missing: Set<string>
  ignored: Set<string>
}

function groupsOf({ pods, samples, resource, nowMs }: Question): Groups {
  const groups: Groups = { ready: 0, unready: new Set(), missing: new Set(), ignored: new Set() }
  for (const pod of pods) {
    const { name } = pod.metadata
    const sample = samples.get(name)
    if (pod.metadata.deletionTimestamp || pod.status?.phase === 'Failed') groups.ignored.add(name)
    else if (pod.status?.phase === 'Pending') groups.unready.add(name)
    else if (!sample) groups.missing.add(name)
    else if (resource === 'cpu' && isUnready(pod, sample, nowMs)) groups.unready.add(name)
    else groups.ready++
  }
  return groups
}

/** A Pod that is only starting uses CPU for that, which says nothing of its load. */
function isUnready(pod: Pod, sample: Sample, nowMs: number): boolean {
  const ready = conditionOf(pod, 'Ready')
  const startedMs = parseTime(pod.status?.startTime)
  if (!ready || Number.isNaN(startedMs)) return true
  const changedMs = parseTime(ready.lastTransitionTime)
  if (startedMs + CPU_STARTS_MS > nowMs) return ready.status === 'False' || sample.timestampMs < changedMs + sample.windowMs
  return ready.status === 'False' && startedMs + READINESS_DELAY_MS > changedMs
}

const requestOf = (container: Container, resource: string): string | undefined =>
  (container.resources?.requests as Record<string, string> | undefined)?.[resource]

/** @throws MetricError where a container asks for nothing */
function requestsOf({ pods, container, resource }: Question): Map<string, number> {
  const requests = new Map<string, number>()
  for (const pod of pods) {
    const together = (pod.spec.resources?.requests as Record<string, string> | undefined) ?? undefined
    if (together && !container) {
      if (together[resource] === undefined)
        throw new MetricError(`missing pod-level request for ${resource} in Pod ${pod.metadata.name}`)
      requests.set(pod.metadata.name, milliOf(together[resource]))
      continue
    }
    const sidecars = (pod.spec.initContainers ?? []).filter((each) => each.restartPolicy === 'Always')
    let sum = 0
    for (const each of [...pod.spec.containers, ...sidecars]) {
      if (container && each.name !== container) continue
      const request = requestOf(each, resource)
      if (request === undefined)
        throw new MetricError(`missing request for ${resource} in container ${each.name} of Pod ${pod.metadata.name}`)
      sum += milliOf(request)
    }
    requests.set(pod.metadata.name, sum)
  }
  return requests
}

const isWithin = ({ up, down }: Tolerances, ratio: number): boolean => 1 - down <= ratio && ratio <= 1 + up

function prepare(question: Question): { groups: Groups; samples: Map<string, number> } {
  if (question.pods.length === 0) throw new MetricError('no pods returned by selector while calculating replica count')
  const groups = groupsOf(question)
  const samples = new Map<string, number>()
  for (const [name, { milli }] of question.samples)
    if (!groups.ignored.has(name) && !groups.unready.has(name)) samples.set(name, milli)
  if (samples.size === 0) throw new MetricError('did not receive metrics for targeted pods (pods might be unready)')
  return { groups, samples }
}

interface Rates {
  question: Question
  groups: Groups
  samples: Map<string, number>
  /** How far above or below the target the samples are: 1 is on it. */
  ratioOf(samples: Map<string, number>): number
  /** What a Pod without a sample counts for where all are below the target. */
  full(name: string): number
}

/** Where samples are missing, the answer that moves least is taken. */
function replicasFor({ question, groups, samples, ratioOf, full }: Rates): number {
  const { current, tolerances } = question
  const ratio = ratioOf(samples)
  const scalesUnready = groups.unready.size > 0 && ratio > 1
  if (!scalesUnready && groups.missing.size === 0) return isWithin(tolerances, ratio) ? current : Math.ceil(ratio * groups.ready)
  const filled = new Map(samples)
  if (ratio !== 1) for (const name of groups.missing) filled.set(name, ratio < 1 ? full(name) : 0)
  if (scalesUnready) for (const name of groups.unready) filled.set(name, 0)
  const again = ratioOf(filled)
  if (isWithin(tolerances, again) || (ratio < 1 && again > 1) || (ratio > 1 && again < 1)) return current
  const replicas = Math.ceil(again * filled.size)
  const turnsBack = (again < 1 && replicas > current) || (again > 1 && replicas < current)
  return turnsBack ? current : replicas
}

const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0)

/** @param target percent of the requests. @throws MetricError */
export function byUtilization(question: Question, target: number): Proposal {
  const { groups, samples } = prepare(question)
  const requests = requestsOf(question)
  const percentOf = (values: Map<string, number>): number => {
    const asked = sumOf([...values.keys()].map((name) => requests.get(name) ?? 0))
    if (asked === 0) throw new MetricError('no metrics returned matched known pods')
    return Math.trunc((sumOf(values.values()) * 100) / asked)
  }
  const full = (name: string) => ((requests.get(name) ?? 0) * Math.max(100, target)) / 100
  const replicas = replicasFor({ question, groups, samples, ratioOf: (values) => percentOf(values) / target, full })
  return { replicas, utilization: percentOf(samples), averageMilli: Math.trunc(sumOf(samples.values()) / samples.size) }
}

/** @param targetMilli what each Pod is to use. @throws MetricError */
export function byAverage(question: Question, targetMilli: number): Proposal {
  const { groups, samples } = prepare(question)
  const ratioOf = (values: Map<string, number>) => Math.trunc(sumOf(values.values()) / values.size) / targetMilli
  const replicas = replicasFor({ question, groups, samples, ratioOf, full: () => targetMilli })
  return { replicas, averageMilli: Math.trunc(sumOf(samples.values()) / samples.size) }
}
