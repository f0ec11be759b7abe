/** Gives containers the resources that a LimitRange has for them, and refuses what is outside of it. @see plugin/pkg/admission/limitranger */
import { podResources } from '../kinds/core/pod-resources.js'
import { compareQuantities, parseQuantity } from '../objects/quantity.js'
import { asResourceList, type ResourceList } from '../objects/resource-list.js'
import { failure } from '../objects/status.js'
import type { Container, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '../schema/kubernetes.generated.js'
import type { AdmissionPlugin, AdmissionReview } from './admission.js'

const ANNOTATION = 'kubernetes.io/limit-ranger'

const rangesFor = ({ context, request }: AdmissionReview): LimitRange[] =>
  context.store.list('limitranges', request.namespace) as LimitRange[]

function isAbout({ request, operation }: AdmissionReview, shelf: string): boolean {
  if (request.resource.storage !== shelf || operation === 'DELETE') return false
  if (shelf === 'pods') return request.subresource ? request.subresource === 'resize' : operation === 'CREATE'
  return request.subresource === ''
}

/** Fills in what is missing. @returns the names that were filled in */
function fill(list: ResourceList, defaults: ResourceList): string[] {
  const missing = Object.keys(defaults).filter((name) => list[name] === undefined)
  for (const name of missing) list[name] = defaults[name] ?? '0'
  return missing.sort()
}

function completeContainer(container: Container, item: { limits: ResourceList; requests: ResourceList }, what: string): string[] {
  const limits = { ...asResourceList(container.resources?.limits) }
  const requests = { ...asResourceList(container.resources?.requests) }
  const newLimits = fill(limits, item.limits)
  const newRequests = fill(requests, item.requests)
  container.resources = {
    ...container.resources,
    ...(Object.keys(limits).length ? { limits } : {}),
    ...(Object.keys(requests).length ? { requests } : {}),
  }
  const said = (names: string[], side: string) =>
    names.length ? [`${names.join(', ')} ${side} for ${what} ${container.name}`] : []
  return [...said(newRequests, 'request'), ...said(newLimits, 'limit')]
}

function completePod(range: LimitRange, pod: Pod): void {
  const limits: ResourceList = {}
  const requests: ResourceList = {}
  for (const item of range.spec?.limits ?? []) {
    if (item.type !== 'Container') continue
    Object.assign(limits, item.default)
    Object.assign(requests, item.defaultRequest)
  }
  const notes = pod.spec.containers.flatMap((each) => completeContainer(each, { limits, requests }, 'container'))
  for (const each of pod.spec.initContainers ?? []) notes.push(...completeContainer(each, { limits, requests }, 'init container'))
  if (notes.length)
    pod.metadata.annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` }
}

interface Amounts {
  requests: ResourceList
  limits: ResourceList
}

function belowMinimum(type: string, [name, least]: [string, string], { requests, limits }: Amounts): string | undefined {
  const head = `minimum ${name} usage per ${type} is ${least}`
  const request = requests[name]
  const limit = limits[name]
  if (request === undefined) return `${head}.  No request is specified`
  if (compareQuantities(request, least) < 0) return `${head}, but request is ${request}`
  return limit !== undefined && compareQuantities(limit, least) < 0 ? `${head}, but limit is ${limit}` : undefined
}

function aboveMaximum(type: string, [name, most]: [string, string], { requests, limits }: Amounts): string | undefined {
  const head = `maximum ${name} usage per ${type} is ${most}`
  const request = requests[name]
  const limit = limits[name]
  if (limit === undefined) return `${head}.  No limit is specified`
  if (compareQuantities(limit, most) > 0) return `${head}, but limit is ${limit}`
  return request !== undefined && compareQuantities(request, most) > 0 ? `${head}, but request is ${request}` : undefined
}

const nanosOf = (text: string | undefined): number => Number(parseQuantity(text)?.nanos ?? 0n)

function aboveRatio(type: string, [name, most]: [string, string], { requests, limits }: Amounts): string | undefined {
  const head = `${name} max limit to request ratio per ${type} is ${most}`
  const request = nanosOf(requests[name])
  const limit = nanosOf(limits[name])
  if (!request) return `${head}, but no request is specified or request is 0`
  if (!limit) return `${head}, but no limit is specified or limit is 0`
  const ratio = limit / request
  return ratio > nanosOf(most) / 1e9 ? `${head}, but provided ratio is ${ratio.toFixed(6)}` : undefined
}

function problemsOf(item: LimitRangeItem, amounts: Amounts): string[] {
  const check = (list: unknown, test: typeof belowMinimum) =>
    Object.entries(asResourceList(list)).flatMap((entry) => test(item.type, entry, amounts) ?? [])
  return [...check(item.min, belowMinimum), ...check(item.max, aboveMaximum), ...check(item.maxLimitRequestRatio, aboveRatio)]
}

function podProblems(item: LimitRangeItem, pod: Pod): string[] {
  if (item.type === 'Pod')
    return problemsOf(item, { requests: podResources(pod.spec, 'requests'), limits: podResources(pod.spec, 'limits') })
  if (item.type !== 'Container') return []
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
    problemsOf(item, { requests: asResourceList(resources?.requests), limits: asResourceList(resources?.limits) }),
  )
}

function claimProblems(item: LimitRangeItem, claim: PersistentVolumeClaim): string[] {
  if (item.type !== 'PersistentVolumeClaim') return []
  const requests = asResourceList(claim.spec.resources?.requests)
  const least = Object.entries(asResourceList(item.min)).flatMap(
    (entry) => belowMinimum(item.type, entry, { requests, limits: {} }) ?? [],
  )
  const most = Object.entries(asResourceList(item.max)).flatMap(([name, max]) => {
    const head = `maximum ${name} usage per ${item.type} is ${max}`
    const request = requests[name]
    if (request === undefined) return [`${head}.  No request is specified`]
    return compareQuantities(request, max) > 0 ? [`${head}, but request is ${request}`] : []
  })
  return [...least, ...most]
}

export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  mutate(review) {
    if (isAbout(review, 'pods')) for (const range of rangesFor(review)) completePod(range, review.object as Pod)
  },
  validate(review) {
    const isPod = isAbout(review, 'pods')
    if (!isPod && !isAbout(review, 'persistentvolumeclaims')) return
    for (const range of rangesFor(review)) {
      const problems = (range.spec?.limits ?? []).flatMap((item) =>
        isPod ? podProblems(item, review.object as Pod) : claimProblems(item, review.object as PersistentVolumeClaim),
      )
      if (problems.length === 0) continue
      const text = problems.length === 1 ? (problems[0] ?? '') : `[${[...new Set(problems)].join(', ')}]`
      throw failure.forbidden(review.request.resource, review.object.metadata.name, text)
    }
  },
}
