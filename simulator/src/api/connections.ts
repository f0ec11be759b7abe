/** What the API server hands on to the kubelet of a Pod's node: logs, exec, attach, and connections to ports. */
import type { Pod } from '../schema/kubernetes.generated.js'

export interface LogOptions {
  container: string
  follow: boolean
  previous: boolean
  timestamps: boolean
  tailLines?: number | undefined
  limitBytes?: number | undefined
  /** Milliseconds since the epoch. */
  sinceMs?: number | undefined
}

export interface ExecOptions {
  container: string
  command: string[]
  stdin: boolean
  tty: boolean
}

/** The streams of a session, as the client's side of the connection offers them. */
export interface SessionIo {
  onInput(listener: (bytes: Uint8Array) => void): void
  onInputEnd(listener: () => void): void
  onResize(listener: (size: { columns: number; rows: number }) => void): void
  stdout(bytes: Uint8Array | string): void
  stderr(bytes: Uint8Array | string): void
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
}

/** An HTTP exchange with a port of a Pod. */
export interface PodHttpRequest {
  method: string
  path: string
  headers: Record<string, string>
  body: string
}
export interface PodHttpResponse {
  status: number
  headers: Record<string, string>
  body: string
}

/** Each method throws ApiError with the text that the real API server has for the situation. */
export interface Connections {
  logs(pod: Pod, options: LogOptions, write: (text: string) => void, signal: AbortSignal): Promise<void>
  /** @returns the exit code */
  exec(pod: Pod, options: ExecOptions, io: SessionIo): Promise<number>
  attach(pod: Pod, options: Omit<ExecOptions, 'command'>, io: SessionIo): Promise<number>
  http(pod: Pod, port: number, request: PodHttpRequest): Promise<PodHttpResponse>
}
