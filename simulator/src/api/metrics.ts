/** metrics.k8s.io, as a metrics server would serve it: computed when it is asked for, and never stored. */
import { type KubeObject, keyOf } from '../objects/object.js'
import { failure } from '../objects/status.js'
import type { Node } from '../schema/kubernetes.generated.js'
import { timestamp } from '../time/clock.js'
import { computedResult } from './computed.js'
import type { ApiContext, UsageReport } from './context.js'
import type { ApiRequest, ApiResult } from './request.js'

const WINDOW = '15.0s'

const quantities = (cpuMilli: number, memoryBytes: number) => ({
  // A metrics server answers in billionths and in kibibytes.
  cpu: `${Math.round(cpuMilli * 1_000_000)}n`,
  memory: `${Math.ceil(memoryBytes / 1024)}Ki`,
})

interface Times {
  creationTimestamp: string
  timestamp: string
}

function podMetrics({ pods }: UsageReport, { creationTimestamp, timestamp: at }: Times): KubeObject[] {
  return pods.map(({ pod, containers }) => {
    const { name, namespace, labels } = pod.metadata
    return {
      apiVersion: 'metrics.k8s.io/v1beta1',
      kind: 'PodMetrics',
      metadata: { name, namespace, creationTimestamp, ...(labels ? { labels } : {}) },
      timestamp: at,
      window: WINDOW,
      containers: containers.map((each) => ({ name: each.name, usage: quantities(each.cpuMilli, each.memoryBytes) })),
    } as unknown as KubeObject
  })
}

function nodeMetrics(
  context: ApiContext,
  { pods, system }: UsageReport,
  { creationTimestamp, timestamp: at }: Times,
): KubeObject[] {
  return (context.store.list('nodes') as Node[]).flatMap((node) => {
    if (!node.status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True')) return []
    const own = pods.filter((each) => each.pod.spec.nodeName === node.metadata.name).flatMap((each) => each.containers)
    const cpu = own.reduce((sum, each) => sum + each.cpuMilli, system.cpuMilli)
    const memory = own.reduce((sum, each) => sum + each.memoryBytes, system.memoryBytes)
    const { name, labels } = node.metadata
    return [
      {
        apiVersion: 'metrics.k8s.io/v1beta1',
        kind: 'NodeMetrics',
        metadata: { name, creationTimestamp, ...(labels ? { labels } : {}) },
        timestamp: at,
        window: WINDOW,
        usage: quantities(cpu, memory),
      } as unknown as KubeObject,
    ]
  })
}

/** @throws ApiError 404 for one without metrics, 503 where nothing runs that could be measured */
export function readMetrics(context: ApiContext, request: ApiRequest): ApiResult {
  const report = context.facts.usage?.()
  if (!report) throw failure.unavailable('the server is currently unable to handle the request')
  const now = context.clock.now()
  const times = { creationTimestamp: timestamp(now), timestamp: timestamp(Math.floor(now / 15_000) * 15_000) }
  const { resource, namespace, name } = request
  const all = resource.namespaced ? podMetrics(report, times) : nodeMetrics(context, report, times)
  if (request.verb === 'get' && !all.some((each) => keyOf(each) === keyOf({ metadata: { name, namespace } })))
    // A metrics server names what it was asked about, and not what it would have told.
    throw failure.notFound({ group: '', resource: resource.namespaced ? 'pods' : 'node' }, name)
  return computedResult(request, all)
}
