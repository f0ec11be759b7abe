/** Lists of resources by name (`{ cpu: '100m' }`), and sums of them. @see apiserver/pkg/quota/v1/resources.go */
import { addQuantities, compareQuantities, formatQuantity, parseQuantity } from './quantity.js'

export type ResourceList = Record<string, string>

export const asResourceList = (list: unknown): ResourceList => (list ?? {}) as ResourceList

export function addLists(left: ResourceList, right: ResourceList): ResourceList {
  const sum = { ...left }
  for (const [name, value] of Object.entries(right)) sum[name] = sum[name] === undefined ? value : addQuantities(sum[name], value)
  return sum
}

/** The greater of each. */
export function highestOf(left: ResourceList, right: ResourceList): ResourceList {
  const most = { ...left }
  for (const [name, value] of Object.entries(right)) {
    const present = most[name]
    if (present === undefined || compareQuantities(value, present) > 0) most[name] = value
  }
  return most
}

/** What is left of each; nothing falls below zero. */
export function subtractLists(left: ResourceList, right: ResourceList): ResourceList {
  const rest: ResourceList = {}
  for (const [name, value] of Object.entries(left)) {
    const taken = parseQuantity(right[name])
    const whole = parseQuantity(value) ?? { nanos: 0n, format: 'decimal' as const }
    const nanos = whole.nanos - (taken?.nanos ?? 0n)
    rest[name] = formatQuantity({ nanos: nanos < 0n ? 0n : nanos, format: whole.format })
  }
  return rest
}

export const onlyNames = (list: ResourceList, names: Iterable<string>): ResourceList => {
  const wanted = new Set(names)
  return Object.fromEntries(Object.entries(list).filter(([name]) => wanted.has(name)))
}

export const withoutZeros = (list: ResourceList): ResourceList =>
  Object.fromEntries(Object.entries(list).filter(([, value]) => compareQuantities(value, '0') !== 0))

/** `pods=1,requests.cpu=200m` */
export const printList = (list: ResourceList): string =>
  Object.keys(list)
    .sort()
    .map((name) => `${name}=${list[name]}`)
    .join(',')
