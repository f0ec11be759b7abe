/** The network as a container sees it: names, connections that answer, and ports of its own. */

export interface HttpRequest {
  method: string
  /** With the query. */
  path: string
  headers: Record<string, string>
  body: string
}
export interface HttpResponse {
  status: number
  headers: Record<string, string>
  body: string
}

export type HttpHandler = (request: HttpRequest, from: string) => Promise<HttpResponse> | HttpResponse

export type DnsAnswer = { type: 'addresses'; name: string; addresses: string[]; cname?: string } | { type: 'missing' }

/** How a connection attempt ended without one. */
export class ConnectError extends Error {
  constructor(
    readonly kind: 'refused' | 'timeout' | 'unreachable' | 'unresolved',
    readonly host: string,
  ) {
    super(kind)
  }
}

export interface ContainerNetwork {
  /** Empty until the Pod has one. */
  readonly address: string
  /** The name server and search list of /etc/resolv.conf. */
  readonly nameServer: string
  readonly search: string[]
  resolve(name: string): Promise<DnsAnswer>
  /** @throws ConnectError */
  http(host: string, port: number, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>
  /** Whether something listens there. @throws ConnectError where nothing answers */
  connect(host: string, port: number, signal: AbortSignal): Promise<void>
  /** Takes a port of the Pod; false where it is taken. */
  listen(port: number, handler: HttpHandler): boolean
  unlisten(port: number): void
}
