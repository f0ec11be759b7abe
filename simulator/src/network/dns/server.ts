/** A CoreDNS as its Corefile describes it: for each question the chain of plugins of the server block that has its zone. */

import { isAddress } from '../../containers/network.js'
import type { Informers } from '../../controllers/runtime/informer.js'
import type { Random } from '../../time/random.js'
import { CorefileError, type Directive, parseCorefile, type ServerBlock } from './corefile.js'
import { KubernetesPlugin } from './kubernetes.js'
import { fullName, isWithin, type Question, type Response, type ResponseCode, response, reverseName } from './message.js'
import { parseRewrite, type Rewriting } from './rewrite.js'

export interface DnsServerParts {
  informers: Informers
  random: Random
  /** A file of the server's own, such as the one that `hosts` or `forward` names; undefined where there is none. */
  readFile(path: string): string | undefined
  /** Asks another name server; undefined where it does not answer. */
  ask(server: { address: string; port: number }, question: Question): Promise<Response | undefined>
  log(line: string): void
}

type Next = (question: Question) => Promise<Response>
/** A plugin answers, or asks the next. */
type Plugin = (question: Question, next: Next) => Promise<Response>

/** In the order in which CoreDNS runs them, whatever the order of the lines. @see plugin.cfg */
const ORDER = [
  'errors',
  'log',
  'any',
  'loadbalance',
  'cache',
  'rewrite',
  'template',
  'hosts',
  'kubernetes',
  'loop',
  'forward',
  'whoami',
]

const MOST_ALIASES = 8

export class DnsServer {
  readonly blocks: ServerBlock[]
  readonly #servers: { zone: string; port: number; chain: Next }[] = []

  /** @throws CorefileError */
  constructor(
    readonly parts: DnsServerParts,
    corefile: string,
  ) {
    this.blocks = parseCorefile(corefile)
    for (const { zones, directives } of this.blocks) {
      const zoneNames = zones.map(({ zone }) => zone)
      const chain = this.#chainOf(directives, zoneNames)
      for (const { zone, port } of zones) this.#servers.push({ zone, port, chain })
    }
  }

  get ports(): number[] {
    return [...new Set(this.#servers.map(({ port }) => port))]
  }
  has(plugin: string): boolean {
    return this.blocks.some(({ directives }) => directives.some(({ name }) => name === plugin))
  }

  async answer(question: Question, port = 53): Promise<Response> {
    const asked = { ...question, name: fullName(question.name) }
    const [server] = this.#servers
      .filter((each) => each.port === port && isWithin(asked.name, each.zone))
      .sort((a, b) => b.zone.length - a.zone.length)
    return server ? this.#follow(asked, server.chain) : response('REFUSED')
  }

  /** An alias of a Service leads on: to another name of the cluster, or outside. */
  async #follow(question: Question, chain: Next): Promise<Response> {
    const first = await chain(question)
    let answer = first
    for (let count = 0; count < MOST_ALIASES; count++) {
      const last = answer.answers.at(-1)
      if (last?.type !== 'CNAME' || question.type === 'CNAME' || answer.code !== 'NOERROR') break
      const more = await chain({ name: fullName(last.data), type: question.type })
      if (more.answers.length === 0) break
      answer = { ...answer, answers: [...answer.answers, ...more.answers] }
    }
    return answer
  }

  #chainOf(directives: Directive[], zones: string[]): Next {
    const plugins = ORDER.flatMap((name) =>
      directives.filter((directive) => directive.name === name).map((directive) => this.#plugin(directive, zones)),
    )
    const refuse: Next = async () => response('REFUSED')
    return plugins.reduceRight<Next>((next, plugin) => (question) => plugin(question, next), refuse)
  }

  #plugin(directive: Directive, zones: string[]): Plugin {
    switch (directive.name) {
      case 'errors':
        return (question, next) => this.#errors(question, next)
      case 'log':
        return (question, next) => this.#log(question, next)
      case 'loadbalance':
        return (question, next) => this.#shuffle(question, next)
      case 'rewrite':
        return rewriting(directive)
      case 'template':
        return template(directive)
      case 'hosts':
        return this.#hosts(directive)
      case 'kubernetes':
        return this.#kubernetes(directive, zones)
      case 'forward':
        return this.#forward(directive)
      default:
        return (question, next) => next(question)
    }
  }

