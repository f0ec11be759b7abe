/** A CoreDNS as its Corefile describes it: for each question the chain of plugins of the server block that has its zone. */
import { argumentError, type Directive, parseCorefile, pluginError, type ServerBlock } from './corefile.js'
import { forward } from './forward.js'
import { hosts } from './hosts.js'
import { KubernetesPlugin } from './kubernetes.js'
import { readKubernetes } from './kubernetes-options.js'
import { fullName, isWithin, type Question, type Response, response } from './message.js'
import { type DnsServerParts, type Next, type Plugin, pass } from './plugin.js'
import { rewrite } from './rewrite.js'
import { templates } from './template.js'

/** In the order in which CoreDNS runs them, whatever the order of the lines. @see plugin.cfg */
const ORDER = ['errors', 'log', 'loadbalance', 'rewrite', 'template', 'hosts', 'kubernetes', 'forward']
/** Those may stand several times in a block. */
const SEVERAL = ['rewrite', 'template', 'forward', 'log']

const MOST_ALIASES = 8

type Class = 'all' | 'success' | 'denial' | 'error'

function classOf({ code, answers }: Response): Class {
  if (code === 'NXDOMAIN' || (code === 'NOERROR' && answers.length === 0)) return 'denial'
  return code === 'NOERROR' ? 'success' : 'error'
}

export class DnsServer {
  readonly blocks: ServerBlock[]
  readonly #servers: { zone: string; port: number; chain: Next }[] = []
  /** Why an answer is a failure, for the plugin `errors`. */
  readonly #problems = new WeakMap<Response, string>()

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
  /** The first line of a plugin. */
  find(plugin: string): Directive | undefined {
    return this.blocks.flatMap(({ directives }) => directives).find(({ name }) => name === plugin)
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
    const plugins = ORDER.flatMap((name) => {
      const own = directives.filter((directive) => directive.name === name)
      if (own.length > 1 && !SEVERAL.includes(name)) throw pluginError(name, 'this plugin can only be used once per Server Block')
      return own.length > 0 ? this.#plugins(own, zones) : []
    })
    const refuse: Next = async () => response('REFUSED')
    return plugins.reduceRight<Next>((next, plugin) => (question) => plugin(question, next), refuse)
  }

  /** What all lines of one plugin make. */
  #plugins(own: Directive[], zones: string[]): Plugin[] {
    const [first] = own as [Directive]
    switch (first.name) {
      case 'errors':
        return [(question, next) => this.#errors(question, next)]
      case 'log':
        return own.map((directive) => this.#log(directive))
      case 'loadbalance':
        return [first.args[0] === undefined || first.args[0] === 'round_robin' ? this.#shuffle : pass]
      case 'rewrite':
        return [rewrite(own)]
      case 'template':
        return [templates(own, zones)]
      case 'hosts':
        return [hosts(first, this.parts, zones)]
      case 'kubernetes': {
        const plugin = new KubernetesPlugin(this.parts.informers, readKubernetes(first, zones))
        return [async (question, next) => plugin.answer(question) ?? next(question)]
      }
      default:
        return own.map((directive) => forward(directive, this.parts, this.#problems))
    }
  }

  async #errors(question: Question, next: Next): Promise<Response> {
    const answer = await next(question)
    const problem = this.#problems.get(answer)
    if (problem) this.parts.log(`[ERROR] plugin/errors: 2 ${question.name} ${question.type}: ${problem}`)
    return answer
  }

  /** `log [ZONE...] { class CLASS... }` */
  #log({ args, block }: Directive): Plugin {
    const zones = args.filter((arg) => !arg.includes('{')).map(fullName)
    const classes = new Set<Class>()
    for (const { name, args: given, line } of block) {
      if (name !== 'class' || given.length === 0) throw argumentError(line, name, 'log')
      for (const each of given) {
        if (!['all', 'success', 'denial', 'error'].includes(each)) throw pluginError('log', `invalid Class: ${each}`)
        classes.add(each as Class)
      }
    }
    const isWanted = (answer: Response) => classes.size === 0 || classes.has('all') || classes.has(classOf(answer))
    return async (question, next) => {
      const answer = await next(question)
      const isOwn = zones.length === 0 || zones.some((zone) => isWithin(question.name, zone))
      if (isOwn && isWanted(answer)) this.#write(question, answer)
      return answer
    }
  }

  #write(question: Question, answer: Response): void {
    const { random, log } = this.parts
    const flags = answer.authoritative ? 'qr,aa,rd' : 'qr,rd,ra'
    const client = `10.244.0.1:${1024 + random.below(64000)}`
    const asked = `${random.below(65536)} "${question.type} IN ${question.name} udp ${question.name.length + 16} false 512"`
    log(`[INFO] ${client} - ${asked} ${answer.code} ${flags} ${JSON.stringify(answer).length} 0.000${100 + random.below(800)}s`)
  }

  readonly #shuffle: Plugin = async (question, next) => {
    const answer = await next(question)
    const addresses = answer.answers.filter(({ type }) => type === 'A')
    if (addresses.length < 2) return answer
    const turn = this.parts.random.below(addresses.length)
    const turned = [...addresses.slice(turn), ...addresses.slice(0, turn)]
    return { ...answer, answers: [...answer.answers.filter(({ type }) => type !== 'A'), ...turned] }
  }
}
