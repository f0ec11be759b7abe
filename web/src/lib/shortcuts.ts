/** Keys of the page. They rest while a field or the terminal has the keyboard, and while a dialog is open. */
import { useEffect, useRef } from 'react'

/** As `event.key` says it, with `Mod+` for Control or Command: `[`, `?`, `/`, `Mod+Enter`. */
export type Shortcut = string

const KEEPS_KEYS = 'input, textarea, select, [contenteditable="true"], [data-keeps-keys], [role="dialog"], [role="menu"]'

export const shortcutOf = (event: KeyboardEvent): Shortcut | null => {
  if (event.altKey || event.isComposing) return null
  return event.ctrlKey || event.metaKey ? `Mod+${event.key}` : event.key
}

/**
 * Calls `actions[key]` when that key is pressed; the newest actions count.
 */
export function useShortcuts(actions: Record<Shortcut, () => void>): void {
  const current = useRef(actions)
  current.current = actions
  useEffect(() => {
    const handleKeyDown = (event: KeyboardEvent) => {
      const shortcut = shortcutOf(event)
      if (!shortcut || event.defaultPrevented) return
      const action = current.current[shortcut]
      const target = event.target instanceof Element ? event.target : null
      if (!action || target?.closest(KEEPS_KEYS)) return
      event.preventDefault()
      action()
    }
    addEventListener('keydown', handleKeyDown)
    return () => removeEventListener('keydown', handleKeyDown)
  }, [])
}
