/** Answers on their way out. A long list goes in pieces, so that writing it keeps no other cluster of the process waiting. */
import type { ServerResponse } from 'node:http'
import { stringify } from 'yaml'
import type { HttpAnswer } from '../api/wire/handle.js'
import { isObject } from '../objects/object.js'
import { processTurns } from '../time/turns.js'

type Written = Extract<HttpAnswer, { type: 'json' | 'bytes' }>

/** Items of a list that are written out in one go. */
const PIECE = 250

/** @returns what is left to do after this turn; undefined where the answer is whole */
export function writeAnswer(response: ServerResponse, answer: Written, turnsOf: object): (() => Promise<void>) | undefined {
  const long = answer.type === 'json' ? longList(answer.value) : undefined
  if (long && answer.type === 'json') return () => writeList(response, { answer, ...long }, turnsOf)
  const isYaml = answer.type === 'json' && answer.yaml === true
  const body = answer.type === 'bytes' ? answer.bytes : isYaml ? stringify(answer.value) : `${JSON.stringify(answer.value)}\n`
  const contentType = answer.type === 'bytes' ? answer.contentType : isYaml ? 'application/yaml' : 'application/json'
  response.writeHead(answer.code, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
  return undefined
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

/** As JSON in either case, which is YAML too: a long list as indented YAML would take seconds. */
async function writeList(
  response: ServerResponse,
  { answer, head, field, entries }: LongList & { answer: Extract<Written, { type: 'json' }> },
  turnsOf: object,
): Promise<void> {
  response.writeHead(answer.code, { 'Content-Type': answer.yaml ? 'application/yaml' : 'application/json' })
  response.write(`${JSON.stringify(head).slice(0, -1)},"${field}":[`)
  for (let at = 0; at < entries.length && !response.destroyed; at += PIECE) {
    await processTurns.run(turnsOf, () => {
      const text = entries
        .slice(at, at + PIECE)
        .map((entry) => JSON.stringify(entry))
        .join(',')
      response.write(at === 0 ? text : `,${text}`)
    })
    if (response.writableNeedDrain) await drained(response)
  }
  response.end(']}\n')
}

/** Who reads slowly is waited for, not buffered for. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
