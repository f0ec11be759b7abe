/** LimitRange and ResourceQuota. @see pkg/apis/core/validation/validation.go */
import type { FieldErrors } from '../../objects/field-errors.js'
import { qualifiedName } from '../../objects/names.js'
import { compareQuantities, parseQuantity } from '../../objects/quantity.js'
import { asResourceList, type ResourceList } from '../../objects/resource-list.js'
import type { LimitRange, LimitRangeItem, ResourceQuota } from '../../schema/kubernetes.generated.js'
import { ageColumn, column, nameColumn } from '../columns.js'
import { type Column, defineKind } from '../define.js'

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage']
const QUOTA_NAMES = new Set([
  ...COMPUTE.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
  'requests.storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
])
const STANDARD = new Set([...QUOTA_NAMES, 'storage'])
const WHOLE_NUMBERS = new Set([
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])
const isHugePages = (name: string): boolean => name.startsWith('hugepages-')

function validateName(name: string, path: string, errors: FieldErrors): boolean {
  const problems = qualifiedName(name)
  for (const problem of problems) errors.invalid(path, name, problem)
  if (problems.length) return false
  const isFine = name.includes('/') || STANDARD.has(name) || isHugePages(name)
  if (!isFine) errors.invalid(path, name, 'must be a standard resource type or fully qualified')
  return isFine
}

function validateContainerName(name: string, path: string, errors: FieldErrors): void {
  if (!validateName(name, path, errors)) return
  if (!name.includes('/') && !COMPUTE.includes(name) && !isHugePages(name))
    errors.invalid(path, name, 'must be a standard resource for containers')
}

const isAbove = (left: string | undefined, right: string | undefined): boolean =>
  left !== undefined && right !== undefined && compareQuantities(left, right) > 0

interface Bounds {
  min: ResourceList
  max: ResourceList
  default: ResourceList
  defaultRequest: ResourceList
  maxLimitRequestRatio: ResourceList
}

function compareBounds(name: string, bounds: Bounds, path: string, errors: FieldErrors): void {
  const [min, max, limit, request] = [bounds.min[name], bounds.max[name], bounds.default[name], bounds.defaultRequest[name]]
  const at = (part: keyof Bounds) => `${path}.${part}[${name}]`
  if (isAbove(min, max)) errors.invalid(at('min'), min, `min value ${min} is greater than max value ${max}`)
  if (isAbove(min, request))
    errors.invalid(at('defaultRequest'), request, `min value ${min} is greater than default request value ${request}`)
  if (isAbove(request, max))
    errors.invalid(at('defaultRequest'), request, `default request value ${request} is greater than max value ${max}`)
  if (isAbove(request, limit))
    errors.invalid(at('defaultRequest'), request, `default request value ${request} is greater than default limit value ${limit}`)
  if (isAbove(min, limit)) errors.invalid(at('default'), min, `min value ${min} is greater than default value ${limit}`)
  if (isAbove(limit, max)) errors.invalid(at('default'), max, `default value ${limit} is greater than max value ${max}`)
  compareRatio(name, bounds, at('maxLimitRequestRatio'), errors)
}

function compareRatio(name: string, { min, max, maxLimitRequestRatio }: Bounds, path: string, errors: FieldErrors): void {
  const ratio = maxLimitRequestRatio[name]
  if (ratio === undefined) return
  if (compareQuantities(ratio, '1') < 0) errors.invalid(path, ratio, `ratio ${ratio} is less than 1`)
  const numbers = [ratio, min[name], max[name]].map((each) =>
    each === undefined ? undefined : Number(parseQuantity(each)?.nanos ?? 0n),
  )
  const [wanted, least, most] = numbers
  if (wanted === undefined || !least || most === undefined) return
  if (wanted / 1e9 > most / least)
    errors.invalid(path, ratio, `ratio ${ratio} is greater than max/min = ${(most / least).toFixed(6)}`)
}

const PARTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const

function validateItem(item: LimitRangeItem, path: string, errors: FieldErrors): void {
  const isPod = item.type === 'Pod'
  const bounds = Object.fromEntries(PARTS.map((part) => [part, asResourceList(item[part])])) as unknown as Bounds
  for (const part of PARTS) {
    const names = Object.keys(bounds[part])
    if (isPod && part.startsWith('default')) {
      if (names.length) errors.forbidden(`${path}.${part}`, "may not be specified when `type` is 'Pod'")
      continue
    }
    const check = isPod || item.type === 'Container' ? validateContainerName : validateName
    for (const name of names) check(name, `${path}.${part}[${name}]`, errors)
  }
  if (item.type === 'PersistentVolumeClaim' && bounds.min.storage === undefined && bounds.max.storage === undefined)
    errors.required(`${path}.limits`, 'either minimum or maximum storage value is required, but neither was provided')
  const names = new Set(PARTS.flatMap((part) => Object.keys(bounds[part])))
  for (const name of names) compareBounds(name, bounds, path, errors)
}

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim']

