/** The images of one node: what is there, what is being pulled, what cannot be had. */

import { lookUp } from '../images/catalogue.js'
import type { Image } from '../images/image.js'
import { imageTag } from '../kinds/core/pod-spec-defaults.js'
import type { Clock } from '../time/clock.js'

export type ImageState =
  | { type: 'present'; image: Image; reference: string; pulledMs?: number }
  | { type: 'pulling' }
  | { type: 'failed'; reason: string; message: string }

/** Bytes that a registry gives in a millisecond. */
const BYTES_PER_MS = 60_000
const SHORTEST_PULL_MS = 300

export class ImageStore {
  readonly #present = new Set<string>()
  constructor(
    readonly clock: Clock,
    preloaded: string[],
  ) {
    for (const name of preloaded) this.add(name)
  }

  /** Loads an image without a pull, as before a lab. */
  add(name: string): void {
    const found = lookUp(name)
    if (found.found) this.#present.add(found.reference)
  }

  /** The image if it is on the node already, and the policy does not ask the registry. */
  here(name: string): ImageState | undefined {
    const found = lookUp(name)
    if (!found.found || !(found.image.steady || this.#present.has(found.reference))) return undefined
    return { type: 'present', image: found.image, reference: found.reference }
  }

  /** Pulls; `done` is called later. */
  pull(name: string, done: (state: ImageState) => void): void {
    const found = lookUp(name)
    if (!found.found) {
      this.clock.after(SHORTEST_PULL_MS, () => done({ type: 'failed', reason: 'ErrImagePull', message: found.error }))
      return
    }
    const isHere = this.#present.has(found.reference)
    const pulledMs = isHere ? SHORTEST_PULL_MS : Math.max(SHORTEST_PULL_MS, Math.round(found.image.sizeBytes / BYTES_PER_MS))
    this.clock.after(pulledMs, () => {
      this.#present.add(found.reference)
      done({ type: 'present', image: found.image, reference: found.reference, pulledMs })
    })
  }

  static isLatest = (name: string): boolean => imageTag(name) === 'latest'
}
