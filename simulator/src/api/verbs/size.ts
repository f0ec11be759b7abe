/** What is too large to be stored. */
import { failure } from '../../objects/status.js'

/** @see etcd server/embed/config.go: DefaultMaxRequestBytes */
const MOST_BYTES = 1.5 * 1024 * 1024
/** Of a value beside its text: the number of its field, its length. */
const BYTES_A_VALUE = 3

/** About the bytes that a value has as protobuf. Ends early where it is far above the limit. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + BYTES_A_VALUE
  if (typeof value !== 'object' || value === null) return BYTES_A_VALUE
  let bytes = BYTES_A_VALUE
  for (const inner of Object.values(value)) {
    bytes += bytesOf(inner)
    if (bytes > MOST_BYTES) break
  }
  return bytes
}

/** @throws ApiError 500, in the words of etcd */
export function refuseTooLarge(object: object): void {
  if (bytesOf(object) > MOST_BYTES) throw failure.unknown('etcdserver: request is too large')
}
