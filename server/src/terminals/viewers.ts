/** The viewers of one terminal: who leads its size, how far all of them have come, and who has fallen behind. */
import { Pace } from './pace.js'
import type { ScreenSize } from './screen.js'
import type { Viewer } from './viewer.js'

/**
 * The terminal has the size of one window: that of the viewer who typed last. The smallest of all would shrink the learner's screen
 * each time somebody looks on from a small one (docs/decisions/0021-terminal-size.md).
 */
export class Viewers {
  #all: Viewer[] = []
  #leader: Viewer | null = null
  readonly #pace = new Pace()

  get all(): readonly Viewer[] {
    return this.#all
  }
  get leader(): Viewer | null {
    return this.#leader
  }
  /** Who is spoken to where only one can be: the leader, else who came last. */
  get foremost(): Viewer | undefined {
    return this.#leader ?? this.#all.at(-1)
  }

  /** @returns whether it leads now. One that only reconnects does not take the lead from another. */
  add(viewer: Viewer): boolean {
    this.#all.push(viewer)
    return viewer.at && this.#leader ? false : this.lead(viewer)
  }

  remove(viewer: Viewer): void {
    this.#all = this.#all.filter((other) => other !== viewer)
    if (this.#leader === viewer) this.#leader = this.#all.findLast((other) => other.mode === 'interactive') ?? null
  }

  /** @returns whether somebody else led before */
  lead(viewer: Viewer): boolean {
    if (viewer.mode !== 'interactive' || this.#leader === viewer) return false
    this.#leader = viewer
    return true
  }

  byWriter(writer: number): Viewer | undefined {
    return this.#all.find((viewer) => viewer.writer === writer)
  }

  tellSize(size: ScreenSize): void {
    for (const viewer of this.#all) viewer.tell({ type: 'size', ...size, leads: viewer === this.#leader })
  }

  /** The offset that every viewer that counts has shown; `most` where none holds back. */
  shown(most: number): number {
    return this.#all.reduce((least, viewer) => (viewer.counts ? Math.min(least, viewer.shown) : least), most)
  }

  get someoneIsShowing(): boolean {
    return this.#all.some((viewer) => viewer.counts && viewer.unshown > 0)
  }

  /** Lets those fall behind who have had their time. @returns whether there were any */
  dropTheSlow(window: number): boolean {
    const slow = this.#pace.review(this.#all, window)
    for (const viewer of slow) viewer.fallBehind()
    return slow.length > 0
  }
}
