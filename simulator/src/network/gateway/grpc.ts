/**
 * Which rule of which GRPCRoute a call takes. No image of the simulated registry speaks HTTP/2, so a call that has found its way fails
 * at the backend, as one does through Envoy to a server of HTTP/1.1. @see the precedence in GRPCRouteRule.matches
 */
import type { HttpRequest, HttpResponse } from '../../containers/network.js'
import { hostMatches, hostWeight } from './hosts.js'
import type { GrpcMatch, GrpcRoute } from './kinds.js'
import { firstDifference, headersFit, valueFits } from './matching.js'
import { byAge } from './view.js'

export const isGrpc = ({ headers }: HttpRequest): boolean => /^application\/grpc(?:[+;]|$)/.test(headers['content-type'] ?? '')

/** Codes of gRPC. @see https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export const GRPC = { unimplemented: 12, unavailable: 14 } as const

/** An answer of the proxy's own. */
export const grpcStatus = (code: number, message: string): HttpResponse => ({
  status: 200,
  headers: { 'Content-Type': 'application/grpc', 'Grpc-Status': String(code), ...(message && { 'Grpc-Message': message }) },
  body: '',
})

function fits({ method: wanted, headers }: GrpcMatch, request: HttpRequest): boolean {
  const [, service = '', method = ''] = /^\/([^/]+)\/([^/?]+)/.exec(request.path) ?? []
  return (
    (!wanted?.service || valueFits(wanted.type, wanted.service, service)) &&
    (!wanted?.method || valueFits(wanted.type, wanted.method, method)) &&
    headersFit(headers, request.headers)
  )
}

type GrpcRule = NonNullable<GrpcRoute['spec']['rules']>[number]
export interface TakenCall {
  route: GrpcRoute
  rule: GrpcRule
}

export function findCall(routes: GrpcRoute[], host: string, request: HttpRequest): TakenCall | undefined {
  const found = routes.flatMap((route) => {
    const names = (route.spec.hostnames?.length ? route.spec.hostnames : ['']).filter((name) => hostMatches(name, host))
    return (route.spec.rules ?? [{}]).flatMap((rule: GrpcRule) =>
      (rule.matches?.length ? rule.matches : [{}])
        .filter((match) => fits(match, request))
        .flatMap((match) => names.map((name) => ({ route, rule, rank: [hostWeight(name), ...rankOf(match)] }))),
    )
  })
  return found.sort((a, b) => firstDifference(a.rank, b.rank) || byAge(a.route, b.route))[0]
}

const rankOf = ({ method, headers = [] }: GrpcMatch): number[] => [
  (method?.service ?? '').length,
  (method?.method ?? '').length,
  headers.length,
]
