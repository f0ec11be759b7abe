/** The events of a watch as they go over the wire: lines of JSON, or protobuf with its length in front. */
import type { KubeObject } from '../../objects/object.js'
import { PROTOBUF } from '../../schema/messages.js'
import { encodeEvent, encodeProtobuf, type Typed } from '../../schema/protobuf-writer.js'
import type { WatchEvent } from '../request.js'
import type { HttpAnswer } from './http.js'

/** The last objects that were written out: hundreds of readers of one event want the same text. */
class Written<T> {
  readonly #known = new Map<object, T>()
  constructor(readonly write: (object: object) => T) {}
  of(object: object): T {
    const known = this.#known.get(object)
    if (known !== undefined) return known
    const written = this.write(object)
    this.#known.set(object, written)
    const oldest = this.#known.keys().next().value
    if (this.#known.size > MOST_WRITTEN && oldest) this.#known.delete(oldest)
    return written
  }
}
const MOST_WRITTEN = 64
const texts = new Written((object) => JSON.stringify(object))
const messages = new Written((object) => encodeProtobuf(object as Typed))

const FORMS = {
  json: {
    contentType: 'application/json',
    frame: (type: string, object: object) => Buffer.from(`{"type":"${type}","object":${texts.of(object)}}\n`),
  },
  protobuf: {
    contentType: `${PROTOBUF};stream=watch`,
    frame: (type: string, object: object) => encodeEvent(type, messages.of(object)),
  },
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
