/**
 * The plugin `rewrite`: questions change before the plugins after it, answers get their names back. Models plugin/rewrite of CoreDNS 1.14,
 * its rules for names and types.
 */
import { compilePattern } from '../../objects/pattern.js'
import { type Directive, pluginError } from './corefile.js'
import { type DnsRecord, fullName, type Question, type RecordType, type Response } from './message.js'
import type { Plugin } from './plugin.js'

type ChangeText = (text: string) => string
/** What the answers of a changed question become. */
type ChangeRecord = (record: DnsRecord) => DnsRecord

interface Changed {
  question: Question
  answers: ChangeRecord[]
}
/** The changed question; undefined where the rule does not fit. */
type Rule = (question: Question) => Changed | undefined

const MATCHERS = ['exact', 'prefix', 'suffix', 'substring', 'regex']
/** They change what no program of the simulated cluster looks at. */
const NOT_HERE = ['class', 'edns0', 'ttl', 'cname', 'rcode']

const fault = (problem: string) => pluginError('rewrite', problem)

const named =
  (change: ChangeText): ChangeRecord =>
  (record) => ({ ...record, name: change(record.name) })
/** Of the records whose data is, or ends with, a name. */
const valued =
  (change: ChangeText): ChangeRecord =>
  (record) => {
    if (!['CNAME', 'NS', 'PTR', 'SRV', 'MX'].includes(record.type)) return record
    const words = record.data.split(' ')
    return { ...record, data: [...words.slice(0, -1), change(words.at(-1) ?? '')].join(' ') }
  }

/** @throws CorefileError */
function byPattern(source: string, replacement: string): (text: string) => string | undefined {
  let pattern: ReturnType<typeof compilePattern>
  try {
    pattern = compilePattern(source)
  } catch {
    throw fault(`invalid regex pattern in a name rule: ${source}`)
  }
  return (text) => {
    const matcher = pattern.matcher(text)
    if (!matcher.find()) return undefined
    return replacement.replace(/\{(\d+)\}/g, (all, index: string) =>
      Number(index) <= matcher.groupCount() ? (matcher.group(Number(index)) ?? '') : all,
    )
  }
}

/** The new name, undefined where the old one does not fit. */
function nameChange(matcher: string, from: string, to: string): (name: string) => string | undefined {
  switch (matcher) {
    case 'exact':
      return (name) => (name === fullName(from) ? fullName(to) : undefined)
    case 'prefix':
      return (name) => (name.startsWith(from) ? `${to}${name.slice(from.length)}` : undefined)
    case 'suffix':
      return (name) => (name.endsWith(fullName(from)) ? `${name.slice(0, -fullName(from).length)}${fullName(to)}` : undefined)
    case 'substring':
      return (name) => (name.includes(from) ? name.replaceAll(from, to) : undefined)
    default:
      return byPattern(from, to)
  }
}

/** `answer auto`, `answer name FROM TO`, `answer value FROM TO`, of which there may be several. */
function answerRules(words: string[], matcher: string): { isAuto: boolean; changes: ChangeRecord[] } {
  const rules = { isAuto: false, changes: [] as ChangeRecord[] }
  const rest = [...words]
  while (rest.length > 0) {
    if (rest[0] === 'answer') rest.shift()
    else if (!rules.isAuto && rules.changes.length === 0)
      throw fault(`exceeded the number of arguments for a non-answer rule argument for ${matcher} rule`)
    const kind = rest.shift()
    if (kind === 'auto') rules.isAuto = true
    else if (kind === 'name' || kind === 'value') {
      const [from, to] = rest.splice(0, 2)
      if (from === undefined || to === undefined) throw fault(`${kind} answer rule for ${matcher} rule: 2 arguments required`)
      const change = byPattern(from, fullName(to))
      rules.changes.push((kind === 'name' ? named : valued)((text) => change(text) ?? text))
    } else throw fault(`invalid type ${JSON.stringify(kind ?? '')} for answer rule for ${matcher} rule`)
  }
  return rules
}

/** What undoes a change for the names of answers: of the name itself, or of every name below it. */
function undo(changed: string, original: string): ChangeText {
  return (text) => {
    if (text === changed) return original
    return text.endsWith(`.${changed}`) ? `${text.slice(0, -changed.length)}${original}` : text
  }
}

function nameRule(words: string[]): Rule {
  if (words.length < 2) throw fault('too few arguments for a name rule')
  const [matcher = '', from = '', to = '', ...more] = words.length === 2 ? ['exact', ...words] : words
  if (!MATCHERS.includes(matcher))
    throw fault(`name rule supports only exact, prefix, suffix, substring, and regex name matching, received: ${matcher}`)
  const change = nameChange(matcher, from, to)
  const { isAuto, changes } = answerRules(more, matcher)
  const isExact = matcher === 'exact'
  return (question) => {
    const made = change(question.name)
    if (made === undefined) return undefined
    const name = fullName(made)
    const back = matcher === 'suffix' ? undo(fullName(to), fullName(from)) : undo(name, question.name)
    const restored = isExact || isAuto ? [named(back), valued(back)] : []
    return { question: { ...question, name }, answers: [...restored, ...changes] }
  }
}

function typeRule([from = '', to = '', ...more]: string[]): Rule {
  if (!to || more.length > 0) throw fault('type rules must have exactly two arguments')
  return (question) =>
    question.type === from.toUpperCase()
      ? { question: { ...question, type: to.toUpperCase() as RecordType }, answers: [] }
      : undefined
}

/** @throws CorefileError */
function parseRule({ args }: Directive): { rule: Rule; goesOn: boolean } {
  const hasMode = args[0] === 'stop' || args[0] === 'continue'
  const [field = '', ...rest] = hasMode ? args.slice(1) : args
  if (field === '') throw fault('no rule type specified for rewrite')
  if (NOT_HERE.includes(field)) throw fault(`the simulated cluster rewrites no ${field}`)
  if (field === 'answer') throw fault('response rewrites must begin with a name rule')
  if (field !== 'name' && field !== 'type') throw fault(`invalid rule type ${JSON.stringify(field)}`)
  return { rule: field === 'name' ? nameRule(rest) : typeRule(rest), goesOn: args[0] === 'continue' }
}

/** The first rule that fits is the only one, unless it says `continue`. @throws CorefileError */
export function rewrite(directives: Directive[]): Plugin {
  const rules = directives.map(parseRule)
  return async (question, next) => {
    let asked = question
    const changes: ChangeRecord[] = []
    for (const { rule, goesOn } of rules) {
      const changed = rule(asked)
      if (!changed) continue
      asked = changed.question
      changes.push(...changed.answers)
      if (!goesOn) break
    }
    const answer = await next(asked)
    const restored = (records: DnsRecord[]) => records.map((record) => changes.reduce((each, change) => change(each), record))
    return answer.answers.length === 0 ? answer : ({ ...answer, answers: restored(answer.answers) } satisfies Response)
  }
}
