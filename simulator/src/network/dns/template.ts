/** The plugin `template`: answers made of the question. Models plugin/template of CoreDNS 1.14, with Go's templates as far as values go. */
import type { RE2JS } from 're2js'
import { compilePattern } from '../../objects/pattern.js'
import { argumentError, type Directive, type Property, parsingError } from './corefile.js'
import {
  type DnsRecord,
  isWithin,
  type Question,
  type RecordType,
  type Response,
  type ResponseCode,
  response,
} from './message.js'
import { fallthroughZones, isInZones, type Next, type Plugin, zonesOf } from './plugin.js'

const CODES: ResponseCode[] = ['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED', 'NOTIMP']
const PROPERTIES = ['match', 'answer', 'additional', 'authority', 'rcode', 'ederror', 'fallthrough', 'upstream']

/** What `{{ ... }}` may stand for. */
interface Values {
  fields: Record<string, string>
  match: string[]
  group: Record<string, string>
}

type Section = 'answer' | 'additional' | 'authority'

/** `{{ .Name }}`, `{{ index .Match 1 }}`, `{{ .Group.name }}`; undefined where it is none of these. */
function filledIn(text: string, { fields, match, group }: Values): string | undefined {
  const [, index] = /^index\s+\.Match\s+(\d+)$/.exec(text) ?? []
  if (index !== undefined) return match[Number(index)]
  const [, name] = /^\.Group\.(\w+)$/.exec(text) ?? /^index\s+\.Group\s+"(\w+)"$/.exec(text) ?? []
  if (name !== undefined) return group[name] ?? ''
  return fields[text.replace(/^\./, '')]
}

class Template {
  readonly #patterns: RE2JS[]
  readonly #zones: string[]
  readonly #falls: string[]
  readonly #code: ResponseCode
  readonly #type: string
  readonly #class: string

  constructor(
    readonly directive: Directive,
    serverZones: string[],
  ) {
    const { args, block, line } = directive
    const [qclass, qtype, ...zones] = args
    if (!qclass || !qtype) throw argumentError(line, args.at(-1) ?? 'template', 'template')
    for (const each of block) checkProperty(each)
    this.#class = qclass.toUpperCase()
    this.#type = qtype.toUpperCase()
    this.#zones = zonesOf(zones, serverZones)
    this.#falls = fallthroughZones(block)
    this.#patterns = this.#texts('match').map((text) => compilePattern(text))
    this.#code = (this.#texts('rcode')[0] ?? 'NOERROR') as ResponseCode
  }

  #texts(name: string): string[] {
    return this.directive.block.filter((each) => each.name === name).flatMap(({ args }) => args)
  }

  /** An answer; `next` where the question is not for it, `failed` where it is and no pattern fits. */
  answer(question: Question): Response | 'next' | 'failed' {
    const isForIt = ['IN', 'ANY'].includes(this.#class) && (this.#type === 'ANY' || this.#type === question.type)
    if (!isInZones(this.#zones, question) || !isForIt) return 'next'
    const values = this.#matched(question)
    if (!values) return isInZones(this.#falls, question) ? 'next' : 'failed'
    if (this.#code === 'SERVFAIL') return response('SERVFAIL')
    const records = (name: Section) => this.#texts(name).map((text) => recordOf(text, values))
    const [answers, additional, authority] = [records('answer'), records('additional'), records('authority')]
    const all = [...answers, ...additional, ...authority]
    if (all.includes(undefined)) return response('SERVFAIL')
    const parts = { answers, additional, authority } as Record<Section | 'answers', DnsRecord[]>
    return response(this.#code, { authoritative: true, ...parts })
  }

  #matched({ name, type }: Question): Values | undefined {
    const zone = this.#zones.filter((each) => isWithin(name, each)).sort((a, b) => b.length - a.length)[0] ?? '.'
    const fields = { Name: name, Zone: zone, Class: 'IN', Type: type }
    if (this.#patterns.length === 0) return { fields, match: [name], group: {} }
    for (const pattern of this.#patterns) {
      const matcher = pattern.matcher(name)
      if (!matcher.find()) continue
      const match = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? '')
      const group = Object.fromEntries(Object.entries(pattern.namedGroups()).map(([key, index]) => [key, match[index] ?? '']))
      return { fields, match, group: { ...Object.fromEntries(match.entries()), ...group } }
    }
    return undefined
  }
}

function checkProperty({ name, args, line }: Property): void {
  if (!PROPERTIES.includes(name)) throw argumentError(line, name, 'template')
  if (name !== 'fallthrough' && name !== 'upstream' && args.length === 0) throw argumentError(line, name, 'template')
  if (name === 'rcode' && !CODES.includes(args[0] as ResponseCode))
    throw parsingError(line, `unknown rcode ${args[0]}`, 'template')
  if (name === 'match') for (const text of args) checkPattern(text, line)
}

function checkPattern(text: string, line: number): void {
  try {
    compilePattern(text)
  } catch (error) {
    throw parsingError(line, `could not parse regex: ${text}, ${error instanceof Error ? error.message : error}`, 'template')
  }
}

/** `NAME TTL IN TYPE DATA`, where TTL and IN may be left out; undefined where it makes no record. */
function recordOf(text: string, values: Values): DnsRecord | undefined {
  let isWhole = true
  const filled = text.replace(/\{\{-?\s*(.*?)\s*-?\}\}/g, (_all, inner: string) => {
    const value = filledIn(inner, values)
    isWhole &&= value !== undefined
    return value ?? ''
  })
  const [, name = '', ttl = '3600', type = '', data = ''] =
    /^(\S+)\s+(?:(\d+)\s+)?(?:IN\s+)?([A-Z]+)\s+(.+)$/.exec(filled.trim()) ?? []
  return isWhole && type ? { name, ttl: Number(ttl), type: type as RecordType, data } : undefined
}

/** All templates of a server, in their order. @throws CorefileError */
export function templates(directives: Directive[], serverZones: string[]): Plugin {
  const all = directives.map((directive) => new Template(directive, serverZones))
  return (question: Question, next: Next) => {
    for (const template of all) {
      const found = template.answer(question)
      if (found === 'next') continue
      return Promise.resolve(found === 'failed' ? response('SERVFAIL') : found)
    }
    return next(question)
  }
}
