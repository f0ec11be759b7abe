/**
 * Answers on their way out. A long list goes in pieces, so that writing it keeps no other cluster of the process waiting; what is large is
 * compressed for clients that take it, as upstream does.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { promisify } from 'node:util'
import { constants, createGzip, gzip } from 'node:zlib'
import type { HttpAnswer } from '../api/wire/http.js'
import { render } from '../api/wire/render.js'
import { isObject } from '../objects/object.js'
import { PROTOBUF } from '../schema/messages.js'
import { encodeItems, encodeList, type Typed } from '../schema/protobuf-writer.js'
import { processTurns } from '../time/turns.js'

type Written = Extract<HttpAnswer, { type: 'json' | 'bytes' }>

export interface Writing {
  request: IncomingMessage
  response: ServerResponse
  answer: Written
  /** The cluster: its answers are written when it is its turn. */
  turnsOf: object
}

/** Items of a list that are written out in one go. */
const PIECE = 250
/** @see apiserver/pkg/endpoints/handlers/responsewriters: defaultGzipThresholdBytes */
const WORTH_COMPRESSING_BYTES = 128 * 1024
/** No better than upstream, and in another thread: other requests wait for none of it. */
const GZIP = { level: constants.Z_BEST_SPEED }
const PACKED = { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' }

const takesGzip = ({ request, answer }: Writing): boolean =>
  answer.code === 200 && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))

/** @returns what is left to do after this turn; undefined where the answer is whole */
export function writeAnswer(writing: Writing): (() => Promise<void>) | undefined {
  const { response, answer } = writing
  const long = answer.type === 'json' ? longList(answer.value) : undefined
  if (long) return () => (isProtobuf(answer) ? writeMessages(writing, long) : writeList(writing, long))
  const { contentType, body } = render(answer)
  const own = answer.type === 'bytes' ? answer.headers : undefined
  if (body.length > WORTH_COMPRESSING_BYTES && takesGzip(writing))
    return () => writePacked(response, { 'Content-Type': contentType, ...own }, body)
  const about = contentType ? { 'Content-Type': contentType, 'Content-Length': body.length } : {}
  response.writeHead(answer.code, { ...about, ...own })
  response.end(body)
  return undefined
}

const isProtobuf = (answer: Written): boolean => answer.type === 'json' && answer.form === 'protobuf'

const compress = promisify(gzip)
/** Documents such as OpenAPI's are the same bytes each time: they are compressed once. */
const packed = new WeakMap<Uint8Array, Promise<Buffer>>()

async function writePacked(response: ServerResponse, headers: Record<string, string>, body: Uint8Array): Promise<void> {
  let packing = packed.get(body)
  if (!packing) {
    packing = compress(body, GZIP)
    packed.set(body, packing)
  }
  const bytes = await packing
  const vary = [headers.Vary, PACKED.Vary].filter(Boolean).join(', ')
  response.writeHead(200, { ...headers, 'Content-Length': bytes.length, ...PACKED, Vary: vary })
  response.end(bytes)
}

interface LongList {
  /** The list without its items. */
  head: Record<string, unknown>
  field: 'items' | 'rows'
  entries: unknown[]
}

function longList(value: unknown): LongList | undefined {
  if (!isObject(value)) return undefined
  for (const field of ['items', 'rows'] as const) {
    const entries: unknown = value[field]
    if (!Array.isArray(entries) || entries.length <= PIECE) continue
    const { [field]: _entries, ...head } = value
    return { head, field, entries }
  }
  return undefined
}

/** As JSON in one line in either case, which is YAML too: a long list as indented YAML would take seconds. */
async function writeList(writing: Writing, { head, field, entries }: LongList): Promise<void> {
  const { response, answer, turnsOf } = writing
  const contentType = answer.type === 'json' && answer.form === 'yaml' ? 'application/yaml' : 'application/json'
  const isPacked = takesGzip(writing)
  response.writeHead(answer.code, { 'Content-Type': contentType, ...(isPacked ? PACKED : {}) })
  const out: Writable = isPacked ? createGzip(GZIP) : response
  if (isPacked) {
    out.pipe(response as Writable)
    response.on('close', () => out.destroy())
  }
  out.write(`${JSON.stringify(head).slice(0, -1)},"${field}":[`)
  for (let at = 0; at < entries.length && !out.destroyed; at += PIECE) {
    await processTurns.run(turnsOf, () => {
      const text = entries
        .slice(at, at + PIECE)
        .map((entry) => JSON.stringify(entry))
        .join(',')
      out.write(at === 0 ? text : `,${text}`)
    })
    if (out.writableNeedDrain) await drained(out)
  }
  out.end(']}\n')
}

/** The lengths of a message stand in front of it: all items are written before the first is sent. */
async function writeMessages(writing: Writing, { head, entries }: LongList): Promise<void> {
  const { response, turnsOf } = writing
  const items: Uint8Array[] = []
  for (let at = 0; at < entries.length && !response.destroyed; at += PIECE)
    items.push(
      await processTurns.run(turnsOf, () => encodeItems(head as unknown as Typed, entries.slice(at, at + PIECE) as object[])),
    )
  const body = encodeList(head as unknown as Typed, items)
  if (body.length > WORTH_COMPRESSING_BYTES && takesGzip(writing))
    return writePacked(response, { 'Content-Type': PROTOBUF }, body)
  response.writeHead(200, { 'Content-Type': PROTOBUF, 'Content-Length': body.length })
  response.end(body)
}

/** Who reads slowly is waited for, not buffered for. */
const drained = (out: Writable): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      out.off('drain', done)
      out.off('close', done)
      resolve()
    }
    out.on('drain', done)
    out.on('close', done)
  })
