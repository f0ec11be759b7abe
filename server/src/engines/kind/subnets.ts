/** Chooses the subnet of a new environment: small, inside the configured range, and in nobody's way. */
import { LabError } from '@wheelhouse/protocol'
import { formatAddress, parseSubnet } from './layout.js'

/** 13 containers fit into a /28 beside the gateway; larger environments get a larger one. */
const SMALLEST_PREFIX = 28

/**
 * @param range  such as `10.201.0.0/16`
 * @param taken  subnets in use; those of IPv6 are passed over
 * @param addresses  how many the environment needs, the gateway included
 * @throws LabError `ENGINE_UNSUPPORTED` where the range is used up
 */
export function freeSubnet(range: string, taken: readonly string[], addresses: number): string {
  const whole = parseSubnet(range)
  // Network and broadcast address come on top.
  const prefix = Math.min(SMALLEST_PREFIX, 32 - Math.ceil(Math.log2(addresses + 2)))
  const size = 2 ** (32 - prefix)
  const used = taken.filter((subnet) => !subnet.includes(':')).map(parseSubnet)
  for (let first = whole.first; first + size - 1 <= whole.last; first += size) {
    const last = first + size - 1
    if (used.every((other) => other.last < first || other.first > last)) return `${formatAddress(first)}/${prefix}`
  }
  throw new LabError('ENGINE_UNSUPPORTED', { engine: 'kind', what: `one more network in ${range} (kind.subnets)` })
}
