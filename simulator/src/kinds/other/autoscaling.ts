/** HorizontalPodAutoscaler, stored as autoscaling/v2. @see pkg/apis/autoscaling */
import type { FieldErrors } from '../../objects/field-errors.js'
import { dnsLabel, type NameRule, pathSegment } from '../../objects/names.js'
import { isObject, type JsonObject } from '../../objects/object.js'
import { compareQuantities } from '../../objects/quantity.js'
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricSpec,
  MetricTarget,
} from '../../schema/kubernetes.generated.js'
import { atLeast, follow, named } from '../checks.js'
import { column, columns } from '../columns.js'
import { defineKind } from '../define.js'
import { metricsText } from './autoscaling-columns.js'

const CPU_TARGET = 80
const LONGEST_PERIOD_S = 1800
const LONGEST_WINDOW_S = 3600

function defaultRules(rules: HPAScalingRules | undefined, policies: HPAScalingRules['policies']): HPAScalingRules {
  return { ...rules, selectPolicy: rules?.selectPolicy ?? 'Max', policies: rules?.policies ?? policies }
}

function defaults({ spec }: HorizontalPodAutoscaler): void {
  spec.minReplicas ??= 1
  if (!spec.metrics?.length) {
    const target = { type: 'Utilization', averageUtilization: CPU_TARGET }
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }]
  }
  if (!spec.behavior) return
  const up = defaultRules(spec.behavior.scaleUp, [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ])
  up.stabilizationWindowSeconds ??= 0
  spec.behavior.scaleUp = up
  spec.behavior.scaleDown = defaultRules(spec.behavior.scaleDown, [{ type: 'Percent', value: 100, periodSeconds: 15 }])
}

/** The only kind of the group without a name that can be scaled. */
const CORE_SCALED = ['ReplicationController']

interface ReferencePlace {
  path: string
  errors: FieldErrors
  /** What a metric is about may be of any group, and of the one without a name. */
  isOfMetric?: boolean
}

/** @see pkg/registry/autoscaling/horizontalpodautoscaler: validationOptionsForHorizontalPodAutoscaler */
function validateReference(reference: CrossVersionObjectReference | undefined, place: ReferencePlace): void {
  const { path, errors, isOfMetric = false } = place
  named(pathSegment, reference?.kind, `${path}.kind`, errors)
  named(pathSegment, reference?.name, `${path}.name`, errors)
  const { apiVersion = '' } = reference ?? {}
  if (!apiVersion.includes('/')) {
    if (isOfMetric || CORE_SCALED.includes(reference?.kind ?? '')) return
    errors.invalid(`${path}.apiVersion`, apiVersion, 'apiVersion must specify API group')
    return
  }
  if (apiVersion.split('/').length > 2)
    errors.invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)
}

function validateTarget(target: MetricTarget | undefined, path: string, errors: FieldErrors): void {
  const { type = '', value, averageValue, averageUtilization } = target ?? ({} as Partial<MetricTarget>)
  if (!type) errors.required(`${path}.type`, 'must specify a metric target type')
  if (!['Utilization', 'Value', 'AverageValue'].includes(type))
    errors.invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue')
  for (const [name, amount] of Object.entries({ value, averageValue }))
    if (amount !== undefined && compareQuantities(amount as string, '0') <= 0)
      errors.invalid(`${path}.${name}`, amount, 'must be positive')
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0')
}

function needs(rule: NameRule, value: string | undefined, path: string, what: { text: string; errors: FieldErrors }): void {
  if (!value) what.errors.required(path, what.text)
  else follow(rule, value, path, what.errors)
}

const anything: NameRule = () => []

/** Both resource metrics want a raw value or a utilization, and not both. */
function validateUse(target: MetricTarget | undefined, path: string, errors: FieldErrors): void {
  validateTarget(target, path, errors)
  const hasUtilization = target?.averageUtilization !== undefined
  const hasValue = target?.averageValue !== undefined
  if (!hasUtilization && !hasValue)
    errors.required(`${path}.averageUtilization`, 'must set either a target raw value or a target utilization')
  if (hasUtilization && hasValue)
    errors.forbidden(`${path}.averageValue`, 'may not set both a target raw value and a target utilization')
}

