import { clsx } from 'clsx'

/** What a command printed. It scrolls, so the keyboard can reach it. */
export function Output({ label, text, className }: { label: string; text: string; className?: string }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be scrollable by keyboard
      tabIndex={0}
      className={clsx('overflow-auto font-mono text-xs leading-5 whitespace-pre-wrap', className)}
    >
      {text}
    </section>
  )
}
