/** `proxy_pass`: one request on to another server, or to one of an upstream. */
import { ConnectError, type HttpRequest, type HttpResponse, isAddress } from '../../containers/network.js'
import type { Process } from '../../containers/process.js'
import { addressOf } from '../../containers/resolver.js'
import { deadline } from '../../shell/commands/network/deadline.js'
import type { Level, Location, Model, Upstream } from './model.js'
import type { Visit } from './variables.js'

const DEFAULT_SECONDS = 60
const UNITS: Record<string, number> = { '': 1, s: 1, ms: 0.001, m: 60, h: 3600 }

/** `60`, `5s`, `500ms` */
export function secondsIn(text: string | undefined, otherwise: number): number {
  const [, number, unit = ''] = /^(\d+)(ms|s|m|h)?$/.exec(text ?? '') ?? []
  return number === undefined ? otherwise : Number(number) * (UNITS[unit] ?? 1)
}

export interface PassTarget {
  scheme: 'http' | 'https'
  /** With the port where it is given: the name of an upstream, of a host, or an address. */
  host: string
  /** Takes the place of the location's own part of the path. */
  uri: string | undefined
}

export function readTarget(text: string): PassTarget | undefined {
  const [, scheme, host, uri] = /^(https?):\/\/([^/?#]+)([/?].*)?$/.exec(text) ?? []
  return scheme && host ? { scheme: scheme as 'http' | 'https', host, uri } : undefined
}

const portOf = (host: string, scheme: string): number => Number(/:(\d+)$/.exec(host)?.[1] ?? (scheme === 'https' ? 443 : 80))
const nameOf = (host: string): string => host.replace(/:\d+$/, '')

/** In turn by their weights, or always the same one for an address; those for need come last. */
function* inTurn({ targets, isByAddress }: Upstream, from: string, turn: number): Generator<string> {
  const main = targets
    .filter(({ isBackup }) => !isBackup)
    .flatMap(({ address, weight }) => Array.from({ length: weight }, () => address))
  const start = isByAddress
    ? from
        .split('.')
        .slice(0, 3)
        .reduce((sum, part) => sum * 31 + Number(part), 7)
    : turn
  const order = main.map((_, index) => main[(start + index) % main.length] ?? '')
  yield* new Set([...order, ...targets.filter(({ isBackup }) => isBackup).map(({ address }) => address)])
}

export type Passed =
  | { type: 'answer'; response: HttpResponse; host: string }
  | { type: 'failed'; status: number; why: string; host: string }

export class Forwarder {
  readonly #turns = new Map<string, number>()
  /** Names are looked up once, when the configuration is read. */
  readonly #addresses = new Map<string, string>()
  constructor(
    readonly process: Process,
    readonly model: Model,
  ) {}

  /** @returns whether somebody has the name */
  async learn(host: string): Promise<boolean> {
    const name = nameOf(host)
    if (isAddress(name) || this.#addresses.has(name)) return true
    try {
      this.#addresses.set(name, await addressOf(this.process.machine, name, this.process.signal))
      return true
    } catch (error) {
      if (error instanceof ConnectError) return false
      throw error
    }
  }

  async #addressOf(name: string, level: Level): Promise<string | undefined> {
    if (isAddress(name)) return name
    const known = this.#addresses.get(name)
    if (known || !level.one('resolver')) return known
    return addressOf(this.process.machine, name, this.process.signal).catch(() => undefined)
  }

  #hostsOf(host: string, from: string): Iterable<string> {
    const upstream = this.model.upstreams.get(host)
    if (!upstream) return [host]
    const turn = this.#turns.get(host) ?? 0
    this.#turns.set(host, turn + 1)
    return inTurn(upstream, from, turn)
  }

  /** @returns how each try went; the last one counts */
  async pass(visit: Visit, target: PassTarget, location: Location): Promise<[...Passed[], Passed]> {
    visit.proxyHost = target.host
    const request = this.#request(visit, target, location)
    const tries: Passed[] = []
    for (const host of this.#hostsOf(target.host, visit.from)) {
      const passed = await this.#try(host, { request, scheme: target.scheme, level: location.level })
      if (passed.type === 'answer') return [...tries, passed]
      tries.push(passed)
    }
    const last = tries.pop() ?? { type: 'failed', status: 502, why: 'no live upstreams', host: target.host }
    return [...tries, last]
  }

  async #try(host: string, { request, scheme, level }: { request: HttpRequest; scheme: string; level: Level }): Promise<Passed> {
    const address = await this.#addressOf(nameOf(host), level)
    if (!address) return { type: 'failed', status: 502, why: `no resolver defined to resolve ${nameOf(host)}`, host }
    const limit = deadline(this.process, secondsIn(level.one('proxy_connect_timeout'), DEFAULT_SECONDS))
    const target = { address, port: portOf(host, scheme), secure: scheme === 'https' }
    const shown = `${address}:${target.port}`
    try {
      const response = await this.process.machine.network.http(target, request, { signal: limit.signal })
      return { type: 'answer', response, host: shown }
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      const isLate = limit.hasPassed() || error.kind === 'timeout'
      const why = isLate
        ? 'upstream timed out (110: Connection timed out) while connecting to upstream'
        : error.kind === 'refused'
          ? 'connect() failed (111: Connection refused) while connecting to upstream'
          : 'upstream prematurely closed connection while reading response header from upstream'
      return { type: 'failed', status: isLate ? 504 : 502, why, host: shown }
    } finally {
      limit.clear()
    }
  }

  #request(visit: Visit, { host, uri }: PassTarget, { kind, name, level }: Location): HttpRequest {
    const { variables } = this.model
    const { request } = visit
    const headers: Record<string, string> = { ...request.headers, host, connection: 'close' }
    for (const { args } of level.all('proxy_set_header')) {
      const value = variables.fill(args[1] ?? '', visit)
      if (value === '') delete headers[args[0]?.toLowerCase() ?? '']
      else headers[args[0]?.toLowerCase() ?? ''] = value
    }
    const query = visit.args ? `?${visit.args}` : ''
    const isPrefix = kind !== '~' && kind !== '@'
    const path =
      uri === undefined || !isPrefix
        ? `${encodeURI(visit.uri)}${query}`
        : `${uri}${encodeURI(visit.uri.slice(name.length))}${query}`
    return { ...request, path, headers }
  }
}
