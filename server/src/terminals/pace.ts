/** Who may hold a terminal back, and for how long. */
import type { Viewer } from './viewer.js'

/**
 * The shell is held back so that nobody is sent more than they can show. A viewer that shows nothing for this long (a tab in the
 * background, a laptop asleep) stops counting, and so does one that is slower than the others.
 */
export const PATIENCE_MS = 2_000

/** How far each viewer had come when last looked at. */
export class Pace {
  #before = new Map<Viewer, { shown: number; lagged: boolean }>()

  /**
   * Looks at the viewers that count; to be called every `PATIENCE_MS` while any of them has something unshown.
   *
   * @param window  bytes that may be on their way to one viewer
   * @returns those that have had their time
   */
  review(viewers: readonly Viewer[], window: number): Viewer[] {
    const counting = viewers.filter((viewer) => viewer.counts)
    const someoneKeepsUp = counting.some((viewer) => viewer.unshown < window / 4)
    const slow = counting.filter((viewer) => {
      const before = this.#before.get(viewer)
      if (!before || viewer.unshown === 0) return false
      const lags = viewer.unshown > window / 2
      return before.shown === viewer.shown || (lags && before.lagged && someoneKeepsUp)
    })
    this.#before = new Map(
      counting.map((viewer) => [viewer, { shown: viewer.shown, lagged: viewer.unshown > window / 2 }] as const),
    )
    return slow
  }
}
