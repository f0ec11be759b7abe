/** Colours of the terminal in each scheme. xterm lifts what is too faint against its ground to the contrast that is asked for. */
import type { ITheme } from '@xterm/xterm'
import type { ColourScheme } from '~/lib/settings'

/** The line beside the scroll bar is xterm's, and white unless told otherwise. */
const noRulerBorder = { overviewRulerBorder: '#00000000' }

export interface TerminalTheme extends ITheme {
  foreground: string
  background: string
}

const dark: TerminalTheme = {
  ...noRulerBorder,
  foreground: '#d5dae3',
  background: '#0c0f14',
  cursor: '#7cc4f4',
  cursorAccent: '#0c0f14',
  selectionBackground: '#2b5f8a99',
  selectionInactiveBackground: '#3a434f99',
  scrollbarSliderBackground: '#8a95a533',
  scrollbarSliderHoverBackground: '#8a95a566',
  scrollbarSliderActiveBackground: '#8a95a588',
  black: '#262d38',
  red: '#f2777a',
  green: '#7bc98f',
  yellow: '#e2b86b',
  blue: '#70b0f0',
  magenta: '#c79bf2',
  cyan: '#5fc7cf',
  white: '#c6ccd6',
  brightBlack: '#6d7888',
  brightRed: '#ff9a9c',
  brightGreen: '#98dfaa',
  brightYellow: '#f3cf8c',
  brightBlue: '#97caff',
  brightMagenta: '#dbbaff',
  brightCyan: '#86e0e6',
  brightWhite: '#f3f6fa',
}

const light: TerminalTheme = {
  ...noRulerBorder,
  foreground: '#1f2733',
  background: '#ffffff',
  cursor: '#1f6fae',
  cursorAccent: '#ffffff',
  selectionBackground: '#a9d2f2aa',
  selectionInactiveBackground: '#d5dbe3aa',
  scrollbarSliderBackground: '#59636f33',
  scrollbarSliderHoverBackground: '#59636f55',
  scrollbarSliderActiveBackground: '#59636f77',
  black: '#1f2733',
  red: '#b4232a',
  green: '#1a7340',
  yellow: '#875a00',
  blue: '#1a5fb4',
  magenta: '#7b3fb0',
  cyan: '#0b7285',
  white: '#6a7380',
  brightBlack: '#59636f',
  brightRed: '#cc2f36',
  brightGreen: '#218450',
  brightYellow: '#9a6b00',
  brightBlue: '#2a73cc',
  brightMagenta: '#8e51c5',
  brightCyan: '#0f8497',
  brightWhite: '#39424e',
}

const darkContrast: TerminalTheme = {
  ...dark,
  foreground: '#ffffff',
  background: '#000000',
  cursor: '#ffe14d',
  cursorAccent: '#000000',
  selectionBackground: '#ffffff66',
}
const lightContrast: TerminalTheme = {
  ...light,
  foreground: '#000000',
  background: '#ffffff',
  cursor: '#000000',
  selectionBackground: '#00000044',
}

export function themeOf({ dark: isDark, highContrast }: ColourScheme): TerminalTheme {
  if (highContrast) return isDark ? darkContrast : lightContrast
  return isDark ? dark : light
}

/** WCAG AA for text; AAA where more contrast is asked for. */
export const contrastOf = ({ highContrast }: ColourScheme): number => (highContrast ? 7 : 4.5)
