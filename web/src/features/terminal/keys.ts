/** Keys that are the page's while a terminal has the keyboard; every other one is the shell's. */
import type { TerminalScreen } from './terminal-screen'

export interface KeyActions {
  find: () => void
  /** Gives the keyboard back to the page. */
  leave: () => void
}

/** As shown to readers. Ctrl+Shift+Esc works too, but on Windows the system takes it. */
export const LEAVE_KEYS = 'Ctrl+Shift+L'

/** @returns whether the key was the page's, so that xterm leaves it alone */
export function handleKey(event: KeyboardEvent, screen: TerminalScreen, actions: KeyActions): boolean {
  if (event.type !== 'keydown') return false
  const { state } = screen.connection.status.get()
  if (event.key === 'Enter' && (state.phase === 'exited' || state.phase === 'refused'))
    return done(event, screen.connection.restart())
  if (event.ctrlKey && event.shiftKey && !event.altKey) return handleShifted(event, screen, actions)
  const isCopy = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'c'
  if (isCopy && screen.copySelection()) return done(event, screen.xterm.clearSelection())
  // The browser pastes by itself; xterm must not send it as a control character.
  return event.metaKey && event.key.toLowerCase() === 'v'
}

function handleShifted(event: KeyboardEvent, screen: TerminalScreen, { find, leave }: KeyActions): boolean {
  switch (event.code) {
    case 'KeyC':
      return done(event, screen.copySelection())
    case 'KeyV':
      return true
    case 'KeyF':
      return done(event, find())
    case 'KeyL':
    case 'Escape':
      return done(event, leave())
    default:
      return false
  }
}

/** The browser would open its own tools on some of these. */
function done(event: KeyboardEvent, _effect: unknown): true {
  event.preventDefault()
  event.stopPropagation()
  return true
}
