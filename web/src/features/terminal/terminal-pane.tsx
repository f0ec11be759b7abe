import type { TerminalView } from '@wheelhouse/protocol'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { handleKey, LEAVE_KEYS } from './keys'
import { SearchBox } from './search-box'
import { StateBanner } from './state-banner'
import { TerminalMenu } from './terminal-menu'
import type { TerminalScreen } from './terminal-screen'
import { useTerminal } from './use-terminal'
import '@xterm/xterm/css/xterm.css'
import './terminal.css'

interface TerminalPaneProps {
  terminal: TerminalView
  isShown: boolean
  /** Whether its keyboard focus is drawn: one of two panes. */
  isActive: boolean
  onFocus: () => void
  /** Gives the keyboard back to the page. */
  onLeave: () => void
  /** The line fails again and again: the terminal may be gone. */
  onDoubt: () => void
  onScreen: (id: string, screen: TerminalScreen | null) => void
  /** The screen is on the page. */
  onDrawn: (id: string) => void
}

/** One terminal: its screen, the box that searches it, its menu, and a word where there is no shell behind it. */
export function TerminalPane({ terminal, isShown, isActive, onFocus, onLeave, onDoubt, onScreen, onDrawn }: TerminalPaneProps) {
  const { t } = useTranslation()
  const host = useRef<HTMLDivElement>(null)
  const [isSearching, setSearching] = useState(false)
  const find = () => setSearching(true)
  const screen = useTerminal(terminal.id, { onKey: (event, at) => handleKey(event, at, { find, leave: onLeave }), onDoubt })
  const isDrawn = useMounted(screen, host, isShown)

  useEffect(() => {
    onScreen(terminal.id, screen)
    return () => onScreen(terminal.id, null)
  }, [terminal.id, screen, onScreen])

  useEffect(() => {
    const input = screen?.xterm.textarea
    if (!input || !isDrawn) return
    input.setAttribute('aria-label', t('terminal.input', { title: terminal.title }))
    input.setAttribute('aria-description', t('terminal.leaveHint', { keys: LEAVE_KEYS }))
  }, [screen, isDrawn, terminal.title, t])

  const handleFocus = useRef(onFocus)
  handleFocus.current = onFocus
  useEffect(() => {
    const input = isDrawn ? screen?.xterm.textarea : null
    const focus = () => handleFocus.current()
    input?.addEventListener('focus', focus)
    return () => input?.removeEventListener('focus', focus)
  }, [screen, isDrawn])

  useEffect(() => {
    if (isDrawn) onDrawn(terminal.id)
  }, [isDrawn, onDrawn, terminal.id])

  const endSearch = () => {
    setSearching(false)
    screen?.clearSearch()
    screen?.xterm.focus()
  }
  return (
    <div
      className={`terminal-pane relative flex min-h-0 min-w-0 flex-col ${isActive ? 'terminal-pane-active' : ''}`}
      data-keeps-keys=""
      data-terminal={terminal.id}
    >
      <TerminalMenu screen={screen} onFind={find}>
        <div ref={host} className="terminal-host min-h-0 flex-1" />
      </TerminalMenu>
      {isSearching && screen ? <SearchBox screen={screen} onClose={endSearch} /> : null}
      {screen ? <StateBanner connection={screen.connection} /> : null}
    </div>
  )
}

/** Draws into the host once the font is there (its width decides the columns), and follows the host's size. */
function useMounted(screen: TerminalScreen | null, host: React.RefObject<HTMLDivElement | null>, isShown: boolean): boolean {
  const [isMounted, setMounted] = useState(false)
  useEffect(() => {
    const element = host.current
    if (!screen || !element) return
    let isGone = false
    const sizes = new ResizeObserver(() => {
      if (element.clientWidth > 0) screen.fit()
    })
    void fontsLoaded().then(() => {
      if (isGone) return
      screen.mount(element)
      sizes.observe(element)
      setMounted(true)
    })
    return () => {
      isGone = true
      sizes.disconnect()
      setMounted(false)
    }
  }, [screen, host])
  useEffect(() => {
    if (isMounted) screen?.show(isShown)
  }, [screen, isMounted, isShown])
  return isMounted
}

const fontsLoaded = async () => {
  const faces = ['14px "JetBrains Mono Variable"', 'bold 14px "JetBrains Mono Variable"']
  await Promise.all(faces.map((face) => document.fonts?.load(face).catch(() => [])))
}
