/** The one place that speaks HTTP. Answers are JSON in the shapes of `protocol/src/http.ts`; refusals are thrown as `ApiError`. */
import type { ErrorBody } from '@wheelhouse/protocol'

/** Why a request brought nothing. `offline`: no answer came at all. `garbled`: an answer came that is not ours, as of a proxy. */
export type Failure =
  | { kind: 'refused'; status: number; body: ErrorBody }
  | { kind: 'offline' }
  | { kind: 'garbled'; status: number }

export class ApiError extends Error {
  override readonly name = 'ApiError'
  constructor(readonly failure: Failure) {
    super(failure.kind === 'refused' ? failure.body.code : failure.kind)
  }
}

export const failureOf = (error: unknown): Failure => (error instanceof ApiError ? error.failure : { kind: 'garbled', status: 0 })

export const isRefusal = (error: unknown, code: ErrorBody['code']): boolean =>
  error instanceof ApiError && error.failure.kind === 'refused' && error.failure.body.code === code

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

async function request(method: Method, path: string, options: { body?: unknown; signal?: AbortSignal } = {}): Promise<Response> {
  const init: RequestInit = { method, headers: { accept: 'application/json' } }
  if (options.signal) init.signal = options.signal
  if (options.body !== undefined) {
    init.headers = { ...init.headers, 'content-type': 'application/json' }
    init.body = JSON.stringify(options.body)
  }
  const response = await fetch(path, init).catch((error: unknown) => {
    if (options.signal?.aborted) throw error
    throw new ApiError({ kind: 'offline' })
  })
  if (!response.ok) throw new ApiError(await refusal(response))
  return response
}

async function refusal(response: Response): Promise<Failure> {
  const body = (await response.json().catch(() => null)) as Partial<ErrorBody> | null
  if (!body?.code) return { kind: 'garbled', status: response.status }
  return { kind: 'refused', status: response.status, body: { ...body, code: body.code, values: body.values ?? {} } }
}

async function json<Shape>(response: Response): Promise<Shape> {
  if (response.status === 204) return undefined as Shape
  return response.json().catch(() => {
    throw new ApiError({ kind: 'garbled', status: response.status })
  }) as Promise<Shape>
}

export const api = {
  get: <Shape>(path: string, signal?: AbortSignal) => request('GET', path, signal ? { signal } : {}).then(json<Shape>),
  text: (path: string) => request('GET', path).then((response) => response.text()),
  post: <Shape>(path: string, body: unknown = {}) => request('POST', path, { body }).then(json<Shape>),
  patch: <Shape>(path: string, body: unknown) => request('PATCH', path, { body }).then(json<Shape>),
  delete: <Shape>(path: string) => request('DELETE', path).then(json<Shape>),
}
