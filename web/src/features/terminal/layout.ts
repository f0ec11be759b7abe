/** Which terminals are seen: one, or two side by side, and which of them has the keyboard. */
export interface Layout {
  /** Ids, from left to right. */
  shown: readonly string[]
  /** Index in `shown`. */
  active: number
}

export const NOTHING: Layout = { shown: [], active: 0 }

export const frontOf = ({ shown, active }: Layout): string | undefined => shown[active]

/** Brings a terminal to the front: where it is seen it gets the keyboard, else it takes the active place. */
export function show(layout: Layout, id: string): Layout {
  const at = layout.shown.indexOf(id)
  if (at >= 0) return { ...layout, active: at }
  if (layout.shown.length === 0) return { shown: [id], active: 0 }
  return { ...layout, shown: layout.shown.map((other, index) => (index === layout.active ? id : other)) }
}

/** Puts a terminal beside the one in front, on the given side, with the keyboard. */
export function beside(layout: Layout, id: string, side: 'left' | 'right'): Layout {
  const other = layout.shown.find((one, index) => one !== id && index === layout.active) ?? layout.shown.find((one) => one !== id)
  if (other === undefined) return { shown: [id], active: 0 }
  return side === 'left' ? { shown: [id, other], active: 0 } : { shown: [other, id], active: 1 }
}

/** The front one alone. */
export const alone = (layout: Layout): Layout => {
  const front = frontOf(layout)
  return front === undefined ? NOTHING : { shown: [front], active: 0 }
}

/** Without those that are not there any more; where none is left, the neighbour or the last of `ids` is shown. */
export function among(layout: Layout, ids: readonly string[]): Layout {
  const shown = layout.shown.filter((id) => ids.includes(id))
  if (shown.length === layout.shown.length && (shown.length > 0 || ids.length === 0)) return layout
  const fallback = ids.at(-1)
  if (shown.length === 0) return fallback === undefined ? NOTHING : { shown: [fallback], active: 0 }
  return { shown, active: Math.min(layout.active, shown.length - 1) }
}
