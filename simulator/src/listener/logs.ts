/** `pods/log`: what a container has written, and what it writes while somebody follows. */
import type { ServerResponse } from 'node:http'
import type { LogOptions } from '../api/connections.js'
import type { HttpRequest } from '../api/wire/http.js'
import { FieldErrors } from '../objects/field-errors.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import { parseTime } from '../time/clock.js'
import { type Connection, containerOf, podOf } from './target.js'

/** What a reader who is slow may lie behind. */
const MOST_BUFFERED_BYTES = 8 * 1024 * 1024

const numberOf = (text: string | null): number | undefined => (text === null || text === '' ? undefined : Number(text))

/** @throws ApiError 422. Models ValidatePodLogOptions */
function validate(options: {
  seconds: number | undefined
  sinceTime: string | null
  tail: number | undefined
  bytes: number | undefined
}): void {
  const { seconds, sinceTime, tail, bytes } = options
  const errors = new FieldErrors()
  if (tail !== undefined && tail < 0) errors.invalid('tailLines', tail, 'must be greater than or equal to 0')
  if (bytes !== undefined && bytes < 1) errors.invalid('limitBytes', bytes, 'must be greater than 0')
  if (seconds !== undefined && sinceTime) errors.forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified')
  else if (seconds !== undefined && seconds < 1) errors.invalid('sinceSeconds', seconds, 'must be greater than 0')
  if (errors.any) throw errors.toError('', 'PodLogOptions', '')
}

function optionsOf(pod: Pod, { query }: HttpRequest, nowMs: number): LogOptions {
  const [seconds, tail, bytes] = ['sinceSeconds', 'tailLines', 'limitBytes'].map((name) => numberOf(query.get(name)))
  validate({ seconds, sinceTime: query.get('sinceTime'), tail, bytes })
  const sinceTime = parseTime(query.get('sinceTime'))
  return {
    container: containerOf(pod, query.get('container')),
    follow: query.get('follow') === 'true',
    previous: query.get('previous') === 'true',
    timestamps: query.get('timestamps') === 'true',
    tailLines: tail,
    limitBytes: bytes,
    sinceMs: seconds !== undefined ? nowMs - seconds * 1000 : Number.isNaN(sinceTime) ? undefined : sinceTime,
  }
}

export interface LogReader {
  write(bytes: Uint8Array): void
  /** Aborted when nobody reads any more. */
  signal: AbortSignal
}

/** Resolves when everything has been written. @throws ApiError where there is nothing to read */
export async function readLogs(connection: Connection, { write, signal }: LogReader): Promise<void> {
  const { server, http, connections } = connection
  const pod = podOf(connection)
  await connections.logs(pod, optionsOf(pod, http, server.context.clock.now()), write, signal)
}

/** A reader that falls far behind is cut: a container does not wait for it. */
export async function sendLogs(connection: Connection, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  response.setHeader('Content-Type', 'text/plain')
  await readLogs(connection, {
    write(bytes) {
      response.write(bytes)
      if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy()
    },
    signal: gone.signal,
  })
  response.end()
}