/** By the name of the field, in upstream's order: only the first that is there is looked at. */
const SOURCES: Record<string, (metric: MetricSpec, path: string, errors: FieldErrors) => void> = {
  object({ object }, path, errors) {
    validateReference(object?.describedObject, { path: `${path}.describedObject`, errors, isOfMetric: true })
    needs(pathSegment, object?.metric?.name, `${path}.metric.name`, { text: 'must specify a metric name', errors })
    validateTarget(object?.target, `${path}.target`, errors)
    if (object?.target?.value === undefined && object?.target?.averageValue === undefined)
      errors.required(`${path}.target.averageValue`, 'must set either a target value or averageValue')
  },
  external({ external }, path, errors) {
    needs(pathSegment, external?.metric?.name, `${path}.metric.name`, { text: 'must specify a metric name', errors })
    validateTarget(external?.target, `${path}.target`, errors)
    const { value, averageValue } = external?.target ?? ({} as Partial<MetricTarget>)
    if (value === undefined && averageValue === undefined)
      errors.required(`${path}.target.averageValue`, 'must set either a target value for metric or a per-pod target')
    if (value !== undefined && averageValue !== undefined)
      errors.forbidden(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target')
  },
  pods({ pods }, path, errors) {
    needs(pathSegment, pods?.metric?.name, `${path}.metric.name`, { text: 'must specify a metric name', errors })
    validateTarget(pods?.target, `${path}.target`, errors)
    if (pods?.target?.averageValue === undefined)
      errors.required(`${path}.target.averageValue`, 'must specify a positive target averageValue')
  },
  resource({ resource }, path, errors) {
    needs(anything, resource?.name, `${path}.name`, { text: 'must specify a resource name', errors })
    validateUse(resource?.target, `${path}.target`, errors)
  },
  containerResource({ containerResource }, path, errors) {
    needs(anything, containerResource?.name, `${path}.name`, { text: 'must specify a resource name', errors })
    needs(dnsLabel, containerResource?.container, `${path}.container`, { text: 'must specify a container', errors })
    validateUse(containerResource?.target, `${path}.target`, errors)
  },
}
const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']

function validateMetric(metric: MetricSpec, path: string, errors: FieldErrors): void {
  const fields = metric as unknown as Record<string, unknown>
  const present = Object.keys(SOURCES).filter((name) => fields[name] !== undefined)
  const isKnown = TYPES.includes(metric.type)
  if (!metric.type) errors.required(`${path}.type`, 'must specify a metric source type')
  if (!isKnown) errors.notSupported(`${path}.type`, metric.type, TYPES)
  const [first] = present
  if (first) SOURCES[first]?.(metric, `${path}.${first}`, errors)
  const wanted = `${metric.type.slice(0, 1).toLowerCase()}${metric.type.slice(1)}`
  if (!isKnown) errors.notSupported(`${path}.type`, metric.type, TYPES)
  else if (!present.includes(wanted))
    errors.required(`${path}.${wanted}`, 'must populate information for the given metric source')
  if (present.length === 1) return
  for (const other of present)
    if (other !== wanted) errors.forbidden(`${path}.${other}`, 'must populate the given metric source only')
}

function validateRules(rules: HPAScalingRules | undefined, path: string, errors: FieldErrors): void {
  if (!rules) return
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules
  if (window !== undefined && window < 0)
    errors.invalid(`${path}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero')
  if (window !== undefined && window > LONGEST_WINDOW_S)
    errors.invalid(`${path}.stabilizationWindowSeconds`, window, `must be less than or equal to ${LONGEST_WINDOW_S}`)
  const selections = ['Disabled', 'Max', 'Min']
  if (selectPolicy && !selections.includes(selectPolicy)) errors.notSupported(`${path}.selectPolicy`, selectPolicy, selections)
  if (policies.length === 0) errors.required(`${path}.policies`, 'must specify at least one Policy')
  for (const [index, policy] of policies.entries()) {
    const at = `${path}.policies[${index}]`
    if (!['Percent', 'Pods'].includes(policy.type)) errors.notSupported(`${at}.type`, policy.type, ['Percent', 'Pods'])
    if (!(policy.value > 0)) errors.invalid(`${at}.value`, policy.value ?? 0, 'must be greater than zero')
    if (!(policy.periodSeconds > 0)) errors.invalid(`${at}.periodSeconds`, policy.periodSeconds ?? 0, 'must be greater than zero')
    if (policy.periodSeconds > LONGEST_PERIOD_S)
      errors.invalid(`${at}.periodSeconds`, policy.periodSeconds, `must be less than or equal to ${LONGEST_PERIOD_S}`)
  }
  if (tolerance !== undefined && compareQuantities(tolerance as string, '0') < 0)
    errors.invalid(`${path}.tolerance`, tolerance, 'must be greater than or equal to 0')
}

function validate({ spec }: HorizontalPodAutoscaler, errors: FieldErrors): void {
  const { minReplicas, maxReplicas = 0, metrics = [], behavior } = spec
  atLeast(1, minReplicas, 'spec.minReplicas', errors)
  if (maxReplicas === 0) errors.required('spec.maxReplicas', 'must be set and greater than 0')
  else atLeast(1, maxReplicas, 'spec.maxReplicas', errors)
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')
  validateReference(spec.scaleTargetRef, { path: 'spec.scaleTargetRef', errors })
  for (const [index, metric] of metrics.entries()) validateMetric(metric, `spec.metrics[${index}]`, errors)
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External'))
    errors.forbidden('spec.metrics', 'must specify at least one Object or External metric to support scaling to zero replicas')
  validateRules(behavior?.scaleUp, 'spec.behavior.scaleUp', errors)
  validateRules(behavior?.scaleDown, 'spec.behavior.scaleDown', errors)
}

const isCpuUtilization = (metric: JsonObject): boolean => {
  const resource = isObject(metric.resource) ? metric.resource : {}
  const target = isObject(resource.target) ? resource.target : {}
  return metric.type === 'Resource' && resource.name === 'cpu' && target.averageUtilization !== undefined
}

/** autoscaling/v1 knows one metric: the use of CPU, in percent. */
const v1 = {
  toStored(object: JsonObject): JsonObject {
    const { targetCPUUtilizationPercentage: percent, ...spec } = (isObject(object.spec) ? object.spec : {}) as JsonObject
    const target = { type: 'Utilization', averageUtilization: percent }
    const metrics = percent === undefined ? {} : { metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] }
    const { currentCPUUtilizationPercentage: current, ...status } = (isObject(object.status) ? object.status : {}) as JsonObject
    const seen = { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }
    const currentMetrics = current === undefined ? {} : { currentMetrics: [seen] }
    return {
      ...object,
      apiVersion: 'autoscaling/v2',
      spec: { ...spec, ...metrics } as JsonObject,
      ...(object.status ? { status: { ...status, ...currentMetrics } as JsonObject } : {}),
    }
  },
  fromStored(object: JsonObject): JsonObject {
    const { metrics, behavior: _behavior, ...spec } = (isObject(object.spec) ? object.spec : {}) as JsonObject
    const { currentMetrics, conditions: _conditions, ...status } = (isObject(object.status) ? object.status : {}) as JsonObject
    const wanted = ((metrics ?? []) as JsonObject[]).find(isCpuUtilization) as MetricSpec | undefined
    const seen = ((currentMetrics ?? []) as unknown as MetricSpec[]).find((each) => each.resource?.name === 'cpu')
    const current = (seen?.resource as { current?: { averageUtilization?: number } } | undefined)?.current?.averageUtilization
    const percent = wanted?.resource?.target.averageUtilization
    return {
      ...object,
      apiVersion: 'autoscaling/v1',
      spec: { ...spec, ...(percent === undefined ? {} : { targetCPUUtilizationPercentage: percent }) },
      status: {
        currentReplicas: 0,
        desiredReplicas: 0,
        ...status,
        ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
      },
    }
  },
}

export const horizontalPodAutoscaler = defineKind<HorizontalPodAutoscaler>('autoscaling', 'HorizontalPodAutoscaler', {
  defaults,
  validate,
  conversions: { v1 },
  columns: columns<HorizontalPodAutoscaler>(
    column('Reference', ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`),
    column('Targets', metricsText),
    { name: 'MinPods', value: ({ spec }) => (spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas)) },
    { name: 'MaxPods', value: ({ spec }) => spec.maxReplicas },
    { name: 'Replicas', value: ({ status }) => status?.currentReplicas ?? 0 },
  ),
})
