/** One HTTPS conversation with one API server: JSON in, JSON out, and two kinds of trouble kept apart. */
import type { IncomingMessage } from 'node:http'
import * as http from 'node:http'
import * as https from 'node:https'
import { type ConnectionOptions, createSecureContext } from 'node:tls'

/**
 * How to reach an API server and who we are there: a kubeconfig with everything looked up, so that it can be handed to another
 * process as JSON. Certificates and keys are PEM texts.
 */
export interface ApiAccess {
  server: string
  ca?: string
  cert?: string
  key?: string
  token?: string
  username?: string
  password?: string
  serverName?: string
  insecure?: boolean
}

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  query?: Record<string, string | undefined>
  body?: unknown
  contentType?: string
  accept?: string
  /** In whose name it is asked; ours where absent. */
  as?: { user: string; groups: string[] }
  /** Milliseconds until an answer must be complete. Absent: 10 s. */
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
}

/** The API server answered, with a refusal. `reason` is Kubernetes' word: NotFound, Conflict, Forbidden, ... */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
  ) {
    super(message)
  }
}

/** The API server did not answer, or answered that it cannot: refused, timed out, wrong certificate, 5xx. */
export class ApiSilent extends Error {
  override readonly name = 'ApiSilent'
}

const DEFAULT_TIMEOUT_MS = 10_000
const MOST_BYTES = 64 * 1024 * 1024

export class Transport {
  readonly #base: URL
  /** Keeps connections for the next request, and TLS sessions for the next connection. */
  readonly agent: http.Agent
  readonly #headers: Record<string, string>
  /** Conversations that have begun and not ended, in words: where a check hangs, it hangs in one of these. */
  readonly #begun = new Set<{ what: string }>()
  #tls: ConnectionOptions | undefined
  #skewMs = 0

  /** @param maxSockets connections at once; each watch holds one */
  constructor(
    readonly access: ApiAccess,
    maxSockets = 16,
  ) {
    this.#base = new URL(access.server)
    const pool = { keepAlive: true, maxSockets }
    this.agent = this.#base.protocol === 'http:' ? new http.Agent(pool) : new https.Agent(pool)
    this.#headers = authorization(access)
  }

  /** For every connection to this server: certificates and keys are read once, not for each. @throws Error where they are no good */
  get tls(): ConnectionOptions {
    this.#tls ??= this.#base.protocol === 'http:' ? {} : tlsOptions(this.access)
    return this.#tls
  }

  /** Milliseconds since the epoch by the cluster's clock, as its last answer told; exact to about a second. */
  now(): number {
    return Date.now() + this.#skewMs
  }

  /** @throws ApiError where the server refuses (4xx), ApiSilent where it does not answer or says 5xx */
  async json<T = unknown>(request: ApiRequest): Promise<T> {
    return readJson<T>(await this.text(request), request)
  }

  get waitingFor(): string[] {
    return [...this.#begun].map(({ what }) => what)
  }

  /** Notes that a conversation is under way until the work has ended. */
  async converse<T>(what: string, work: () => Promise<T>): Promise<T> {
    const conversation = { what }
    this.#begun.add(conversation)
    return work().finally(() => this.#begun.delete(conversation))
  }

  async text(request: ApiRequest): Promise<string> {
    const { status, text } = await this.converse(`${request.method ?? 'GET'} ${request.path}`, async () => {
      const response = await this.open(request)
      return { text: await readAll(response), status: response.statusCode ?? 0 }
    })
    if (status >= 500 || status === 429) throw new ApiSilent(statusMessage(text) ?? `HTTP ${status}`)
    if (status >= 400) throw new ApiError(status, statusReason(text), statusMessage(text) ?? `HTTP ${status}`)
    return text
  }

  /** The response with its body still to come, for watches and logs. The caller reads or destroys it. */
  open(request: ApiRequest): Promise<IncomingMessage> {
    const url = new URL(this.#base.pathname.replace(/\/$/, '') + request.path, this.#base)
    for (const [name, value] of Object.entries(request.query ?? {})) if (value !== undefined) url.searchParams.set(name, value)
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body))
    const headers: Record<string, string | number | string[]> = { accept: request.accept ?? 'application/json', ...this.#headers }
    if (body) Object.assign(headers, { 'content-type': request.contentType ?? 'application/json', 'content-length': body.length })
    if (request.as) Object.assign(headers, { 'impersonate-user': request.as.user, 'impersonate-group': request.as.groups })
    const timeout = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS)
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout
    return new Promise((resolve, reject) => {
      const { request: send } = url.protocol === 'http:' ? http : https
      const outgoing = send(url, { method: request.method ?? 'GET', headers, agent: this.agent, signal, ...this.tls })
      outgoing.on('error', (error: NodeJS.ErrnoException) => reject(silence(error, timeout, this.#base)))
      outgoing.on('response', (response) => {
        this.#learnClock(response.headers.date)
        resolve(response)
      })
      outgoing.end(body)
    })
  }

  close(): void {
    this.agent.destroy()
  }

  #learnClock(date: string | undefined): void {
    const told = Date.parse(date ?? '')
    // The header has whole seconds: half a second more is the best guess.
    if (Number.isFinite(told)) this.#skewMs = told + 500 - Date.now()
    if (Math.abs(this.#skewMs) < 1_000) this.#skewMs = 0
  }
}

/** @throws ApiSilent where it is none: what answers is no API server, or not in order */
export function readJson<T>(text: string, { path }: Pick<ApiRequest, 'path'>): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new ApiSilent(`${path} answered something that is not JSON: ${text.slice(0, 100)}`)
  }
}

function tlsOptions({ ca, cert, key, serverName, insecure }: ApiAccess): ConnectionOptions {
  return {
    secureContext: createSecureContext({ ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) }),
    ...(serverName ? { servername: serverName } : {}),
    ...(insecure ? { rejectUnauthorized: false } : {}),
  }
}

export function authorization(access: ApiAccess): Record<string, string> {
  if (access.token) return { authorization: `Bearer ${access.token}` }
  if (access.username === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${access.username}:${access.password ?? ''}`).toString('base64')}` }
}

function silence(error: NodeJS.ErrnoException, timeout: AbortSignal, base: URL): Error {
  if (timeout.aborted) return new ApiSilent(`${base.host}: timed out`)
  if (error.name === 'AbortError') return error
  const words: Record<string, string> = {
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'connection reset',
    EPIPE: 'connection closed',
  }
  return new ApiSilent(`${base.host}: ${words[error.code ?? ''] ?? error.message}`)
}

function readAll(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MOST_BYTES) response.destroy(new ApiSilent('the answer is too long'))
      else chunks.push(chunk)
    })
    response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    response.on('error', (error) => reject(error instanceof ApiSilent ? error : new ApiSilent(error.message)))
    // After the end it says nothing new.
    response.on('close', () => reject(new ApiSilent('the connection closed within an answer')))
  })
}

function statusField(text: string, field: 'message' | 'reason'): string | undefined {
  try {
    const value = (JSON.parse(text) as Record<string, unknown>)[field]
    return typeof value === 'string' && value !== '' ? value : undefined
  } catch {
    return field === 'message' && text.trim() !== '' ? text.trim().slice(0, 200) : undefined
  }
}
const statusMessage = (text: string) => statusField(text, 'message')
const statusReason = (text: string) => statusField(text, 'reason') ?? 'Unknown'