  async #errors(question: Question, next: Next): Promise<Response> {
    const answer = await next(question)
    const problem = this.#problems.get(answer)
    if (problem) this.parts.log(`[ERROR] plugin/errors: 2 ${question.name} ${question.type}: ${problem}`)
    return answer
  }
  readonly #problems = new WeakMap<Response, string>()

  async #log(question: Question, next: Next): Promise<Response> {
    const answer = await next(question)
    const flags = answer.authoritative ? 'qr,aa,rd' : 'qr,rd,ra'
    const id = this.parts.random.below(65536)
    this.parts.log(
      `[INFO] 10.244.0.1:${1024 + this.parts.random.below(64000)} - ${id} "${question.type} IN ${question.name} udp ${question.name.length + 16} false 512" ${answer.code} ${flags} ${JSON.stringify(answer).length} 0.000${100 + this.parts.random.below(800)}s`,
    )
    return answer
  }

  async #shuffle(question: Question, next: Next): Promise<Response> {
    const answer = await next(question)
    const addresses = answer.answers.filter(({ type }) => type === 'A')
    if (addresses.length < 2) return answer
    const turn = this.parts.random.below(addresses.length)
    const turned = [...addresses.slice(turn), ...addresses.slice(0, turn)]
    return { ...answer, answers: [...answer.answers.filter(({ type }) => type !== 'A'), ...turned] }
  }

  #hosts({ args, block }: Directive): Plugin {
    const path = args[0]?.startsWith('/') ? args[0] : undefined
    const zones = path ? args.slice(1) : args
    const falls = block.find(([word]) => word === 'fallthrough')
    const inline = block.filter(([word]) => isAddress(word ?? ''))
    const entries = (): string[][] => {
      const text = path ? (this.parts.readFile(path) ?? '') : ''
      return [...inline, ...text.split('\n').map((line) => (line.split('#')[0] ?? '').trim().split(/\s+/))]
    }
    return async (question, next) => {
      if (zones.length > 0 && !zones.some((zone) => isWithin(question.name, fullName(zone)))) return next(question)
      const record = (data: string) => ({ name: question.name, type: question.type, ttl: 3600, data })
      const rows = entries()
      const named = rows.filter(([, ...names]) => names.some((name) => fullName(name) === question.name))
      const reverse = rows.filter(([address]) => address && reverseName(address) === question.name)
      if (named.length > 0 && question.type === 'A')
        return response('NOERROR', { authoritative: true, answers: named.map(([address = '']) => record(address)) })
      if (reverse.length > 0 && question.type === 'PTR')
        return response('NOERROR', { authoritative: true, answers: reverse.map(([, name = '']) => record(fullName(name))) })
      if (named.length > 0) return response('NOERROR', { authoritative: true })
      return falls && fallsThrough(falls.slice(1), question) ? next(question) : response('NXDOMAIN')
    }
  }

  #kubernetes({ args, block, line }: Directive, zones: string[]): Plugin {
    const option = (name: string) => block.find(([word]) => word === name)
    const known = [
      'pods',
      'fallthrough',
      'ttl',
      'endpoint_pod_names',
      'ignore',
      'noendpoints',
      'namespaces',
      'labels',
      'endpoint',
      'kubeconfig',
      'tls',
    ]
    for (const [word = ''] of block) if (!known.includes(word)) throw new CorefileError(line, `unknown property '${word}'`)
    const falls = option('fallthrough')
    const plugin = new KubernetesPlugin(this.parts.informers, {
      zones: (args.length > 0 ? args : zones).map(fullName),
      pods: (option('pods')?.[1] ?? 'disabled') as 'disabled',
      ttl: Number(option('ttl')?.[1] ?? 5),
      fallthrough: falls ? (falls.length > 1 ? falls.slice(1).map(fullName) : ['.']) : [],
    })
    return async (question, next) => plugin.answer(question) ?? next(question)
  }

  #forward({ args, line }: Directive): Plugin {
    const [from = '', ...to] = args
    if (to.length === 0) throw new CorefileError(line, 'Wrong argument count or unexpected line ending after')
    const zone = fullName(from === '.' ? '' : from)
    return async (question, next) => {
      if (!isWithin(question.name, zone)) return next(question)
      const servers = to.flatMap((each) => this.#upstreams(each))
      let problem = 'no upstream'
      for (const server of servers) {
        const answer = await this.parts.ask(server, question)
        if (answer) return { ...answer, authoritative: false }
        problem = `read udp ${server.address}:${server.port}: i/o timeout`
      }
      const failed = response('SERVFAIL')
      this.#problems.set(failed, problem)
      return failed
    }
  }

  #upstreams(text: string): { address: string; port: number }[] {
    if (text.startsWith('/')) {
      const lines = (this.parts.readFile(text) ?? '').split('\n')
      return lines.flatMap((line) => {
        const [word, address = ''] = line.trim().split(/\s+/)
        return word === 'nameserver' ? [{ address, port: 53 }] : []
      })
    }
    const [address = '', port = '53'] = text.replace(/^dns:\/\//, '').split(':')
    return [{ address, port: Number(port) }]
  }
}

const fallsThrough = (zones: string[], { name }: Question): boolean =>
  zones.length === 0 || zones.some((zone) => isWithin(name, fullName(zone)))

function rewriting(directive: Directive): Plugin {
  const rule: Rewriting | string = parseRewrite(directive)
  if (typeof rule === 'string') throw new CorefileError(directive.line, rule)
  return async (question, next) => {
    const changed = rule.apply(question)
    return changed ? changed.restore(await next(changed.question)) : next(question)
  }
}

/** `template IN A ZONE { match REGEX; answer "{{ .Name }} 60 IN A 10.0.0.1"; rcode NXDOMAIN; fallthrough }` */
function template({ args, block }: Directive): Plugin {
  const [, type = 'ANY', ...zones] = args
  const values = (name: string) => block.filter(([word]) => word === name).map((words) => words.slice(1).join(' '))
  const patterns = values('match').map((text) => new RegExp(text))
  const falls = block.find(([word]) => word === 'fallthrough')
  return async (question, next) => {
    const inZone = zones.length === 0 || zones.some((zone) => isWithin(question.name, fullName(zone)))
    const fits = inZone && (type === 'ANY' || type === question.type)
    const matched = patterns.length === 0 || patterns.some((pattern) => pattern.test(question.name))
    if (!fits || (!matched && (falls || patterns.length > 0))) return next(question)
    const answers = values('answer').flatMap((text) => {
      const words = text.replace(/\{\{\s*\.Name\s*\}\}/g, question.name).split(/\s+/)
      const [name = '', ttl = '60', , recordType = 'A', ...data] = words
      return [{ name, ttl: Number(ttl), type: recordType as Question['type'], data: data.join(' ') }]
    })
    return response((values('rcode')[0] ?? 'NOERROR') as ResponseCode, { authoritative: true, answers })
  }
}
