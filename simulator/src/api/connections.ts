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
  /** The client sends more only when what the listener returns has resolved. */
  onInput(listener: (bytes: Uint8Array) => void | Promise<void>): void
  onInputEnd(listener: () => void): void
  onResize(listener: (size: { columns: number; rows: number }) => void): void
  /** Resolves when the client has taken enough to write more. */
  stdout(bytes: Uint8Array | string): void | Promise<void>
  stderr(bytes: Uint8Array | string): void | Promise<void>
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
}

/** An HTTP exchange with a port of a Pod. */
export interface PodHttpRequest {
  method: string
  path: string
  headers: Record<string, string>
  /** One letter a byte (latin1), as everywhere inside containers. */
  body: string
}
export interface PodHttpResponse {
  status: number
  headers: Record<string, string>
  body: string
  /** What comes after `body` piece by piece; whoever has enough closes it. */
  stream?: { read(): Promise<string | null>; close(): void }
}

/** Bytes to and from a port of a Pod, as latin1 text. */
export interface PodStream {
  /** The next piece; null at the end. */
  read(): Promise<string | null>
  /** Resolves when more may be written. */
  write(data: string): void | Promise<void>
  /** Nothing more will be written. */
  end(): void
  /** Both ways, at once. */
  close(): void
}

/** Each method throws ApiError with the text that the real API server has for the situation. */
export interface Connections {
  logs(pod: Pod, options: LogOptions, write: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<void>
  /** @returns the exit code */
  exec(pod: Pod, options: ExecOptions, io: SessionIo): Promise<number>
  attach(pod: Pod, options: Omit<ExecOptions, 'command'>, io: SessionIo): Promise<number>
  /** Whether a session with the container could begin now, in the words of a kubelet before the connection is upgraded. */
  checkSession(pod: Pod, container: string, kind: 'exec' | 'attach'): void
  /** Connects with a port from inside the Pod. Rejects with ApiError in the kubelet's words where nothing listens. */
  dial(pod: Pod, port: number): Promise<PodStream>
  /** @param address of a Pod */
  http(address: string, port: number, request: PodHttpRequest): Promise<PodHttpResponse>
}
