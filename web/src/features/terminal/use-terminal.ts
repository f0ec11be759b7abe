import { useEffect, useRef, useState } from 'react'
import { TerminalScreen } from './terminal-screen'
import { useTerminalScheme, useTerminalSettings } from './terminal-settings'

interface UseTerminalOptions {
  /** A key that is the page's, not the shell's. Returns whether it was one. */
  onKey: (event: KeyboardEvent, screen: TerminalScreen) => boolean
  onDoubt: () => void
}

/** The screen and the line of one terminal, for as long as the component is there; both are disposed of with it. */
export function useTerminal(terminal: string, options: UseTerminalOptions): TerminalScreen | null {
  const scheme = useTerminalScheme()
  const settings = useTerminalSettings()
  const newest = useRef({ options, scheme, settings })
  newest.current = { options, scheme, settings }
  const [screen, setScreen] = useState<TerminalScreen | null>(null)

  useEffect(() => {
    const made = new TerminalScreen({
      terminal,
      scheme: newest.current.scheme,
      settings: newest.current.settings,
      onKey: (event) => newest.current.options.onKey(event, made),
      onDoubt: () => newest.current.options.onDoubt(),
    })
    setScreen(made)
    return () => made.dispose()
  }, [terminal])

  useEffect(() => screen?.apply(scheme, settings), [screen, scheme, settings])
  return screen
}
