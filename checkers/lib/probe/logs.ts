/** What a Pod's container has printed. Reads only, but nothing tells when it grows, so live grading looks again on its slow timer. */

import { pathOf } from '../api/kinds.js'
import { ApiError } from '../api/transport.js'
import { answer } from '../expect/answer.js'
import type { Reader } from '../read/reader.js'
import { currentAttempt } from '../run/attempt.js'
import { message } from '../words.js'

export interface LogOptions {
  container?: string
  /** Of the container's life before the last restart. */
  previous?: boolean
  /** The last lines only. Absent: 2,000. */
  tail?: number
  /** So many bytes from its beginning, in place of the last lines. */
  firstBytes?: number
  /** Only what was written in these last seconds, by the kubelet's clock. */
  sinceSeconds?: number
  /** Each line begins with the time at which it was written, in RFC 3339 with nanoseconds, and a blank. */
  timestamps?: boolean
}

export interface LogAnswer {
  text: string
}

/** @param pod `namespace/name` */
export async function logs(reader: Reader, pod: string, options: LogOptions = {}): Promise<LogAnswer> {
  const [namespace = '', name = ''] = pod.split('/')
  await reader.get('Pod', namespace, name)
  currentAttempt().uses.unwatched = true
  const query = {
    container: options.container,
    previous: options.previous ? 'true' : undefined,
    timestamps: options.timestamps ? 'true' : undefined,
    sinceSeconds: options.sinceSeconds === undefined ? undefined : String(options.sinceSeconds),
    ...(options.firstBytes === undefined
      ? { tailLines: String(options.tail ?? 2_000) }
      : { limitBytes: String(options.firstBytes) }),
  }
  const path = pathOf(await reader.client.resource('Pod'), { namespace, name, subresource: 'log' })
  const read = await reader.client.transport.text({ path, query, accept: '*/*' }).then(
    (text) => ({ text, why: undefined }),
    (error: unknown) => ({ text: '', why: whyNoLog(error) }),
  )
  const flags = [
    options.container && `-c ${options.container}`,
    options.previous && '-p',
    options.timestamps && '--timestamps',
    options.firstBytes !== undefined && `--limit-bytes=${options.firstBytes}`,
    options.sinceSeconds !== undefined && `--since=${options.sinceSeconds}s`,
  ].filter(Boolean)
  return answer(
    { text: read.text },
    {
      primary: 'text',
      subjects: { text: message('subject.logs', { where: pod }) },
      seeWith: ['kubectl', '-n', namespace, 'logs', name, ...flags].join(' '),
      trouble: read.why === undefined ? undefined : message('found.no-answer', { why: read.why }),
    },
  )
}

/** A container that has not started yet answers 400 with the reason. */
function whyNoLog(error: unknown): string {
  if (error instanceof ApiError && (error.status === 400 || error.status === 404)) return error.message
  throw error
}
