/** The WebSocket of one viewer: reads its messages, whatever they are, and passes on what is right. */
import { BEAT_MS, readNumbered, ViewerMessage, type ViewerMode } from '@wheelhouse/protocol'
import { Value } from 'typebox/value'
import type { WebSocket } from 'ws'
import type { Terminal } from './terminal.js'
import type { Viewer, ViewerSocket } from './viewer.js'

/** A viewer whose connection holds this much unsent does not read at all; it is cut and comes back. */
const MOST_UNSENT_BYTES = 4 * 1024 * 1024

const UNSUPPORTED_DATA = 1003
const TRY_AGAIN_LATER = 1013

/** Connects a socket to a terminal until it closes. */
export function connectViewer(socket: WebSocket, terminal: Terminal, mode: ViewerMode): void {
  let viewer: Viewer | null = null
  const beat = setInterval(() => sendText('{"type":"beat"}'), BEAT_MS)
  beat.unref()
  const sendText = (text: string) => {
    if (socket.readyState === socket.OPEN) socket.send(text)
  }
  const sendBytes = (bytes: Uint8Array) => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > MOST_UNSENT_BYTES) socket.close(TRY_AGAIN_LATER, 'too slow')
    else socket.send(bytes, { binary: true })
  }
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    const wasRight = isBinary ? handleBytes(data) : handleText(data)
    if (!wasRight) socket.close(UNSUPPORTED_DATA, 'not a message of this protocol')
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    clearInterval(beat)
    if (viewer) terminal.removeViewer(viewer)
  })

  function handleBytes(data: Buffer): boolean {
    const typed = readNumbered(data)
    if (!typed || !viewer || !Number.isSafeInteger(typed.number)) return false
    terminal.type(viewer, { sequence: typed.number, bytes: typed.bytes })
    return true
  }

  function handleText(data: Buffer): boolean {
    const message = parse(data)
    if (!message || (message.type === 'hello') !== (viewer === null)) return false
    if (message.type === 'hello') viewer = terminal.addViewer(partsOf(message, { mode, socket: { sendText, sendBytes } }))
    else if (viewer) obey(message, terminal, viewer)
    return true
  }
}

type Hello = Extract<ViewerMessage, { type: 'hello' }>

function partsOf(hello: Hello, { mode, socket }: { mode: ViewerMode; socket: ViewerSocket }) {
  const { writer, columns, rows, language, foreground, background, at = null } = hello
  return { socket, mode, writer, size: { columns, rows }, language, colours: { foreground, background }, at }
}

function obey(message: Exclude<ViewerMessage, Hello>, terminal: Terminal, viewer: Viewer): void {
  switch (message.type) {
    case 'ack':
      terminal.acknowledge(viewer, message.offset)
      break
    case 'resize':
      terminal.resizeViewer(viewer, { columns: message.columns, rows: message.rows })
      break
    case 'restart':
      terminal.restart(viewer)
      break
  }
}

function parse(data: Buffer): ViewerMessage | null {
  try {
    const value: unknown = JSON.parse(data.toString())
    return Value.Check(ViewerMessage, value) ? value : null
  } catch {
    return null
  }
}
