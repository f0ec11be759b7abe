/** How large an object is, about. */

export interface Size {
  /** As protobuf, in which it is stored upstream. */
  bytes: number
  /** In the memory of this process. */
  memory: number
}

/** Of a value beside its text: the number of its field, its length. */
const BYTES_A_VALUE = 3
/** Of a value beside its text: its place in an object, the head of a string or an object. */
const MEMORY_A_VALUE = 48

/** @param enough bytes at which nobody wants to know more */
export function sizeOf(value: unknown, enough = Number.POSITIVE_INFINITY): Size {
  const size: Size = { bytes: 0, memory: 0 }
  add(value, size, enough)
  return size
}

function add(value: unknown, size: Size, enough: number): void {
  size.bytes += BYTES_A_VALUE
  size.memory += MEMORY_A_VALUE
  if (typeof value === 'string') {
    size.bytes += Buffer.byteLength(value)
    size.memory += value.length
  } else if (Array.isArray(value)) {
    for (let index = 0; index < value.length && size.bytes <= enough; index++) add(value[index], size, enough)
  } else if (typeof value === 'object' && value !== null) {
    for (const name in value) {
      if (size.bytes > enough) return
      size.memory += name.length
      add((value as Record<string, unknown>)[name], size, enough)
    }
  }
}
