/** How a request goes through the configuration: rewriting, choice of the location, access, content. */
import { type FileSystem, fileBytes, normalize } from '../../containers/file-system.js'
import { ConnectError, type HttpResponse } from '../../containers/network.js'
import { httpDate } from '../../time/clock.js'
import { isAllowed, locationFor, sizeIn } from './choice.js'
import type { Log } from './log.js'
import type { Level, Location, Model, Server } from './model.js'
import { listing, page } from './pages.js'
import { type Forwarder, type Passed, readTarget } from './proxy.js'
import type { Directive } from './syntax.js'
import { compile, matchInto, schemeOf, type Visit } from './variables.js'

const ERROR_LOG = '/var/log/nginx/error.log'
/** Rewrites and inner redirects of one request: more are a circle. */
const MOST_TURNS = 10

/** A status that another page may take the place of. */
interface Refusal {
  status: number
  headers?: Record<string, string>
}
type Outcome = HttpResponse | Refusal
const isAnswer = (outcome: Outcome): outcome is HttpResponse => 'body' in outcome

type Step = { type: 'answer'; outcome: Outcome } | { type: 'again' } | { type: 'on' }
const ON: Step = { type: 'on' }

export class Answerer {
  constructor(
    readonly model: Model,
    readonly proxy: Forwarder,
    readonly log: Log,
  ) {}

