import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import { createPortal } from 'react-dom'

interface Slot {
  element: HTMLElement | null
  setElement: (element: HTMLElement | null) => void
}
const SlotContext = createContext<Slot>({ element: null, setElement: () => {} })

/** Lets a page put something of its own into the header, which outlives the page. */
export function HeaderSlotProvider({ children }: { children: ReactNode }) {
  const [element, setElement] = useState<HTMLElement | null>(null)
  const slot = useMemo(() => ({ element, setElement }), [element])
  return <SlotContext value={slot}>{children}</SlotContext>
}

export const HeaderSlot = ({ className }: { className: string }) => (
  <div ref={useContext(SlotContext).setElement} className={className} />
)

export function InHeader({ children }: { children: ReactNode }) {
  const { element } = useContext(SlotContext)
  return element ? createPortal(children, element) : null
}
