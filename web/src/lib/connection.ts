/**
 * The line on which the server tells what changed: one WebSocket at `/api/events`, opened again for as long as the page is there.
 * Each message carries the whole new value of one thing, so nothing has to be replayed after a gap.
 */
import type { ServerEvent } from '@wheelhouse/protocol'
import { createStore, useStore } from './store'

export type Connection = { status: 'connecting' } | { status: 'open' } | { status: 'lost'; sinceMs: number }

export const connectionStore = createStore<Connection>({ status: 'connecting' })
export const useConnection = () => useStore(connectionStore)
/** Whether changes are being told. An answer to a request may then be older than what was heard meanwhile. */
export const isListening = () => connectionStore.get().status === 'open'

/** The pause doubles from the first to the longest; a page that is looked at again, or online again, does not wait at all. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

export interface Listener {
  onEvent(event: ServerEvent): void
}

/** Keeps the line open until the returned function is called. */
export function followEvents({ onEvent }: Listener): () => void {
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let ended = false

  const open = () => {
    clearTimeout(timer)
    if (ended || socket) return
    const url = new URL('/api/events', location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    const current = new WebSocket(url)
    socket = current
    current.onmessage = (message: MessageEvent<string>) => {
      failures = 0
      connectionStore.set({ status: 'open' })
      onEvent(JSON.parse(message.data) as ServerEvent)
    }
    current.onclose = () => {
      if (socket !== current) return
      socket = undefined
      if (ended) return
      if (connectionStore.get().status !== 'lost') connectionStore.set({ status: 'lost', sinceMs: Date.now() })
      timer = setTimeout(open, Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2))
    }
  }
  const wake = () => {
    if (document.visibilityState === 'visible') open()
  }
  addEventListener('online', open)
  document.addEventListener('visibilitychange', wake)
  open()
  return () => {
    ended = true
    clearTimeout(timer)
    removeEventListener('online', open)
    document.removeEventListener('visibilitychange', wake)
    socket?.close()
    connectionStore.set({ status: 'connecting' })
  }
}
