/**
 * Authorities made ahead, with the certificates that every new cluster needs: making them takes longer than all else of a new cluster.
 * Kept in the memory of this process alone, given out once each.
 */
import { CertificateAuthority, type Issue } from '../access/certificates.js'
import { pause, SystemClock } from '../time/clock.js'

/** So many clusters can be asked for at once without waiting for keys. */
const SPARES = 8
/** Who is making a cluster now is not to be kept by the making of the next keys. */
const REST_MS = 250
/** Certificates hold for a year from when they were made. */
const OLDEST_MS = 7 * 24 * 3600 * 1000

interface Spare {
  authority: CertificateAuthority
  madeAtMs: number
}

export class Spares {
  readonly #spares: Spare[] = []
  readonly #clock = new SystemClock()
  #filling: Promise<void> | undefined

  /** @param certificates that each has ready */
  constructor(readonly certificates: readonly Issue[]) {}

  take(): CertificateAuthority | undefined {
    const spare = this.#spares.shift()
    void this.fill(REST_MS)
    return spare && this.#clock.now() - spare.madeAtMs < OLDEST_MS ? spare.authority : undefined
  }

  /** Resolves when all are there. */
  fill(restMs = 0): Promise<void> {
    this.#filling ??= this.#fill(restMs).finally(() => {
      this.#filling = undefined
    })
    return this.#filling
  }

  async #fill(restMs: number): Promise<void> {
    while (this.#spares.length < SPARES) {
      await pause(restMs)
      const authority = await CertificateAuthority.create(this.#clock)
      for (const certificate of this.certificates) await authority.issueAhead(certificate)
      this.#spares.push({ authority, madeAtMs: this.#clock.now() })
    }
  }
}
