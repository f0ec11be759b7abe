/** HTTP/1.1 over the bytes of a connection: for what speaks bytes to a web server of a container, and for a client of what is none. */
import type { Connection, HttpHandler, HttpRequest, HttpResponse, ResponseStream } from './network.js'
import { ConnectError } from './network.js'
import type { Data } from './stream.js'

const TEXTS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}
export const statusText = (code: number): string => TEXTS[code] ?? 'Unknown'

/** Longer than any head that a lab sends; what is longer is no HTTP. */
const LONGEST_HEAD = 64 * 1024
/** What is held at once of a body: of a request no more is taken, as by nginx, and more of an answer comes piece by piece. */
const LONGEST_BODY = 1024 * 1024
const END_OF_HEAD = /\r?\n\r?\n/

/** Reads pieces of a connection: up to a mark, or so many bytes. */
class Reader {
  #rest: Data = ''
  constructor(readonly connection: Connection) {}

  /** What has come, or what comes next, up to so many bytes; null at the end. */
  async piece(most = Number.POSITIVE_INFINITY): Promise<Data | null> {
    if (this.#rest === '' && !(await this.#more())) return null
    const data = this.#rest.slice(0, most)
    this.#rest = this.#rest.slice(data.length)
    return data
  }

  async #more(): Promise<boolean> {
    const data = await this.connection.read()
    if (data === null) return false
    this.#rest += data
    return true
  }
  /** What stands before the mark; null where it never comes. */
  async until(mark: RegExp): Promise<Data | null> {
    for (;;) {
      const match = mark.exec(this.#rest)
      if (match) {
        const before = this.#rest.slice(0, match.index)
        this.#rest = this.#rest.slice(match.index + match[0].length)
        return before
      }
      if (this.#rest.length > LONGEST_HEAD || !(await this.#more())) return null
    }
  }
}

interface Head {
  first: string
  headers: Record<string, string>
}

function parseHead(text: Data): Head {
  const [first = '', ...lines] = text.replace(/^[\r\n]+/, '').split(/\r?\n/)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim()
  }
  return { first, headers }
}

/** Pieces of a body, as its head tells where it ends: by chunks, by its length, else with the connection. */
async function* piecesOf(reader: Reader, headers: Record<string, string>, untilEnd: boolean): AsyncGenerator<Data> {
  if (isChunked(headers)) yield* chunksOf(reader)
  else if (untilEnd && !has(headers, 'content-length')) yield* partOf(reader, Number.POSITIVE_INFINITY)
  else yield* partOf(reader, lengthOf(headers))
}

async function* partOf(reader: Reader, size: number): AsyncGenerator<Data> {
  for (let left = size; left > 0; ) {
    const data = await reader.piece(left)
    if (data === null) return
    left -= data.length
    yield data
  }
}

async function* chunksOf(reader: Reader): AsyncGenerator<Data> {
  for (;;) {
    const size = Number.parseInt((await reader.until(/\r?\n/)) ?? '0', 16)
    if (!(size > 0)) break
    yield* partOf(reader, size)
    await reader.until(/\r?\n/)
  }
  await reader.until(/\r?\n/)
}

const isChunked = (headers: Record<string, string>): boolean => /chunked/i.test(headers['transfer-encoding'] ?? '')
const lengthOf = (headers: Record<string, string>): number => Number(headers['content-length'] ?? 0) || 0

/** The body of a request; undefined where it is longer than anybody takes. */
async function readBody(reader: Reader, headers: Record<string, string>): Promise<Data | undefined> {
  if (!isChunked(headers) && lengthOf(headers) > LONGEST_BODY) return undefined
  let body = ''
  for await (const data of piecesOf(reader, headers, false)) {
    body += data
    if (body.length > LONGEST_BODY) return undefined
  }
  return body
}

/** All of an answer's body, or as much as is held at once. */
export async function wholeBody({ body, stream }: Pick<HttpResponse, 'body' | 'stream'>): Promise<Data> {
  let whole = body
  for (let data = await stream?.read(); data != null && whole.length < LONGEST_BODY; data = await stream?.read()) whole += data
  stream?.close()
  return whole.slice(0, LONGEST_BODY)
}

const headLines = (headers: Record<string, string>): Data =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')

/** Without what tells how long a body is. */
export const withoutFraming = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(content-length|transfer-encoding)$/i.test(name)))

