/** What a reader chose for terminals in this browser. Another tab that changes it changes it here too. */
import { useMemo } from 'react'
import { type ColourScheme, useColourScheme } from '~/lib/settings'
import { createStore, useStore } from '~/lib/store'

export interface TerminalSettings {
  /** Pixels. */
  fontSize: number
  /** Output is read out, and the screen is there for the reading cursor. */
  screenReader: boolean
  /** `dom` draws with elements, which programs can read; `auto` takes the graphics card where there is one. */
  renderer: 'auto' | 'dom'
  /** Light or dark as the page, or always the same. */
  colours: TerminalColours
}

export const TERMINAL_COLOURS = ['page', 'light', 'dark'] as const
export type TerminalColours = (typeof TERMINAL_COLOURS)[number]

const KEY = 'wheelhouse.terminal'
const INITIAL: TerminalSettings = { fontSize: 14, screenReader: false, renderer: 'auto', colours: 'page' }
export const FONT_SIZES = { least: 9, most: 32, step: 1 }

function read(): TerminalSettings {
  try {
    return { ...INITIAL, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<TerminalSettings>) }
  } catch {
    return INITIAL
  }
}

export const terminalSettings = createStore<TerminalSettings>(read())
export const useTerminalSettings = () => useStore(terminalSettings)

/** The scheme that terminals are drawn in. */
export function useTerminalScheme(): ColourScheme {
  const page = useColourScheme()
  const { colours } = useTerminalSettings()
  return useMemo(() => (colours === 'page' ? page : { ...page, dark: colours === 'dark' }), [page, colours])
}

addEventListener('storage', (event) => {
  if (event.key === KEY) terminalSettings.set(read())
})

export function changeTerminalSettings(change: Partial<TerminalSettings>): void {
  const next = { ...terminalSettings.get(), ...change }
  next.fontSize = Math.max(FONT_SIZES.least, Math.min(FONT_SIZES.most, next.fontSize))
  terminalSettings.set(next)
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // A browser that keeps nothing still follows the choice until it is closed.
  }
}

/** `0` goes back to the size it began with. */
export const changeFontSize = (by: -1 | 0 | 1) =>
  changeTerminalSettings({
    fontSize: by === 0 ? INITIAL.fontSize : terminalSettings.get().fontSize + by * FONT_SIZES.step,
  })
