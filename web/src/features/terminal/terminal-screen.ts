/** One xterm on the page with its add-ons, joined to its line. Owns and disposes both. */
import { ClipboardAddon } from '@xterm/addon-clipboard'
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { WebglAddon } from '@xterm/addon-webgl'
import { Terminal } from '@xterm/xterm'
import { copyText } from '~/lib/clipboard'
import { type ColourScheme, languageOf, settingsStore } from '~/lib/settings'
import { createStore } from '~/lib/store'
import { silenceAnswers } from './quiet-queries'
import { type Snapshot, TerminalConnection, type TerminalSize } from './terminal-connection'
import type { TerminalSettings } from './terminal-settings'
import { contrastOf, themeOf } from './themes'

export interface ScreenOptions {
  terminal: string
  scheme: ColourScheme
  settings: TerminalSettings
  /** A key that is the page's, not the shell's. Returns whether it was one. */
  onKey: (event: KeyboardEvent) => boolean
  onDoubt: () => void
}

export interface Found {
  /** From 0; -1 where nothing was found. */
  index: number
  count: number
}

const SCROLLBACK_LINES = 10_000
/** A window that is dragged sends its last size, not each. */
const RESIZE_SETTLES_MS = 60
const FONT = '"JetBrains Mono Variable", ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans SC", monospace'
const encoder = new TextEncoder()

export class TerminalScreen {
  readonly xterm: Terminal
  readonly connection: TerminalConnection
  readonly found = createStore<Found | null>(null)
  readonly #fit = new FitAddon()
  readonly #search = new SearchAddon({ highlightLimit: 500 })
  #webgl: WebglAddon | null = null
  #scheme: ColourScheme
  #settings: TerminalSettings
  #leads = true
  /** The size that the server has confirmed last. */
  #agreed: TerminalSize | null = null
  #resizing: ReturnType<typeof setTimeout> | undefined

