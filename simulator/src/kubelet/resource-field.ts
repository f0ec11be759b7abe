/** `limits.memory` and its kin, as the downward API gives them. Models pkg/api/v1/resource/helpers.go and pkg/kubelet/kubelet_resources.go (v1.36). */
import { milliOf, parseQuantity, unitsOf } from '../objects/quantity.js'
import type { Container, Node, Pod } from '../schema/kubernetes.generated.js'

type Amounts = Record<string, string> | undefined

/** Limits that default to what there is. */
const DEFAULTED = ['cpu', 'memory', 'ephemeral-storage']

export interface ResourceRef {
  containerName?: string | undefined
  resource: string
  divisor?: string | undefined
}

/** What a node offers; of a volume's file the Pod's own limits are passed over, as upstream does. */
export const offerOf = (node: Node | undefined, limits?: unknown): Record<string, string> => ({
  ...(node?.status?.allocatable as Amounts),
  ...(limits as Amounts),
})

/** Divided and rounded up. @param offer what a container without a limit may use */
export function resourceField(container: Container, { resource, divisor }: ResourceRef, offer: Record<string, string>): string {
  const dot = resource.indexOf('.')
  const [list, name] = [resource.slice(0, dot), resource.slice(dot + 1)]
  const said = (container.resources?.[list as 'limits' | 'requests'] as Amounts)?.[name]
  const isSaid = said !== undefined && parseQuantity(said)?.nanos !== 0n
  const value = !isSaid && list === 'limits' && DEFAULTED.includes(name) ? offer[name] : said
  const unit = parseQuantity(divisor)?.nanos ? divisor : '1'
  const measure = name === 'cpu' ? milliOf : unitsOf
  return String(Math.ceil(measure(value ?? '0') / measure(unit)))
}

/** The container that a reference names, in the whole Pod. */
export const containerOf = ({ spec }: Pod, name: string | undefined): Container | undefined =>
  [...spec.containers, ...(spec.initContainers ?? [])].find((each) => each.name === name)
