import { randomBytes } from 'node:crypto'

/** Chance, injected: names, uids and jitter are the same again under `SeededRandom`. */
export interface Random {
  /** A whole number from 0 up to and without `below`. */
  below(limit: number): number
  uuid(): string
}

/** The letters of generated names: no vowels, and no digit that reads as a letter. @see apimachinery/pkg/util/rand */
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** A suffix as Kubernetes generates it, such as `x7k2p`. */
export function nameSuffix(random: Random, length = 5): string {
  let text = ''
  for (let index = 0; index < length; index++) text += NAME_LETTERS[random.below(NAME_LETTERS.length)]
  return text
}

const asUuid = (hex: string) =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${'89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4]}${hex.slice(17, 20)}-${hex.slice(20, 32)}`

/** A pool, since one call for every few bytes would dominate the making of many Pods. */
const POOL_BYTES = 4096

export class SystemRandom implements Random {
  #pool = Buffer.alloc(0)
  #offset = 0
  #take(count: number): Buffer {
    if (this.#offset + count > this.#pool.length) {
      this.#pool = randomBytes(POOL_BYTES)
      this.#offset = 0
    }
    this.#offset += count
    return this.#pool.subarray(this.#offset - count, this.#offset)
  }
  below(limit: number): number {
    return this.#take(4).readUInt32LE() % limit
  }
  uuid(): string {
    return asUuid(this.#take(16).toString('hex'))
  }
}

/** xorshift32: good enough for names, and the same on every machine. */
export class SeededRandom implements Random {
  #state: number
  constructor(seed = 1) {
    this.#state = seed || 1
  }
  #next(): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return this.#state >>> 0
  }
  below(limit: number): number {
    return this.#next() % limit
  }
  uuid(): string {
    const words = [0, 0, 0, 0].map(() => this.#next().toString(16).padStart(8, '0'))
    return asUuid(words.join(''))
  }
}
