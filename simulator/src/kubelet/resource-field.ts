import { milliOf, parseQuantity, unitsOf } from '../objects/quantity.js'
import type { Container, Pod } from '../schema/kubernetes.generated.js'

const GIB = 1024 ** 3
/** What a node offers a container that names no limit. */
const NODE = { cpuMilli: 2000, memoryBytes: 8 * GIB }

/** `limits.memory` and its kin, divided and rounded up, as the downward API gives them. */
export function resourceField(
  pod: Pod,
  own: Container,
  { containerName, resource, divisor }: { containerName?: string | undefined; resource: string; divisor?: string | undefined },
): string {
  const container = containerName ? (pod.spec.containers.find((each) => each.name === containerName) ?? own) : own
  const [list = 'limits', name = ''] = resource.split('.')
  const value = (container.resources?.[list as 'limits' | 'requests'] as Record<string, string> | undefined)?.[name]
  const unit = parseQuantity(divisor)?.nanos ? divisor : '1'
  if (name === 'cpu') return String(Math.ceil((value ? milliOf(value) : NODE.cpuMilli) / milliOf(unit)))
  return String(Math.ceil((value ? unitsOf(value) : NODE.memoryBytes) / unitsOf(unit)))
}