export const limitRange = defineKind<LimitRange>('', 'LimitRange', {
  defaults(object) {
    for (const item of object.spec?.limits ?? []) {
      if (item.type !== 'Container') continue
      const limit = { ...asResourceList(item.max), ...asResourceList(item.default) }
      const request = { ...limit, ...asResourceList(item.min), ...asResourceList(item.defaultRequest) }
      for (const name of Object.keys(limit)) if (item.defaultRequest?.[name] === undefined) request[name] = limit[name] ?? '0'
      if (Object.keys(limit).length) item.default = limit
      if (Object.keys(request).length) item.defaultRequest = request
    }
  },
  validate(object, errors) {
    const seen = new Set<string>()
    for (const [index, item] of (object.spec?.limits ?? []).entries()) {
      const path = `spec.limits[${index}]`
      const problems = qualifiedName(item.type)
      for (const problem of problems) errors.invalid(`${path}.type`, item.type, problem)
      if (!problems.length && !item.type.includes('/') && !TYPES.includes(item.type))
        errors.invalid(`${path}.type`, item.type, 'must be a standard limit type or fully qualified')
      if (seen.has(item.type)) errors.duplicate(`${path}.type`, item.type)
      seen.add(item.type)
      validateItem(item, path, errors)
    }
  },
  columns: [nameColumn as Column<LimitRange>, { name: 'Created At', value: (object) => object.metadata.creationTimestamp ?? '' }],
})

const SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
]
const NOT_WITH_BEST_EFFORT = new Set(COMPUTE.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]))
const FOR_PODS = new Set(['pods', ...NOT_WITH_BEST_EFFORT])

/** @see pkg/apis/core/helper: IsResourceQuotaScopeValidForResource */
function scopeFits(scope: string, name: string): boolean {
  if (scope === 'BestEffort') return name === 'pods'
  if (scope === 'VolumeAttributesClass') return name === 'persistentvolumeclaims' || name === 'requests.storage'
  return FOR_PODS.has(name)
}

function validateScopes({ spec }: ResourceQuota, errors: FieldErrors): void {
  const scopes = spec?.scopes ?? []
  const hard = Object.keys(asResourceList(spec?.hard))
    .filter((name) => QUOTA_NAMES.has(name))
    .sort()
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) errors.invalid('spec.scopes', scopes, 'unsupported scope')
    for (const name of hard)
      if (!scopeFits(scope, name)) errors.invalid('spec.scopes', scopes, 'unsupported scope applied to resource')
  }
  for (const scope of ['BestEffort', 'Terminating'])
    if (scopes.includes(scope) && scopes.includes(`Not${scope}`)) errors.invalid('spec.scopes', scopes, 'conflicting scopes')
}

const EXISTS_ONLY =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"

function validateScopeSelector({ spec }: ResourceQuota, errors: FieldErrors): void {
  const path = 'spec.scopeSelector.matchExpressions'
  for (const { scopeName, operator, values = [] } of spec?.scopeSelector?.matchExpressions ?? []) {
    if (!SCOPES.includes(scopeName)) errors.invalid(`${path}.scopeName`, scopeName, 'unsupported scope')
    const takesClass = scopeName === 'PriorityClass' || scopeName === 'VolumeAttributesClass'
    if (SCOPES.includes(scopeName) && !takesClass && operator !== 'Exists')
      errors.invalid(`${path}.operator`, operator, EXISTS_ONLY)
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length)
        errors.invalid(
          `${path}.values`,
          values,
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        )
    } else errors.invalid(`${path}.operator`, operator, 'not a valid selector operator')
  }
}

function validateQuota(object: ResourceQuota, errors: FieldErrors): void {
  for (const [name, value] of Object.entries(asResourceList(object.spec?.hard))) {
    const path = `spec.hard[${name}]`
    validateName(name, path, errors)
    if (!name.includes('/') && !QUOTA_NAMES.has(name) && !isHugePages(name))
      errors.invalid(path, name, 'must be a standard resource for quota')
    if (compareQuantities(value, '0') < 0) errors.invalid(path, value, 'must be greater than or equal to 0')
    if (WHOLE_NUMBERS.has(name) && (parseQuantity(value)?.nanos ?? 0n) % 1_000_000_000n !== 0n)
      errors.invalid(path, value, 'must be an integer')
  }
  validateScopes(object, errors)
  validateScopeSelector(object, errors)
}

const usage = (object: ResourceQuota, wanted: (name: string) => boolean): string => {
  const { hard, used } = object.status ?? {}
  return Object.keys(asResourceList(hard))
    .sort()
    .filter(wanted)
    .map((name) => `${name}: ${used?.[name] ?? '0'}/${hard?.[name]}`)
    .join(', ')
}

export const resourceQuota = defineKind<ResourceQuota>('', 'ResourceQuota', {
  validate: validateQuota,
  validateUpdate(object, old, errors) {
    const scopes = (each: ResourceQuota) => [...new Set(each.spec?.scopes ?? [])].sort().join()
    if (scopes(object) !== scopes(old)) errors.invalid('spec.scopes', object.spec?.scopes ?? null, 'field is immutable')
  },
  columns: [
    nameColumn as Column<ResourceQuota>,
    column('Request', (object) => usage(object, (name) => !name.startsWith('limits.')), ''),
    column('Limit', (object) => usage(object, (name) => name.startsWith('limits.')), ''),
    ageColumn as Column<ResourceQuota>,
  ],
})