  constructor(options: ScreenOptions) {
    this.#scheme = options.scheme
    this.#settings = options.settings
    this.xterm = new Terminal({
      allowProposedApi: true,
      scrollback: SCROLLBACK_LINES,
      fontFamily: FONT,
      fontWeight: '400',
      fontWeightBold: '700',
      lineHeight: 1.25,
      cursorBlink: true,
      cursorStyle: 'bar',
      cursorInactiveStyle: 'outline',
      macOptionIsMeta: true,
      rightClickSelectsWord: false,
      scrollOnUserInput: true,
      smoothScrollDuration: 0,
      overviewRuler: { width: 10 },
      ...this.#look(),
    })
    for (const addon of [this.#fit, this.#search, new Unicode11Addon(), linksAddon(), clipboardAddon()])
      this.xterm.loadAddon(addon)
    this.xterm.unicode.activeVersion = '11'
    silenceAnswers(this.xterm)
    this.connection = new TerminalConnection({
      terminal: options.terminal,
      onDoubt: options.onDoubt,
      introduce: () => ({ ...this.#size(), language: languageOf(settingsStore.get()), ...this.#colours() }),
      listener: {
        onSnapshot: (snapshot) => this.#restore(snapshot),
        onOutput: (bytes, drawn) => this.xterm.write(bytes, drawn),
        onSize: (size) => this.#followSize(size),
      },
    })
    this.xterm.onData((text) => this.#type(encoder.encode(text)))
    this.xterm.onBinary((text) => this.#type(Uint8Array.from(text, (letter) => letter.charCodeAt(0))))
    this.xterm.attachCustomKeyEventHandler((event) => !options.onKey(event))
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) => this.found.set({ index: resultIndex, count: resultCount }))
  }

  /** Draws into the element, at its size. */
  mount(element: HTMLElement): void {
    this.xterm.open(element)
    this.fit()
  }

  /** Drawn on the graphics card while it is seen: browsers give a page few such canvases. */
  show(isShown: boolean): void {
    if (!isShown || this.#settings.renderer === 'dom' || this.#settings.screenReader) {
      this.#webgl?.dispose()
      this.#webgl = null
    } else if (!this.#webgl && this.xterm.element) this.#webgl = this.#tryWebgl()
    if (isShown) this.fit()
  }

  #tryWebgl(): WebglAddon | null {
    const addon = new WebglAddon()
    addon.onContextLoss(() => {
      addon.dispose()
      this.#webgl = null
    })
    try {
      this.xterm.loadAddon(addon)
      return addon
    } catch {
      // No graphics card, or none left: elements do as well, more slowly.
      return null
    }
  }

  /** Takes the size of its element, where this page decides the size. */
  fit(): void {
    const size = this.#fit.proposeDimensions()
    if (!size || !Number.isFinite(size.cols) || !Number.isFinite(size.rows)) return
    const { cols: columns, rows } = { cols: Math.max(2, size.cols), rows: Math.max(1, size.rows) }
    if (this.#leads && (columns !== this.xterm.cols || rows !== this.xterm.rows)) this.xterm.resize(columns, rows)
    clearTimeout(this.#resizing)
    // The server answers every size that it is told: what both agree on is not said again.
    if (this.#leads && columns === this.#agreed?.columns && rows === this.#agreed.rows) return
    this.#resizing = setTimeout(() => this.connection.resize({ columns, rows }), RESIZE_SETTLES_MS)
  }

  apply(scheme: ColourScheme, settings: TerminalSettings): void {
    this.#scheme = scheme
    this.#settings = settings
    this.xterm.options = this.#look()
    this.fit()
  }

  /**
   * Types `text` as a paste, so that several lines are one, then runs it. Waits for the prompt of a shell that has only begun.
   * It goes into the shell that is there now or not at all.
   */
  run(text: string): void {
    void this.#whenPrompted().then(() => {
      this.xterm.paste(text.replace(/\n+$/, ''))
      this.#type(encoder.encode('\r'))
      this.xterm.scrollToBottom()
    })
  }

  /** A shell says by bracketed paste that it waits for a line; one that never does is waited for a moment. */
  #whenPrompted(): Promise<void> {
    if (this.xterm.modes.bracketedPasteMode) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(patience)
        parsed.dispose()
        resolve()
      }
      const patience = setTimeout(done, PROMPT_PATIENCE_MS)
      const parsed = this.xterm.onWriteParsed(() => {
        if (this.xterm.modes.bracketedPasteMode) done()
      })
    })
  }

  find(text: string, direction: 'next' | 'previous' | 'typing'): void {
    const options = { decorations: MARKS, incremental: direction === 'typing' }
    if (text === '') this.clearSearch()
    else if (direction === 'previous') this.#search.findPrevious(text, options)
    else this.#search.findNext(text, options)
  }

  clearSearch(): void {
    this.#search.clearDecorations()
    this.xterm.clearSelection()
    this.found.set(null)
  }

  copySelection(): boolean {
    if (!this.xterm.hasSelection()) return false
    void copyText(this.xterm.getSelection()).then(() => this.xterm.focus())
    return true
  }

  dispose(): void {
    clearTimeout(this.#resizing)
    this.connection.close()
    this.#webgl?.dispose()
    this.xterm.dispose()
  }

  #type(bytes: Uint8Array): void {
    this.connection.type(bytes)
  }

  #restore({ columns, rows, screen }: Snapshot): void {
    this.xterm.reset()
    this.xterm.resize(columns, rows)
    this.xterm.write(screen, () => this.fit())
  }

  #followSize({ columns, rows, leads }: TerminalSize & { leads: boolean }): void {
    this.#leads = leads
    this.#agreed = { columns, rows }
    if (leads) this.fit()
    else if (columns !== this.xterm.cols || rows !== this.xterm.rows) this.xterm.resize(columns, rows)
  }

  #size(): TerminalSize {
    const size = this.#fit.proposeDimensions()
    return { columns: Math.max(2, size?.cols || this.xterm.cols), rows: Math.max(1, size?.rows || this.xterm.rows) }
  }

  #colours() {
    const { foreground, background } = themeOf(this.#scheme)
    return { foreground, background }
  }

  #look() {
    return {
      theme: themeOf(this.#scheme),
      minimumContrastRatio: contrastOf(this.#scheme),
      fontSize: this.#settings.fontSize,
      screenReaderMode: this.#settings.screenReader,
    }
  }
}

const PROMPT_PATIENCE_MS = 1_500

const MARKS = {
  matchBackground: '#8a6d1d',
  matchOverviewRuler: '#d4a017',
  activeMatchBackground: '#d97b16',
  activeMatchColorOverviewRuler: '#ff9632',
}

/** A link needs a modifier, as in every terminal: a click alone selects. */
const linksAddon = () =>
  new WebLinksAddon((event, address) => {
    if (event.ctrlKey || event.metaKey) window.open(address, '_blank', 'noopener,noreferrer')
  })

/** A program may put text on the clipboard (tmux and vim do); none may read it. */
const clipboardAddon = () =>
  new ClipboardAddon(undefined, {
    readText: () => '',
    writeText: async (_, text) => {
      await copyText(text)
    },
  })
