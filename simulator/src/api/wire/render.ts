/** The bytes of an answer. */
import { stringify } from 'yaml'
import { PROTOBUF } from '../../schema/messages.js'
import { encodeProtobuf, type Typed } from '../../schema/protobuf-writer.js'
import type { HttpAnswer } from './http.js'

const INDENT = 2
/** As Go's library writes it. */
const YAML = { sortMapEntries: true, indentSeq: false, lineWidth: 0, aliasDuplicateObjects: false }

export function render(answer: Extract<HttpAnswer, { type: 'json' | 'bytes' }>): { contentType: string; body: Uint8Array } {
  if (answer.type === 'bytes')
    return { contentType: answer.contentType, body: typeof answer.bytes === 'string' ? Buffer.from(answer.bytes) : answer.bytes }
  if (answer.form === 'protobuf') return { contentType: PROTOBUF, body: encodeProtobuf(answer.value as Typed) }
  if (answer.form === 'yaml') return { contentType: 'application/yaml', body: Buffer.from(stringify(answer.value, YAML)) }
  // Go's encoder ends a value with a line, and its indenter does not.
  const text = answer.form === 'pretty' ? JSON.stringify(answer.value, null, INDENT) : `${JSON.stringify(answer.value)}\n`
  return { contentType: 'application/json', body: Buffer.from(text) }
}
