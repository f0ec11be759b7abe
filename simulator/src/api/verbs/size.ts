/** What is too large to be stored. */
import { type Size, sizeOf } from '../../objects/size.js'
import { failure } from '../../objects/status.js'
import type { Store } from '../../storage/store.js'

/** @see etcd server/embed/config.go: DefaultMaxRequestBytes */
const MOST_BYTES = 1.5 * 1024 * 1024
/** Of all objects of one cluster, in memory: dozens of clusters share a process. etcd has room for two gibibytes. */
const MOST_MEMORY = 128 * 1024 * 1024

/** @returns the size of the object @throws ApiError 500 where it or all objects together are too large, in the words of etcd */
export function refuseTooLarge(object: object, store: Store, place: { resource: string; key: string }): Size {
  const size = sizeOf(object, MOST_BYTES)
  if (size.bytes > MOST_BYTES) throw failure.unknown('etcdserver: request is too large')
  const after = store.memoryWith(place.resource, place.key, size.memory)
  if (after > MOST_MEMORY && after > store.memory) throw failure.unknown('etcdserver: mvcc: database space exceeded')
  return size
}
