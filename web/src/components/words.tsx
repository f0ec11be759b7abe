import { Fragment } from 'react'

/** A sentence in which `backticks` mark what one types, as the messages of the server have them. */
export const Words = ({ text }: { text: string }) =>
  text.split('`').map((part, index) => {
    // A sentence is cut at its backticks alone, so its parts stay where they are.
    const key = `${index}:${part}`
    return index % 2 === 0 ? (
      <Fragment key={key}>{part}</Fragment>
    ) : (
      <code
        key={key}
        className="rounded bg-code px-1 py-px font-mono text-[0.9em] break-words shadow-[inset_0_0_0_1px_var(--line)]"
      >
        {part}
      </code>
    )
  })
