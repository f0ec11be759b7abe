/** Answers that clients keep: with a mark of their content, by which they ask whether it is still the same. */
import { createHash } from 'node:crypto'
import { type HttpAnswer, type HttpRequest, header } from './http.js'

export interface Tagged {
  contentType: string
  content: Uint8Array
  /** Of the content in any of its forms. */
  mark: string
}

/** @see kube-openapi/pkg/handler: computeETag */
export const markOf = (content: string | Uint8Array): string => createHash('sha512').update(content).digest('hex').toUpperCase()

const marks = new WeakMap<Uint8Array, string>()

/** As `markOf`, for documents that are the same bytes each time: they are read once. */
export function documentMark(bytes: Uint8Array): string {
  const mark = marks.get(bytes) ?? markOf(bytes)
  marks.set(bytes, mark)
  return mark
}

/** Whether the client has it already. @see net/http/fs.go: checkIfNoneMatch */
function isKnown(request: HttpRequest, tag: string): boolean {
  const known = (header(request, 'if-none-match') ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''))
  return known.includes(tag) || known.includes('*')
}

/** The content, or 304 where the client has it. @param headers beside those of the content */
export function taggedAnswer(request: HttpRequest, tagged: Tagged, headers: Record<string, string>): HttpAnswer {
  const tag = JSON.stringify(tagged.mark)
  const all = { ETag: tag, Vary: 'Accept', ...headers }
  if (isKnown(request, tag)) return { type: 'bytes', code: 304, contentType: '', bytes: '', headers: all }
  return { type: 'bytes', code: 200, contentType: tagged.contentType, bytes: tagged.content, headers: all }
}
