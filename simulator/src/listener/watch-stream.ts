/** A watch as a stream of JSON lines, or of protobuf with its length in front. A reader that falls far behind is cut, as by the real server: it will list again. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WatchEvent } from '../api/request.js'
import type { HttpAnswer } from '../api/wire/http.js'
import { watchFrames } from '../api/wire/watch-frames.js'
import { processTurns } from '../time/turns.js'

/** What one reader may lie behind: more than any list of a busy cluster, and little enough for hundreds of slow readers. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024
/** Of an event of which nothing else is known. */
const USUAL_BYTES = 2 * 1024
/** Bytes that one reader is sent in one go. */
const PIECE_BYTES = 64 * 1024

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
  const reader = new Reader(response, turnsOf, frameOf)
  const handle = answer.start({ onEvent: (event) => reader.take(event), onEnd: () => reader.end() })
  reader.hasBegun = true
  const stop = () => handle.stop()
  request.on('close', stop)
  response.on('close', stop)
}

/** Events that wait are shared by all readers; what is written to a socket is its own, so that is little. */
class Reader {
  hasBegun = false
  #waiting: WatchEvent[] = []
  #next = 0
  /** Events of what was there when the watch began: it is kept anyhow, and counts for nothing. */
  #uncounted = 0
  #waitingBytes = 0
  /** What is left of a frame that is too long for one piece. */
  #rest: Buffer | undefined
  #isOver = false
  #isInLine = false
  /** The socket takes no more until what it has is gone. */
  #isFull = false
  constructor(
    readonly response: ServerResponse,
    readonly turnsOf: object,
    readonly frameOf: (event: WatchEvent) => Buffer,
  ) {}

  take(event: WatchEvent): void {
    this.#waiting.push(event)
    if (this.hasBegun) this.#waitingBytes += bytesOf(event)
    else this.#uncounted++
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.response.destroy()
    else this.#getInLine()
  }

  end(): void {
    this.#isOver = true
    this.#getInLine()
  }

  #getInLine(): void {
    if (this.#isInLine || this.#isFull) return
    this.#isInLine = true
    void processTurns.run(this.turnsOf, () => this.#flush()).catch(() => this.response.destroy())
  }

  #flush(): void {
    const { response } = this
    this.#isInLine = false
    if (response.destroyed) return
    const piece = this.#piece()
    if (piece && response.write(piece) === false) this.#waitForRoom()
    // Node would encrypt and send in a later tick, for all readers of this slice in one go: it is a part of the turn.
    if (piece) response.socket?.uncork()
    if (this.#rest || this.#next < this.#waiting.length) this.#getInLine()
    else if (this.#isOver) response.end()
  }

  #waitForRoom(): void {
    this.#isFull = true
    this.response.once('drain', () => {
      this.#isFull = false
      this.#getInLine()
    })
  }

  /** What is to be sent next; undefined where nothing waits. */
  #piece(): Buffer | undefined {
    const frames: Buffer[] = []
    for (let left = PIECE_BYTES; left > 0; ) {
      const frame = this.#rest ?? this.#frame()
      if (!frame) break
      frames.push(frame.subarray(0, left))
      this.#rest = frame.length > left ? frame.subarray(left) : undefined
      left -= frame.length
    }
    return frames.length > 1 ? Buffer.concat(frames) : frames[0]
  }

  #frame(): Buffer | undefined {
    const event = this.#waiting[this.#next]
    if (!event) return undefined
    this.#next++
    if (this.#uncounted > 0) this.#uncounted--
    else this.#waitingBytes -= bytesOf(event)
    if (this.#next === this.#waiting.length) {
      this.#waiting = []
      this.#next = 0
    }
    return this.frameOf(event)
  }
}

const bytesOf = ({ memory = USUAL_BYTES }: WatchEvent): number => memory
