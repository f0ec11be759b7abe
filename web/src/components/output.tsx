import { clsx } from 'clsx'
import { useLayoutEffect, useRef } from 'react'

interface OutputProps {
  label: string
  text: string
  /** Shows the end and follows it, as long as the reader does not scroll up: there a log says what went wrong. */
  fromEnd?: boolean
  className?: string
}

/** What a command printed. It scrolls, so the keyboard can reach it. */
export function Output({ label, text, fromEnd = false, className }: OutputProps) {
  const box = useRef<HTMLElement>(null)
  const isFollowing = useRef(fromEnd)
  // biome-ignore lint/correctness/useExhaustiveDependencies: more text is what moves the end
  useLayoutEffect(() => {
    const element = box.current
    if (element && isFollowing.current) element.scrollTop = element.scrollHeight
  }, [text])
  const handleScroll = () => {
    const element = box.current
    if (element) isFollowing.current = fromEnd && element.scrollHeight - element.scrollTop - element.clientHeight < LINE_PX
  }
  return (
    <section
      ref={box}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be scrollable by keyboard
      tabIndex={0}
      onScroll={handleScroll}
      className={clsx('relative overflow-auto font-mono text-xs leading-5 whitespace-pre-wrap', className)}
    >
      {text}
    </section>
  )
}

/** Whoever is less than a line away from the end is at the end. */
const LINE_PX = 20
