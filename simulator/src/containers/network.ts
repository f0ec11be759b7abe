/**
 * The network as a container sees it: addresses, connections that answer, datagrams, and ports of its own. Names are the business of its
 * programs, which read /etc/hosts and /etc/resolv.conf (`resolver.ts`).
 */
import type { Data, Sink, Source } from './stream.js'
import type { TlsVersion } from './tls-versions.js'

export interface HttpRequest {
  method: string
  /** With the query. */
  path: string
  headers: Record<string, string>
  body: string
  /** The client would go on with a session, as of `kubectl exec`, where the server takes it. */
  session?: SessionStreams
}

/** What a client of a session sends and takes. */
export interface SessionStreams {
  stdin: Source | undefined
  stdout: Sink
  stderr: Sink
  signal: AbortSignal
  /** Of the client's terminal, as it was at the beginning. */
  size?: { columns: number; rows: number } | undefined
}
export interface HttpResponse {
  status: number
  headers: Record<string, string>
  body: string
  /** What comes after `body` piece by piece, such as the events of a watch. */
  stream?: ResponseStream
  /** Resolves with the Status that ends a session. */
  session?: Promise<object>
}

export interface ResponseStream extends Source {
  /** Nobody reads it any more. */
  close(): void
}

/** @param from the address that the server sees */
export type HttpHandler = (request: HttpRequest, from: string) => Promise<HttpResponse> | HttpResponse

/** One side of a connection: what is written comes out at the other side. */
export interface Connection extends Sink, Source {
  /** The address of the other side, as this one sees it. */
  readonly from: string
  /** Nothing more will be written. */
  end(): void
  /** Both ways, at once. */
  close(): void
}
export type StreamHandler = (connection: Connection) => void | Promise<void>

/** An answer, or silence. */
export type DatagramHandler = (data: Data, from: string) => Promise<Data | undefined> | Data | undefined

/** The certificate that a server shows. */
export interface TlsIdentity {
  names: string[]
  /** Who has signed it; the certificate's own name where it has signed itself. */
  issuer: string
  /** The certificate that a client must trust for it. */
  caPem?: string
  /** The certificate itself, with those between it and its authority. */
  certificatePem?: string
  /** Its key, without which nobody who speaks bytes can be answered. */
  keyPem?: string
  /** The versions of TLS that its server speaks; absent: 1.2 and 1.3. */
  versions?: readonly TlsVersion[]
}

/** What answers on a port: requests where it is a web server, bytes otherwise. */
export interface Listener {
  http?: HttpHandler
  /** Takes the bytes as they come, those of TLS too. */
  stream?: StreamHandler
  /** One certificate, or the one for the name that a client asks for. */
  tls?: TlsIdentity | ((serverName: string) => TlsIdentity)
  /** What a client hears that speaks HTTP without TLS where TLS is wanted. */
  needsTls?: HttpResponse
  /** Who ends TLS for a name in place of this listener; undefined where itself does. */
  passThrough?: (serverName: string) => Target | undefined
  /** The program's name, as `ss` shows it. */
  program?: string
}

export interface Target {
  address: string
  port: number
}

export interface HttpOptions {
  signal: AbortSignal
  /** HTTPS: judges the server's certificate. @returns why it will not do */
  verify?: (identity: TlsIdentity) => string | undefined
  /** HTTPS: the name that the client asks for; that of the request where absent. */
  serverName?: string
  /** Called when the connection stands, where the answer may take its time. */
  onConnected?: () => void
}

/** How a connection attempt ended without one. */
export class ConnectError extends Error {
  constructor(
    readonly kind: 'refused' | 'timeout' | 'unreachable' | 'unresolved' | 'not-tls' | 'certificate' | 'reset' | 'unanswered',
    readonly host: string,
    readonly detail = '',
  ) {
    super(kind)
  }
}

/** One socket that listens or is bound. */
export interface OpenPort {
  protocol: 'tcp' | 'udp'
  port: number
  program: string
}

export interface ContainerNetwork {
  /** Empty until the Pod has one. */
  readonly address: string
  /** The first address of a router on the way out. */
  readonly gateway: string
  /** @throws ConnectError */
  http(target: Target & { secure?: boolean }, request: HttpRequest, options: HttpOptions): Promise<HttpResponse>
  /** @throws ConnectError where nothing answers */
  connect(target: Target, signal: AbortSignal): Promise<Connection>
  /** Sends one datagram and waits for the answer. @throws ConnectError where the port is closed, or none comes until the signal */
  datagram(target: Target, data: Data, signal: AbortSignal): Promise<Data>
  /** Whether an address answers to an echo. */
  echo(address: string): boolean
  /** Takes a port of the Pod; false where it is taken. */
  listen(port: number, listener: HttpHandler | Listener): boolean
  unlisten(port: number): void
  bind(port: number, handler: DatagramHandler, program?: string): boolean
  unbind(port: number): void
  ports(): OpenPort[]
}

export const isAddress = (text: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(text)