  get #fs(): FileSystem {
    return this.proxy.process.machine.fs
  }

  mark(level: Level): string {
    const version = this.proxy.process.env.get('NGINX_VERSION') ?? '1.28.0'
    return level.isOn('server_tokens', true) ? `nginx/${version}` : 'nginx'
  }

  async answer(visit: Visit, server: Server): Promise<HttpResponse> {
    const first = this.#rewrite(server.level.directives, visit)
    const begun = first.type === 'answer' ? { outcome: first.outcome, level: server.level } : await this.#located(visit, server)
    return this.#finish(visit, server, begun)
  }

  /** Puts error pages in the place of refusals, and the headers on. */
  async #finish(visit: Visit, server: Server, { outcome, level }: { outcome: Outcome; level: Level }): Promise<HttpResponse> {
    const own = isAnswer(outcome) ? outcome : await this.#errorPage(visit, server, { refusal: outcome, level })
    const response = own ?? page(outcome.status, this.mark(level), isAnswer(outcome) ? {} : outcome.headers)
    visit.status = response.status
    visit.level = level
    const headers = { ...response.headers }
    const isGood = [200, 201, 204, 206, 301, 302, 303, 304, 307, 308].includes(response.status)
    for (const { args } of level.all('add_header'))
      if (isGood || args[2] === 'always') headers[args[0] ?? ''] = this.model.variables.fill(args[1] ?? '', visit)
    return { ...response, headers }
  }

  async #errorPage(
    visit: Visit,
    server: Server,
    { refusal, level }: { refusal: Refusal; level: Level },
  ): Promise<HttpResponse | undefined> {
    const rule = level.all('error_page').find(({ args }) => args.slice(0, -1).includes(String(refusal.status)))
    if (!rule || visit.turns >= MOST_TURNS) return undefined
    const target = this.model.variables.fill(rule.args.at(-1) ?? '', visit)
    const change = rule.args.find((arg) => arg.startsWith('='))
    visit.turns++
    if (/^https?:/.test(target)) return page(302, this.mark(level), { Location: target })
    const isNamed = target.startsWith('@')
    if (!isNamed) visit.uri = target.split('?')[0] ?? ''
    const { outcome } = isNamed ? await this.#named(visit, server, target) : await this.#located(visit, server, true)
    if (!isAnswer(outcome)) return undefined
    const status = change === undefined ? refusal.status : Number(change.slice(1)) || outcome.status
    return { ...outcome, status, headers: { ...outcome.headers, ...refusal.headers } }
  }

  async #located(visit: Visit, server: Server, isInner = false): Promise<{ outcome: Outcome; level: Level }> {
    for (; visit.turns < MOST_TURNS; visit.turns++) {
      const location = locationFor(server.locations, visit)
      const level = location?.level ?? server.level
      if (location?.level.directives.some(({ name }) => name === 'internal') && !isInner && visit.turns === 0)
        return { outcome: { status: 404 }, level }
      const step = location ? this.#rewrite(location.level.directives, visit) : ON
      if (step.type === 'answer') return { outcome: step.outcome, level }
      if (step.type === 'again') continue
      const outcome = await this.#content(visit, server, { level, location })
      if (outcome !== 'again') return { outcome, level }
    }
    return { outcome: { status: 500 }, level: server.level }
  }

  async #named(visit: Visit, server: Server, name: string): Promise<{ outcome: Outcome; level: Level }> {
    const location = server.locations.find((each) => each.kind === '@' && each.name === name)
    if (!location) return { outcome: { status: 500 }, level: server.level }
    const step = this.#rewrite(location.level.directives, visit)
    if (step.type === 'answer') return { outcome: step.outcome, level: location.level }
    const outcome = await this.#content(visit, server, { level: location.level, location })
    return { outcome: outcome === 'again' ? { status: 500 } : outcome, level: location.level }
  }

  /** `return`, `rewrite`, `set`, `if`, in their order. */
  #rewrite(directives: Directive[], visit: Visit): Step {
    for (const directive of directives) {
      const step = this.#rewriteBy(directive, visit)
      if (step === 'break') return ON
      if (step) return step
    }
    return ON
  }

  #rewriteBy(directive: Directive, visit: Visit): Step | 'break' | undefined {
    const { name, args, block } = directive
    const { variables } = this.model
    if (name === 'break') return 'break'
    if (name === 'set') visit.own.set(args[0]?.slice(1) ?? '', variables.fill(args[1] ?? '', visit))
    if (name === 'return') return { type: 'answer', outcome: this.#returned(args, visit) }
    if (name === 'if' && this.#holds(args, visit)) {
      const step = this.#rewrite(block ?? [], visit)
      return step.type === 'on' ? undefined : step
    }
    return name === 'rewrite' ? this.#rewritten(args, visit) : undefined
  }

  #returned(args: string[], visit: Visit): Outcome {
    const [first = '', second] = args
    const { variables } = this.model
    if (!/^\d{3}$/.test(first)) return { status: 302, headers: { Location: variables.fill(first, visit) } }
    const status = Number(first)
    // Closes the connection without a word.
    if (status === 444) throw new ConnectError('unanswered', visit.serverName)
    if (second === undefined) return { status }
    if ([301, 302, 303, 307, 308].includes(status))
      return { status, headers: { Location: this.#absolute(variables.fill(second, visit), visit) } }
    return { status, headers: {}, body: variables.fill(second, visit) }
  }

  #absolute(target: string, visit: Visit): string {
    const host = visit.request.headers.host ?? visit.serverName
    return target.startsWith('/') ? `${schemeOf(visit)}://${host}${target}` : target
  }

  #rewritten([pattern = '', replacement = '', flag]: string[], visit: Visit): Step | 'break' | undefined {
    if (!matchInto(compile(pattern), visit.uri, visit.own)) return undefined
    const target = this.model.variables.fill(replacement, visit)
    const redirects = /^(https?:|\$scheme)/.test(replacement) || flag === 'redirect' || flag === 'permanent'
    const query = visit.args && !target.endsWith('?') ? `${target.includes('?') ? '&' : '?'}${visit.args}` : ''
    if (redirects) {
      const Location = this.#absolute(target.replace(/\?$/, '') + query, visit)
      return { type: 'answer', outcome: { status: flag === 'permanent' ? 301 : 302, headers: { Location } } }
    }
    const [uri = '', args] = (target.replace(/\?$/, '') + query).split('?')
    visit.uri = uri
    visit.args = args ?? ''
    if (flag === 'break') return 'break'
    return flag === 'last' || flag === undefined ? { type: 'again' } : undefined
  }

  /** `($a = b)`, `($a ~* x)`, `(!-f $request_filename)`, `($a)`. */
  #holds(args: string[], visit: Visit): boolean {
    const [first = '', operator, ...rest] = args
      .join(' ')
      .replace(/^\(\s*|\s*\)$/g, '')
      .split(/\s+/)
    const { variables } = this.model
    if (/^!?-[fde]$/.test(first)) {
      const node = this.#fs.stat(variables.fill(operator ?? '', visit))
      const isThere = first.endsWith('f')
        ? node?.type === 'file'
        : first.endsWith('d')
          ? node?.type === 'directory'
          : node !== undefined
      return isThere !== first.startsWith('!')
    }
    const left = variables.fill(first, visit)
    if (operator === undefined) return left !== '' && left !== '0'
    const right = variables.fill(rest.join(' ').replace(/^"(.*)"$/, '$1'), visit)
    if (operator === '=' || operator === '!=') return (left === right) === (operator === '=')
    const found = matchInto(compile(right, { ignoreCase: operator.endsWith('*') }), left, visit.own)
    return found !== operator.startsWith('!')
  }

  async #content(
    visit: Visit,
    server: Server,
    { level, location }: { level: Level; location: Location | undefined },
  ): Promise<Outcome | 'again'> {
    visit.root = level.one('root')
      ? normalize(this.model.variables.fill(level.one('root') ?? '', visit), '/etc/nginx')
      : '/etc/nginx/html'
    if (!isAllowed(level, visit.from)) return { status: 403 }
    if (visit.request.body.length > sizeIn(level.one('client_max_body_size'))) return { status: 413 }
    if (level.directives.some(({ name }) => name === 'stub_status')) return stubStatus()
    const tried = location?.level.all('try_files')[0] ?? server.level.all('try_files')[0]
    if (tried) {
      const found = this.#tryFiles(tried.args, visit, location)
      if (found.type === 'again') return 'again'
      if (found.type === 'named') return (await this.#named(visit, server, found.name)).outcome
      if (found.type === 'refused') return { status: found.status }
    }
    const pass = location?.level.directives.find(({ name }) => name === 'proxy_pass')
    if (pass && location) return this.#pass(visit, pass, location)
    return this.#file(visit, level, location)
  }

  #tryFiles(
    args: string[],
    visit: Visit,
    location: Location | undefined,
  ): { type: 'found' } | { type: 'again' } | { type: 'named'; name: string } | { type: 'refused'; status: number } {
    const { variables } = this.model
    for (const each of args.slice(0, -1)) {
      const uri = variables.fill(each, visit)
      const node = this.#fs.stat(this.#pathOf({ ...visit, uri: uri.replace(/\/$/, '') || '/' }, location))
      if (!node || (node.type === 'directory') !== uri.endsWith('/')) continue
      visit.uri = uri.replace(/\/{2,}/g, '/')
      return { type: 'found' }
    }
    const last = variables.fill(args.at(-1) ?? '', visit)
    if (last.startsWith('=')) return { type: 'refused', status: Number(last.slice(1)) }
    if (last.startsWith('@')) return { type: 'named', name: last }
    const [uri = '', query] = last.split('?')
    visit.uri = uri
    if (query !== undefined) visit.args = query
    return { type: 'again' }
  }

  async #pass(visit: Visit, directive: Directive, location: Location): Promise<Outcome> {
    const target = readTarget(this.model.variables.fill(directive.args[0] ?? '', visit))
    if (!target) return { status: 500 }
    const tries = await this.proxy.pass(visit, target, location)
    visit.upstream = tries.map(({ host }) => host).join(', ')
    const { request, from, serverName } = visit
    for (const each of tries) {
      if (each.type === 'answer') continue
      const about = `client: ${from}, server: ${serverName}, request: "${request.method} ${request.path} HTTP/1.1", upstream: "${target.scheme}://${each.host}${visit.uri}", host: "${request.headers.host ?? ''}"`
      this.log.say(location.level.one('error_log') ?? ERROR_LOG, 'error', `${each.why}, ${about}`)
    }
    const last = tries[tries.length - 1] as Passed
    return last.type === 'answer' ? this.#passedOn(last.response, location.level) : { status: last.status }
  }

  #passedOn(response: HttpResponse, level: Level): Outcome {
    if (
      response.status >= 300 &&
      level.isOn('proxy_intercept_errors') &&
      level.all('error_page').some(({ args }) => args.includes(String(response.status)))
    )
      return { status: response.status }
    const hidden = [
      'server',
      'date',
      'connection',
      'keep-alive',
      ...level.all('proxy_hide_header').map(({ args }) => args[0]?.toLowerCase()),
    ]
    const headers = Object.fromEntries(Object.entries(response.headers).filter(([name]) => !hidden.includes(name.toLowerCase())))
    return { ...response, headers }
  }

  /** `alias` takes the place of the location's name, `root` stands before the whole path. */
  #pathOf(visit: Visit, location: Location | undefined): string {
    const alias = location?.level.one('alias')
    if (alias === undefined || !location) return `${visit.root}${visit.uri}`
    const filled = this.model.variables.fill(alias, visit)
    return normalize(location.kind === '~' ? filled : filled + visit.uri.slice(location.name.length), '/etc/nginx')
  }

  #file(visit: Visit, level: Level, location: Location | undefined): Outcome | 'again' {
    const path = this.#pathOf(visit, location)
    const node = this.#fs.stat(path)
    if (node?.type === 'directory' && !visit.uri.endsWith('/')) {
      const query = visit.args ? `?${visit.args}` : ''
      return { status: 301, headers: { Location: this.#absolute(`${visit.uri}/${query}`, visit) } }
    }
    if (node?.type === 'directory') return this.#folder(visit, level, path)
    if (node?.type !== 'file' || visit.uri.endsWith('/')) {
      this.#tellMissing(visit, level, path)
      return { status: 404 }
    }
    if (!['GET', 'HEAD'].includes(visit.request.method)) return { status: 405 }
    if (visit.machine.user.uid !== 0 && (node.mode & 0o004) === 0) return { status: 403 }
    return {
      status: 200,
      headers: {
        'Content-Type': this.#typeOf(path, level),
        'Last-Modified': httpDate(node.mtimeMs),
        ETag: `"${Math.floor(node.mtimeMs / 1000).toString(16)}-${fileBytes(node).toString(16)}"`,
        'Accept-Ranges': 'bytes',
      },
      body: this.#fs.read(path),
    }
  }

  #folder(visit: Visit, level: Level, path: string): Outcome | 'again' {
    const index = level.all('index')[0]?.args ?? ['index.html']
    const found = index.find((name) => this.#fs.stat(normalize(name, path))?.type === 'file')
    if (found) {
      visit.uri = `${visit.uri}${found}`
      return 'again'
    }
    if (level.isOn('autoindex'))
      return { status: 200, headers: { 'Content-Type': 'text/html' }, body: this.#listing(visit.uri, path) }
    this.log.say(level.one('error_log') ?? ERROR_LOG, 'error', `directory index of "${path}" is forbidden, ${aboutOf(visit)}`)
    return { status: 403 }
  }

  #listing(uri: string, path: string): string {
    const entries = this.#fs.list(path).flatMap((name) => {
      const node = this.#fs.stat(normalize(name, path))
      if (!node || node.type === 'link') return []
      return [
        { name, isFolder: node.type === 'directory', mtimeMs: node.mtimeMs, bytes: node.type === 'file' ? fileBytes(node) : 0 },
      ]
    })
    return listing(uri, entries)
  }

  #tellMissing(visit: Visit, level: Level, path: string): void {
    const log = level.one('error_log') ?? ERROR_LOG
    this.log.say(log, 'error', `open() "${path}" failed (2: No such file or directory), ${aboutOf(visit)}`)
  }

  #typeOf(path: string, level: Level): string {
    const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase()
    const rows = level.all('types').flatMap(({ block = [] }) => block)
    const type =
      rows.find(({ args }) => extension !== undefined && args.includes(extension))?.name ??
      level.one('default_type') ??
      'text/plain'
    const charset = level.one('charset')
    return charset && charset !== 'off' && type.startsWith('text/') ? `${type}; charset=${charset}` : type
  }
}

const aboutOf = ({ request, from, serverName }: Visit): string =>
  `client: ${from}, server: ${serverName}, request: "${request.method} ${request.path} HTTP/1.1", host: "${request.headers.host ?? ''}"`

const stubStatus = (): HttpResponse => ({
  status: 200,
  headers: { 'Content-Type': 'text/plain' },
  body: 'Active connections: 1 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n',
})
