/** Small chunks are copied together: a buffer object for every echoed key would cost a hundred times what it holds. */
const BLOCK_BYTES = 32 * 1024

interface Block {
  bytes: Buffer
  filled: number
}

/** The newest bytes of a stream, addressed by their absolute offset: what a reader that comes back is sent from. */
export class OutputRing {
  #blocks: Block[] = []
  /** Blocks that were let go, to be filled again: they are old, and as garbage they would lie there until a long collection. */
  #spare: Buffer[] = []
  #start = 0
  #end = 0

  /** @param capacity  bytes kept at least, once that many were pushed; at most a block more */
  constructor(readonly capacity: number) {}

  /** Offset of the oldest byte that is still there. */
  get start(): number {
    return this.#start
  }
  /** Offset behind the newest byte. */
  get end(): number {
    return this.#end
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const block = this.#openBlock()
      const piece = bytes.subarray(at, at + block.bytes.length - block.filled)
      block.bytes.set(piece, block.filled)
      block.filled += piece.length
      at += piece.length
    }
    this.#end += bytes.length
    this.#trim()
  }

  #openBlock(): Block {
    const last = this.#blocks.at(-1)
    if (last && last.filled < last.bytes.length) return last
    const block = { bytes: this.#spare.pop() ?? Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, this.capacity)), filled: 0 }
    this.#blocks.push(block)
    return block
  }

  #trim(): void {
    let first = this.#blocks[0]
    while (first && this.#end - this.#start - first.filled >= this.capacity) {
      this.#start += first.filled
      this.#spare.push(first.bytes)
      this.#blocks.shift()
      first = this.#blocks[0]
    }
  }

  /** Empty again, with the next byte at `offset`. */
  reset(offset: number): void {
    this.#blocks = []
    this.#start = offset
    this.#end = offset
  }

  /**
   * The bytes from `from` on, at most `most` of them, as pieces of the ring's own memory: to be copied before more is pushed.
   * `from` must not be before `start`.
   */
  *read(from: number, most = Number.POSITIVE_INFINITY): Generator<Buffer> {
    let at = this.#start
    let left = Math.min(most, this.#end - from)
    for (const { bytes, filled } of this.#blocks) {
      if (left <= 0) return
      const skip = Math.max(0, from - at)
      if (skip < filled) {
        const piece = bytes.subarray(skip, Math.min(filled, skip + left))
        left -= piece.length
        yield piece
      }
      at += filled
    }
  }

  slice(from: number, most?: number): Buffer {
    return Buffer.concat([...this.read(from, most)])
  }
}
