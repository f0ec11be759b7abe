/** The plugin `forward`: asks other name servers. Models plugin/forward of CoreDNS 1.14, without health checks, TLS and limits. */
import { isAddress } from '../../containers/network.js'
import { argumentError, type Directive, type Property, parsingError, pluginError } from './corefile.js'
import { fullName, isWithin, type Question, type Response, response } from './message.js'
import { type DnsServerParts, isInZones, type Next, type Plugin } from './plugin.js'

interface Upstream {
  address: string
  port: number
}

const POLICIES = ['random', 'round_robin', 'sequential']
/** They say how a connection is kept, which nobody sees here. */
const UNSEEN = [
  'expire',
  'failfast_all_unhealthy_upstreams',
  'force_tcp',
  'health_check',
  'max_concurrent',
  'max_connect_attempts',
  'max_fails',
  'max_idle_conns',
  'prefer_udp',
  'tls',
  'tls_servername',
]
const NEEDS_VALUE = ['except', 'policy', 'next', 'failover', 'max_concurrent', 'max_fails', 'expire', 'health_check']

function checkProperty({ name, args, line }: Property): void {
  if (![...UNSEEN, 'except', 'policy', 'next', 'failover'].includes(name))
    throw parsingError(line, `unknown property '${name}'`, 'forward')
  if (NEEDS_VALUE.includes(name) && args.length === 0) throw argumentError(line, name, 'forward')
  if (name === 'policy' && !POLICIES.includes(args[0] ?? '')) throw parsingError(line, `unknown policy '${args[0]}'`, 'forward')
}

const nameServersOf = (text: string): Upstream[] =>
  text.split('\n').flatMap((line) => {
    const [word, address = ''] = line.trim().split(/\s+/)
    return word === 'nameserver' ? [{ address, port: 53 }] : []
  })

/** An address with or without a port; undefined where it is none. */
function addressOf(text: string): Upstream | undefined {
  const [, scheme = 'dns', address = '', port = '53'] = /^(?:(\w+):\/\/)?([^:/]+)(?::(\d+))?$/.exec(text) ?? []
  if (!isAddress(address)) return undefined
  if (scheme !== 'dns' && scheme !== 'tls')
    throw pluginError('forward', `'${scheme}' is not supported as a destination protocol in forward: ${text}`)
  return { address, port: Number(port) }
}

class Forward {
  readonly #zone: string
  readonly #except: string[]
  readonly #policy: string
  readonly #onward: { next: string[]; failover: string[] }
  #turn = 0

  constructor(
    readonly directive: Directive,
    readonly parts: DnsServerParts,
    readonly problems: WeakMap<Response, string>,
  ) {
    const { args, block, line } = directive
    const [from = ''] = args
    if (args.length < 2) throw argumentError(line, args.at(-1) ?? 'forward', 'forward')
    for (const each of block) checkProperty(each)
    const values = (name: string) => block.filter((each) => each.name === name).flatMap((each) => each.args)
    this.#zone = fullName(from === '.' ? '' : from)
    this.#except = values('except').map(fullName)
    this.#policy = values('policy')[0] ?? 'random'
    const codes = (name: string) => values(name).map((code) => code.toUpperCase())
    this.#onward = { next: codes('next'), failover: codes('failover') }
    for (const to of args.slice(1))
      if (!addressOf(to) && parts.readFile(to) === undefined)
        throw pluginError('forward', `not an IP address or file: ${JSON.stringify(to)}`)
  }

  async answer(question: Question, next: Next): Promise<Response> {
    if (!isWithin(question.name, this.#zone) || isInZones(this.#except, question)) return next(question)
    const passed = { ...question, hops: (question.hops ?? 0) + 1 }
    let problem = 'no healthy proxies'
    let refused: Response | undefined
    for (const server of this.#inOrder()) {
      const answer = await this.parts.ask(server, passed)
      if (answer && !this.#onward.failover.includes(answer.code))
        return this.#onward.next.includes(answer.code) ? next(question) : { ...answer, authoritative: false }
      refused = answer ?? refused
      problem = `read udp ${server.address}:${server.port}: i/o timeout`
    }
    if (refused) return { ...refused, authoritative: false }
    const failed = response('SERVFAIL')
    this.problems.set(failed, problem)
    return failed
  }

  #inOrder(): Upstream[] {
    const servers = this.directive.args.slice(1).flatMap((to) => addressOf(to) ?? nameServersOf(this.parts.readFile(to) ?? ''))
    if (this.#policy === 'sequential' || servers.length < 2) return servers
    const first = this.#policy === 'random' ? this.parts.random.below(servers.length) : this.#turn++ % servers.length
    return [...servers.slice(first), ...servers.slice(0, first)]
  }
}

/** @param problems why an answer is a failure, for the plugin `errors`. @throws CorefileError */
export function forward(directive: Directive, parts: DnsServerParts, problems: WeakMap<Response, string>): Plugin {
  const it = new Forward(directive, parts, problems)
  return (question, next) => it.answer(question, next)
}
