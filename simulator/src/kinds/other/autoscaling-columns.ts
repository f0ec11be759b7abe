/** What `kubectl get hpa` shows under TARGETS. @see pkg/printers/internalversion/printers.go: formatHPAMetrics */
import type { HorizontalPodAutoscaler, MetricSpec, MetricTarget } from '../../schema/kubernetes.generated.js'

interface Current {
  averageUtilization?: number | undefined
  averageValue?: string | undefined
  value?: string | undefined
}

const MOST_SHOWN = 2
const UNKNOWN = '<unknown>'

function use(name: string, target: MetricTarget, current: Current | undefined): string {
  if (target.averageValue !== undefined) return `${name}: ${current?.averageValue ?? UNKNOWN}/${target.averageValue}`
  const seen = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}%`
  const wanted = target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`
  return `${name}: ${seen}/${wanted}`
}

function amount(target: MetricTarget, current: Current | undefined): string {
  if (target.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`
  return `${current?.value ?? UNKNOWN}/${target.value}`
}

function metricText(metric: MetricSpec, status: Record<string, { current?: Current } | undefined> | undefined): string {
  const { type, resource, containerResource, pods, object, external } = metric
  if (resource) return use(resource.name, resource.target, status?.resource?.current)
  if (containerResource) return use(containerResource.name, containerResource.target, status?.containerResource?.current)
  if (pods) return `${status?.pods?.current?.averageValue ?? UNKNOWN}/${pods.target.averageValue}`
  if (object) return amount(object.target, status?.object?.current)
  return external ? amount(external.target, status?.external?.current) : `<unknown type ${type}>`
}

/** `cpu: 12%/80%, memory: <unknown>/1Gi + 1 more...` */
export function metricsText({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? []
  if (metrics.length === 0) return '<none>'
  const seen = (status?.currentMetrics ?? []) as unknown as Record<string, { current?: Current } | undefined>[]
  const texts = metrics.map((metric, index) => metricText(metric, seen[index]))
  const shown = texts.slice(0, MOST_SHOWN).join(', ')
  return texts.length > MOST_SHOWN ? `${shown} + ${texts.length - MOST_SHOWN} more...` : shown
}
