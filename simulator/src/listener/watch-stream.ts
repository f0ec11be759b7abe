/** A watch as a stream of JSON lines, or of protobuf with its length in front. A reader that falls far behind is cut, as by the real server: it will list again. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WatchEvent } from '../api/request.js'
import type { HttpAnswer } from '../api/wire/http.js'
import { watchFrames } from '../api/wire/watch-frames.js'
import { processTurns } from '../time/turns.js'

/** More than any list of a busy cluster, and little enough for hundreds of slow readers. */
export const MOST_BUFFERED_BYTES = 8 * 1024 * 1024
/** Events that one reader is sent in one go. */
const BATCH = 100

export interface WatchStreamOptions {
  answer: Extract<HttpAnswer, { type: 'watch' }>
  request: IncomingMessage
  response: ServerResponse
  /** The cluster: its readers are served when it is its turn. */
  turnsOf: object
}

export function streamWatch({ answer, request, response, turnsOf }: WatchStreamOptions): void {
  const { contentType, frameOf } = watchFrames(answer)
  response.writeHead(200, { 'Content-Type': contentType, 'Transfer-Encoding': 'chunked' })
  response.flushHeaders()
  let waiting: WatchEvent[] = []
  let isOver = false
  let isInLine = false
  const flush = () => {
    isInLine = false
    if (response.destroyed) return
    const batch = waiting.slice(0, BATCH)
    waiting = waiting.slice(BATCH)
    if (batch.length > 0) {
      response.write(Buffer.concat(batch.map(frameOf)))
      // Node would encrypt and send in a later tick, for all readers of this slice in one go: it is a part of the turn.
      response.socket?.uncork()
    }
    if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy()
    else if (waiting.length > 0) getInLine()
    else if (isOver) response.end()
  }
  const getInLine = () => {
    if (isInLine) return
    isInLine = true
    void processTurns.run(turnsOf, flush).catch(() => response.destroy())
  }
  const handle = answer.start({
    onEvent(event) {
      waiting.push(event)
      getInLine()
    },
    onEnd() {
      isOver = true
      getInLine()
    },
  })
  const stop = () => handle.stop()
  request.on('close', stop)
  response.on('close', stop)
}
