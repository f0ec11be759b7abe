/** The events of a watch as they go over the wire: lines of JSON, or protobuf with its length in front. */
import type { KubeObject } from '../../objects/object.js'
import { PROTOBUF } from '../../schema/messages.js'
import { encodeEvent, encodeProtobuf, type Typed } from '../../schema/protobuf-writer.js'
import type { WatchEvent } from '../request.js'
import type { HttpAnswer } from './http.js'

/** Bytes of all frames that are kept. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024
const MOST_KEPT = 64

/** The frames of the last objects: hundreds of readers of one event share their bytes. */
class Frames {
  readonly #known = new Map<object, Map<string, Buffer>>()
  #bytes = 0
  constructor(readonly write: (type: string, object: object) => Buffer) {}

  of = (type: string, object: object): Buffer => {
    const known = this.#known.get(object)?.get(type)
    if (known) return known
    const frame = this.write(type, object)
    this.#known.set(object, (this.#known.get(object) ?? new Map<string, Buffer>()).set(type, frame))
    this.#bytes += frame.length
    for (const [oldest, frames] of this.#known) {
      if (this.#known.size <= MOST_KEPT && this.#bytes <= MOST_KEPT_BYTES) break
      this.#known.delete(oldest)
      for (const { length } of frames.values()) this.#bytes -= length
    }
    return frame
  }
}

const jsonFrames = new Frames((type, object) => Buffer.from(`{"type":"${type}","object":${JSON.stringify(object)}}\n`))
const protobufFrames = new Frames((type, object) => encodeEvent(type, encodeProtobuf(object as Typed)))

const FORMS = {
  json: { contentType: 'application/json', frame: jsonFrames.of },
  protobuf: { contentType: `${PROTOBUF};stream=watch`, frame: protobufFrames.of },
}

type WatchAnswer = Extract<HttpAnswer, { type: 'watch' }>

/** `frameOf` is asked for one event after the other: the first is told apart. */
export function watchFrames(answer: WatchAnswer): { contentType: string; frameOf: (event: WatchEvent) => Buffer } {
  const { contentType, frame } = FORMS[answer.form]
  let isFirst = true
  return {
    contentType,
    frameOf({ type, object }) {
      if (type === 'ERROR' || type === 'BOOKMARK') return frame(type, object)
      const encoded = answer.encode(object as KubeObject, isFirst) as object
      isFirst = false
      return frame(type, encoded)
    },
  }
}
