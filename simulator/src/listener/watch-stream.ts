/** A watch as a stream of JSON lines. A reader that falls far behind is cut, as by the real server: it will list again. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpAnswer } from '../api/wire/handle.js'
import type { KubeObject } from '../objects/object.js'

/** More than any list of a busy cluster, and little enough for hundreds of slow readers. */
export const MOST_BUFFERED_BYTES = 8 * 1024 * 1024

export function streamWatch(
  answer: Extract<HttpAnswer, { type: 'watch' }>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  response.writeHead(200, { 'Content-Type': 'application/json;stream=watch', 'Transfer-Encoding': 'chunked' })
  response.flushHeaders()
  let isFirst = true
  const handle = answer.start({
    onEvent(event) {
      const isObject = event.type !== 'ERROR' && event.type !== 'BOOKMARK'
      const object = isObject ? answer.encode(event.object as KubeObject, isFirst) : event.object
      if (isObject) isFirst = false
      response.write(`${JSON.stringify({ type: event.type, object })}\n`)
      if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy()
    },
    onEnd: () => response.end(),
  })
  const stop = () => handle.stop()
  request.on('close', stop)
  response.on('close', stop)
}
