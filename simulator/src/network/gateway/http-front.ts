/** The part of a gateway that answers requests: by the HTTPRoutes and GRPCRoutes of the listener whose name fits best. */
import type { HttpRequest, HttpResponse } from '../../containers/network.js'
import type { Process } from '../../containers/process.js'
import { encode } from '../../containers/stream.js'
import { timestamp } from '../../time/clock.js'
import { forward, forwardedHeaders } from '../ingress/forward.js'
import { chooseBackend } from './backends.js'
import { durationMs, within } from './duration.js'
import { findCall, GRPC, grpcStatus, isGrpc } from './grpc.js'
import type { BackendRef, Filter, GrpcRoute, HttpRoute } from './kinds.js'
import { isSecure, type JudgedListener } from './listeners.js'
import { findRule, redirectOf, requestFor, responseFor, type Taken } from './matching.js'
import type { GatewayView } from './view.js'

interface Arrival {
  from: string
  port: number
  scheme: 'http' | 'https'
}

const plain = (status: number, body: string): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'text/plain', 'Content-Length': String(body.length) },
  body,
})

/** As Envoy says it. */
const NO_BACKEND = 'no healthy upstream'
const TIMED_OUT = 'upstream request timeout'
const NOT_HTTP2 = 'upstream connect error or disconnect/reset before headers. reset reason: protocol error'

export class HttpFront {
  constructor(
    readonly process: Process,
    readonly view: () => GatewayView,
  ) {}

  async answer(port: number, request: HttpRequest, from: string): Promise<HttpResponse> {
    const host = (request.headers.host ?? '').split(':')[0] ?? ''
    const listeners = this.view().servedFor(port, host)
    const response = isGrpc(request)
      ? this.#call(listeners, host, request)
      : await this.#take(listeners, request, { from, port, host })
    const { clock } = this.process.machine
    const line = `${timestamp(clock.now())} ${from} ${request.method} ${host}${request.path} ${response.status}\n`
    void this.process.stdout.write(encode(line))
    return request.method === 'HEAD' ? { ...response, body: '' } : response
  }

  #call(listeners: JudgedListener[], host: string, request: HttpRequest): HttpResponse {
    const found = findCall(this.view().routesOf<GrpcRoute>(listeners, 'GRPCRoute'), host, request)
    if (!found) return grpcStatus(GRPC.unimplemented, '')
    const reference = chooseBackend(this.process.machine.random, found.rule.backendRefs ?? [])
    const backend = reference && this.view().backend(found.route, reference)
    const isThere = backend?.type === 'pods' && backend.targets.length > 0
    return grpcStatus(GRPC.unavailable, isThere ? NOT_HTTP2 : NO_BACKEND)
  }

  async #take(
    listeners: JudgedListener[],
    request: HttpRequest,
    { from, port, host }: { from: string; port: number; host: string },
  ): Promise<HttpResponse> {
    const taken = findRule(this.view().routesOf<HttpRoute>(listeners, 'HTTPRoute'), host, request)
    if (!taken) return plain(404, '')
    const scheme = listeners.some(({ listener }) => isSecure(listener)) ? 'https' : 'http'
    const redirect = redirectOf(taken, request, { scheme, port })
    if (redirect) return redirect
    const limitMs = durationMs(taken.rule.timeouts?.request)
    const { clock } = this.process.machine
    return (await within(clock, limitMs, () => this.#forward(taken, request, { from, port, scheme }))) ?? plain(504, TIMED_OUT)
  }

  async #forward(taken: Taken, request: HttpRequest, { from, scheme }: Arrival): Promise<HttpResponse> {
    const { machine, signal } = this.process
    const chosen = chooseBackend(machine.random, taken.rule.backendRefs ?? [])
    const backend = chosen && this.view().backend(taken.route, chosen)
    if (!chosen || backend?.type !== 'pods') return plain(500, '')
    if (backend.targets.length === 0) return plain(503, NO_BACKEND)
    const headers = { ...request.headers, ...forwardedHeaders(request, from, scheme) }
    const sent = requestFor({ ...request, headers }, taken, chosen)
    this.#mirror(taken, sent)
    const limitMs = durationMs(taken.rule.timeouts?.backendRequest)
    const result = await within(machine.clock, limitMs, () => forward(machine, backend.targets, sent, { signal }))
    if (!result) return plain(504, TIMED_OUT)
    if (result.type === 'failed') return plain(503, 'upstream connect error or disconnect/reset before headers')
    return responseFor(result.response, taken, chosen)
  }

  /** A copy for each mirror; nobody waits for its answer. */
  #mirror({ rule, route }: Taken, request: HttpRequest): void {
    const { machine, signal } = this.process
    for (const { requestMirror } of rule.filters ?? []) {
      if (!requestMirror || machine.random.below(100) >= percentOf(requestMirror)) continue
      const backend = this.view().backend(route, requestMirror.backendRef as BackendRef)
      if (backend.type !== 'pods' || backend.targets.length === 0) continue
      const host = `${(request.headers.host ?? '').split(':')[0]}-shadow`
      const copy = { ...request, headers: { ...request.headers, host } }
      void forward(machine, backend.targets, copy, { signal }).catch(() => {})
    }
  }
}

const percentOf = ({ percent, fraction }: NonNullable<Filter['requestMirror']>): number =>
  percent ?? (fraction ? (100 * fraction.numerator) / (fraction.denominator ?? 100) : 100)
