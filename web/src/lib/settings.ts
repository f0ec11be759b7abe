/**
 * What a reader chose for this browser: theme, contrast, language. `public/boot.js` applies the same before the first paint.
 * Another tab that changes them changes them here too.
 */
import type { Language } from '@wheelhouse/protocol'
import { createStore, useStore } from './store'

export type Theme = 'system' | 'light' | 'dark'
export interface Settings {
  theme: Theme
  /** Absent: as the system asks. */
  highContrast?: boolean
  /** Absent: as the browser asks. */
  language?: Language
}

const KEY = 'wheelhouse.settings'

function read(): Settings {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>
    return { ...found, theme: found.theme ?? 'system' }
  } catch {
    return { theme: 'system' }
  }
}

export const settingsStore = createStore<Settings>(read())

export function changeSettings(change: Partial<Settings>): void {
  const next = { ...settingsStore.get(), ...change }
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // A browser that keeps nothing still follows the choice until it is closed.
  }
  settingsStore.set(next)
  apply()
}

export const useSettings = () => useStore(settingsStore)

export const languageOf = (settings: Settings): Language =>
  settings.language ?? (navigator.language.startsWith('zh') ? 'zh' : 'en')
export const useLanguage = (): Language => languageOf(useSettings())

export type ColourScheme = { dark: boolean; highContrast: boolean }
const schemeStore = createStore<ColourScheme>({ dark: false, highContrast: false })
/** What is shown now, the system's wishes included: for canvases that CSS does not reach. */
export const useColourScheme = () => useStore(schemeStore)

function apply(): void {
  const settings = settingsStore.get()
  const root = document.documentElement
  const dark = settings.theme === 'dark' || (settings.theme === 'system' && matchMedia(DARK).matches)
  const highContrast = settings.highContrast ?? matchMedia(MORE_CONTRAST).matches
  root.lang = languageOf(settings) === 'zh' ? 'zh-CN' : 'en'
  const before = schemeStore.get()
  if (root.dataset.theme && before.dark === dark && before.highContrast === highContrast) return
  root.dataset.themeChanging = ''
  root.dataset.theme = dark ? 'dark' : 'light'
  root.dataset.contrast = highContrast ? 'more' : 'normal'
  schemeStore.set({ dark, highContrast })
  requestAnimationFrame(() => requestAnimationFrame(() => delete root.dataset.themeChanging))
}

const DARK = '(prefers-color-scheme: dark)'
const MORE_CONTRAST = '(prefers-contrast: more)'

/** Applies the settings and follows system and other tabs from here on. Called once, before the first render. */
export function followSettings(): void {
  apply()
  for (const query of [DARK, MORE_CONTRAST]) matchMedia(query).addEventListener('change', apply)
  addEventListener('storage', (event) => {
    if (event.key !== KEY) return
    settingsStore.set(read())
    apply()
  })
}
