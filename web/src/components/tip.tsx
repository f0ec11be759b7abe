import { Tooltip } from 'radix-ui'
import type { ReactElement } from 'react'
import { Keys } from './keys'

/** A word of explanation while the pointer or the keyboard rests on `children`, which must take a ref. */
export function Tip({ text, keys, children }: { text: string; keys?: string; children: ReactElement }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={6}
          collisionPadding={8}
          className="animate-fade z-50 flex max-w-72 items-center gap-2 rounded-md bg-raised px-2.5 py-1.5 text-sm text-ink shadow-high"
        >
          {text}
          {keys ? <Keys keys={keys} /> : null}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}

export const TipProvider = ({ children }: { children: ReactElement }) => (
  <Tooltip.Provider delayDuration={350} skipDelayDuration={150}>
    {children}
  </Tooltip.Provider>
)