const has = (headers: Record<string, string>, name: string): boolean =>
  Object.keys(headers).some((each) => each.toLowerCase() === name)

/** The head of an answer as it crosses the wire, with the empty line that ends it. */
export const responseHead = ({ status, headers }: HttpResponse): Data =>
  `HTTP/1.1 ${status} ${statusText(status)}\r\n${headLines(headers)}\r\n`

function formatResponse(response: HttpResponse, method: string): Data {
  const headers = { ...response.headers }
  if (!has(headers, 'content-length') && response.status !== 204) headers['Content-Length'] = String(response.body.length)
  return `${responseHead({ ...response, headers })}${method === 'HEAD' ? '' : response.body}`
}

const refusal = (status: number): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' },
  body: `${status} ${statusText(status)}`,
})

/** A body that comes in pieces, as chunks, until it ends or nobody takes them. */
async function writeStream(connection: Connection, response: HttpResponse, stream: ResponseStream): Promise<void> {
  const headers = { ...withoutFraming(response.headers), 'Transfer-Encoding': 'chunked' }
  await connection.write(responseHead({ ...response, headers }))
  const chunk = (data: Data) => connection.write(`${data.length.toString(16)}\r\n${data}\r\n`)
  if (response.body) await chunk(response.body)
  for (let data = await stream.read(); data !== null && !connection.broken; data = await stream.read()) await chunk(data)
  stream.close()
  await connection.write('0\r\n\r\n')
}

/** Answers the requests of one connection until it is asked to close, or the client goes. */
export async function serveHttp(connection: Connection, handler: HttpHandler): Promise<void> {
  const reader = new Reader(connection)
  try {
    for (;;) {
      const head = await reader.until(END_OF_HEAD)
      if (head === null) break
      const { first, headers } = parseHead(head)
      const [, method, path] = /^([A-Z]+) (\S+)(?: HTTP\/1\.\d)?$/.exec(first) ?? []
      if (!method || !path) {
        await connection.write(formatResponse(refusal(400), 'GET'))
        break
      }
      const body = await readBody(reader, headers)
      if (body === undefined) {
        await connection.write(formatResponse(refusal(413), method))
        break
      }
      const response = await handler({ method, path, headers, body }, connection.from)
      if (response.stream && method !== 'HEAD') await writeStream(connection, response, response.stream)
      else await connection.write(formatResponse(response, method))
      if (/close/i.test(headers.connection ?? '') || !/HTTP\/1\.1$/.test(first)) break
    }
  } finally {
    connection.end()
  }
}

export const requestHead = ({ method, path, headers }: HttpRequest): Data =>
  `${method} ${path} HTTP/1.1\r\n${headLines(headers)}\r\n`

/** One request to something that speaks bytes. @throws ConnectError where what comes back is no HTTP */
export async function sendHttp(connection: Connection, request: HttpRequest): Promise<HttpResponse> {
  const length = request.body && !has(request.headers, 'content-length') ? { 'Content-Length': String(request.body.length) } : {}
  await connection.write(`${requestHead({ ...request, headers: { ...request.headers, ...length } })}${request.body}`)
  const reader = new Reader(connection)
  const head = await reader.until(END_OF_HEAD)
  const [, status] = /^HTTP\/1\.\d (\d{3})/.exec(head ?? '') ?? []
  if (head === null || !status) {
    connection.close()
    throw new ConnectError('unanswered', connection.from, head === null ? '' : 'not HTTP')
  }
  const { headers } = parseHead(head)
  const answer = { status: Number(status), headers, body: '' }
  const stream = request.method === 'HEAD' ? undefined : bodyStream(connection, piecesOf(reader, headers, true))
  if (stream && (isChunked(headers) || !has(headers, 'content-length') || lengthOf(headers) > LONGEST_BODY))
    return { ...answer, stream }
  if (!stream) connection.close()
  return { ...answer, body: stream ? await wholeBody({ body: '', stream }) : '' }
}

/** Whoever has read it all, or enough, closes the connection. */
function bodyStream(connection: Connection, pieces: AsyncGenerator<Data>): ResponseStream {
  const close = () => connection.close()
  return {
    async read() {
      const { value, done } = await pieces.next()
      if (done) close()
      return done ? null : value
    },
    close,
  }
}
