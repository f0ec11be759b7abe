import { useLayoutEffect, useRef } from 'react'

/**
 * Keeps the reader's place: a new step starts at its top, another language stays at the same paragraph.
 * Both languages of a guide have the same blocks in the same order, so the block on top is found again by its number.
 */
export function usePlaceInText(step: string | undefined, html: string | undefined) {
  const scroller = useRef<HTMLElement>(null)
  const shown = useRef<{ step: string | undefined; place: Place | null }>({ step, place: null })

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const remember = () => {
      shown.current = { ...shown.current, place: placeOf(element) }
    }
    element.addEventListener('scroll', remember, { passive: true })
    return () => element.removeEventListener('scroll', remember)
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text under the same step is the other language
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    if (shown.current.step !== step) {
      element.scrollTop = 0
      shown.current = { step, place: null }
      return
    }
    const { place } = shown.current
    if (!place) return
    // The tasks find their way into the new text a moment later, before the next frame is drawn.
    const frame = requestAnimationFrame(() => restore(element, place))
    return () => cancelAnimationFrame(frame)
  }, [step, html])

  return scroller
}

interface Place {
  block: number
  /** How much of the block is above the edge, from 0 to 1. */
  share: number
}

/** The blocks of the guide itself; a task that stands in it is one of them, whatever is inside. */
const blocksOf = (element: HTMLElement) => [...(element.querySelector('.prose')?.children ?? [])]

function placeOf(element: HTMLElement): Place | null {
  const top = element.getBoundingClientRect().top
  const blocks = blocksOf(element).map((block) => block.getBoundingClientRect())
  const at = blocks.findIndex((block) => block.bottom > top)
  const block = blocks[at]
  if (!block || element.scrollTop === 0) return null
  return { block: at, share: Math.min(1, Math.max(0, (top - block.top) / Math.max(1, block.height))) }
}

function restore(element: HTMLElement, { block, share }: Place): void {
  const found = blocksOf(element)[block]
  if (!found) return
  const box = found.getBoundingClientRect()
  element.scrollTop += box.top - element.getBoundingClientRect().top + share * box.height
}
