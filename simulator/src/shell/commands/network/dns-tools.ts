/** nslookup as BusyBox has it, dig and host as BIND's utilities print. */
import { ConnectError, isAddress } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'
import { addressOf, askServer, candidates, readResolvConf } from '../../../containers/resolver.js'
import { encode } from '../../../containers/stream.js'
import {
  type DnsRecord,
  fullName,
  type Question,
  type RecordType,
  type Response,
  reverseName,
} from '../../../network/dns/message.js'
import { applet, command, UsageError, WordError, wholeNumber } from '../command.js'

const bare = (name: string): string => name.replace(/\.$/, '')
const TYPES: RecordType[] = ['A', 'AAAA', 'CNAME', 'SRV', 'PTR', 'TXT', 'NS', 'SOA', 'MX', 'ANY']
const typeOf = (text: string): RecordType | undefined => TYPES.find((type) => type === text.toUpperCase())

interface Server {
  address: string
  port: number
  timeoutSeconds: number
  attempts: number
}

/** Asks as often as the system says. @throws ConnectError of the last attempt */
async function ask(process: Process, server: Server, question: Question): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await askServer(process.machine, { ...server, signal: process.signal }, question)
    } catch (error) {
      if (!(error instanceof ConnectError) || error.kind === 'refused') throw error
      if (attempt >= server.attempts || process.signal.aborted) throw error
    }
  }
}

function shownRecord({ name, type, data }: DnsRecord): string {
  if (type === 'A' || type === 'AAAA') return `Name:\t${bare(name)}\nAddress: ${data}\n`
  if (type === 'CNAME') return `${bare(name)}\tcanonical name = ${bare(data)}\n`
  if (type === 'PTR') return `${bare(name)}\tname = ${bare(data)}\n`
  if (type === 'SRV') return `${bare(name)}\tservice = ${bare(data)}\n`
  if (type === 'NS') return `${bare(name)}\tnameserver = ${bare(data)}\n`
  if (type === 'MX') return `${bare(name)}\tmail exchanger = ${bare(data)}\n`
  if (type === 'TXT') return `${bare(name)}\ttext = ${data}\n`
  const [origin = '', mail = '', ...numbers] = data.split(' ')
  const fields = ['serial', 'refresh', 'retry', 'expire', 'minimum'].map(
    (field, index) => `\t${field} = ${numbers[index] ?? ''}\n`,
  )
  return `${bare(name)}\n\torigin = ${bare(origin)}\n\tmail addr = ${bare(mail)}\n${fields.join('')}`
}

interface Asked {
  question: Question
  answer: Response | undefined
}

/** One block for each question: its records, or why there are none. */
function shownAnswer({ question, answer }: Asked): string {
  if (!answer) return `** server can't find ${bare(question.name)}: No response\n\n`
  if (answer.code !== 'NOERROR') return `** server can't find ${bare(question.name)}: ${answer.code}\n\n`
  if (answer.answers.length === 0) return '\n'
  return `${answer.authoritative ? '' : 'Non-authoritative answer:\n'}${answer.answers.map(shownRecord).join('')}\n`
}

function questionsFor(name: string, types: RecordType[], conf: { search: string[] }): Question[] {
  if (isAddress(name)) return [{ name: reverseName(name), type: 'PTR' }]
  const isFull = name.endsWith('.') || name.split('.').length > 1
  const names = isFull ? [name] : conf.search.map((suffix) => `${name}.${suffix}`)
  return (names.length > 0 ? names : [name]).flatMap((each) => types.map((type) => ({ name: fullName(each), type })))
}

const NSLOOKUP = '[-type=QUERY_TYPE] HOST [DNS_SERVER]'

/** `-type=a`, as often as wanted. @throws UsageError, WordError */
function typesOf(args: string[]): RecordType[] {
  return args
    .filter((arg) => arg.startsWith('-'))
    .map((arg) => {
      const text = /^-(?:type|querytype|query|q|t)=(.*)$/.exec(arg)?.[1]
      if (text === undefined) throw new UsageError('')
      const type = typeOf(text)
      if (!type) throw new WordError(`invalid query type "${text}"`)
      return type
    })
}

/** BusyBox' own: it asks every name of the search list at once and shows what each brought. @see networking/nslookup.c */
export const nslookup = command(lookUp, { usage: NSLOOKUP })

async function lookUp(process: Process, args: string[]): Promise<number> {
  const operands = args.filter((arg) => !arg.startsWith('-'))
  const wanted = typesOf(args)
  if (operands.length < 1 || operands.length > 2) throw new UsageError('')
  const [name = '', given] = operands
  const conf = readResolvConf(process.machine.fs)
  const say = (text: string) => process.stdout.write(encode(text))
  const server = { address: given ?? conf.servers[0] ?? '127.0.0.1', port: 53, timeoutSeconds: 5, attempts: 2 }
  if (given && !isAddress(given)) {
    try {
      server.address = await addressOf(process.machine, given, process.signal)
    } catch {
      await process.stderr.write(encode(`nslookup: bad address '${given}'\n`))
      return 1
    }
  }
  const questions = questionsFor(name, wanted.length > 0 ? wanted : ['A', 'AAAA'], conf)
  try {
    const asked: Asked[] = []
    for (const question of questions) asked.push({ question, answer: await ask(process, server, question) })
    await say(`Server:\t\t${given ?? server.address}\nAddress:\t${server.address}:${server.port}\n\n`)
    await say(report(asked))
    return asked.some(({ answer }) => answer?.code !== 'NOERROR') ? 1 : 0
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    if (error.kind === 'refused') await process.stderr.write(refusalOf(server.address, questions.length))
    await say(';; connection timed out; no servers could be reached\n\n')
    return 1
  }
}

/** The refusal of the first question is heard of when the second is sent, or when answers are read. */
const refusalOf = (address: string, questions: number): string =>
  questions === 2 ? `nslookup: write to '${address}': Connection refused\n` : 'nslookup: read: Connection refused\n'.repeat(2)

const report = (asked: Asked[]): string => asked.map(shownAnswer).join('')

interface Digging {
  name: string
  type: RecordType
  server: string | undefined
  port: number
  isShort: boolean
  search: boolean
  sections: Set<string>
  /** How long an answer is waited for, and how often it is asked. */
  timeoutSeconds: number
  attempts: number
}

const SECTIONS = ['cmd', 'comments', 'question', 'answer', 'authority', 'additional', 'stats']
/** What changes nothing in an answer of the cluster's name server. */
const PLAIN = ['recurse', 'norecurse', 'edns', 'noedns', 'cookie', 'nocookie', 'nosearch', 'noshort']

/** A word of a sign: `+short`, `+noall`, `+tries=1`. @throws WordError */
function takeSign(dig: Digging, text: string): void {
  const [name = '', value = ''] = text.split('=')
  const [, not, section = ''] = /^(no)?(.*)$/.exec(name) ?? []
  if (SECTIONS.includes(section) || section === 'all')
    for (const each of section === 'all' ? SECTIONS : [section]) not ? dig.sections.delete(each) : dig.sections.add(each)
  else if (name === 'short') dig.isShort = true
  else if (name === 'search') dig.search = true
  else if (name === 'time' || name === 'timeout') dig.timeoutSeconds = wholeNumber(value)
  else if (name === 'tries') dig.attempts = wholeNumber(value)
  else if (name === 'retry') dig.attempts = wholeNumber(value) + 1
  else if (!PLAIN.includes(name)) throw new WordError(`invalid option: +${text}`)
}

const DIG_OPTIONS: Record<string, (dig: Digging, value: string) => void> = {
  '-x': (dig, value) => Object.assign(dig, { name: reverseName(value), type: 'PTR' }),
  '-t': (dig, value) => {
    dig.type = typeOf(value) ?? dig.type
  },
  '-q': (dig, value) => {
    dig.name = value
  },
  '-p': (dig, value) => {
    dig.port = wholeNumber(value)
  },
}

/** @throws WordError */
function readDig(args: string[]): Digging {
  const dig: Digging = {
    name: '.',
    type: 'A',
    server: undefined,
    port: 53,
    isShort: false,
    search: false,
    sections: new Set(SECTIONS),
    timeoutSeconds: 5,
    attempts: 3,
  }
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    const option = DIG_OPTIONS[arg]
    if (option) option(dig, args[++index] ?? '')
    else if (arg.startsWith('@')) dig.server = arg.slice(1)
    else if (arg.startsWith('+')) takeSign(dig, arg.slice(1))
    else if (arg.startsWith('-') && arg !== '-4') throw new WordError(`Invalid option: ${arg}`)
    else if (arg.toUpperCase() !== 'IN' && arg !== '-4') {
      const type = typeOf(arg)
      if (type) dig.type = type
      else dig.name = arg
    }
  }
  return dig
}

const padTab = (text: string, width: number): string => `${text}${'\t'.repeat(Math.max(1, Math.ceil((width - text.length) / 8)))}`
const digRecord = ({ name, type, ttl, data }: DnsRecord): string => `${padTab(name, 24)}${ttl}\tIN\t${type}\t${data}\n`

interface Report {
  question: Question
  answer: Response
  server: string
  sections: Set<string>
}

const SECTION_TITLES = { answer: 'ANSWER', authority: 'AUTHORITY', additional: 'ADDITIONAL' } as const

function digHeader({ random }: Process['machine'], { code, authoritative, answers, authority, additional }: Response): string {
  return (
    `;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${code}, id: ${random.below(65536)}\n` +
    `;; flags: ${authoritative ? 'qr aa rd' : 'qr rd ra'}; QUERY: 1, ANSWER: ${answers.length}, AUTHORITY: ${authority.length}, ADDITIONAL: ${additional.length + 1}\n\n`
  )
}

function digReport(process: Process, { question, answer, server, sections }: Report): string {
  const titles = sections.has('comments')
  const titled = (title: string, text: string) => (titles ? `;; ${title} SECTION:\n${text}\n` : text)
  const records = { answer: answer.answers, authority: answer.authority, additional: answer.additional }
  const shown = (['answer', 'authority', 'additional'] as const)
    .filter((name) => sections.has(name) && records[name].length > 0)
    .map((name) => titled(SECTION_TITLES[name], records[name].map(digRecord).join('')))
  return [
    sections.has('cmd') ? `\n; <<>> DiG 9.20.10 <<>> ${process.argv.slice(1).join(' ')}\n;; global options: +cmd\n` : '',
    titles ? digHeader(process.machine, answer) : '',
    sections.has('question') ? titled('QUESTION', `${padTab(`;${question.name}`, 24)}\tIN\t${question.type}\n`) : '',
    ...shown,
    sections.has('stats') ? `;; Query time: 0 msec\n;; SERVER: ${server}#53(${server}) (UDP)\n` : '',
  ].join('')
}

export const dig = command(async (process, args) => {
  const wanted = readDig(args)
  const conf = readResolvConf(process.machine.fs)
  const say = (text: string) => process.stdout.write(encode(text))
  const shown = wanted.server ?? conf.servers[0] ?? '127.0.0.1'
  let last: { question: Question; answer: Response } | undefined
  try {
    const address = isAddress(shown) ? shown : await addressOf(process.machine, shown, process.signal)
    const { port, timeoutSeconds, attempts } = wanted
    const server: Server = { address, port, timeoutSeconds, attempts }
    for (const name of wanted.search ? candidates(wanted.name, conf) : [wanted.name]) {
      const question = { name: fullName(name), type: wanted.type }
      last = { question, answer: await ask(process, server, question) }
      if (last.answer.answers.length > 0) break
    }
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    if (error.kind === 'unresolved') {
      await process.stderr.write(`dig: couldn't get address for '${shown}': not found\n`)
      return 10
    }
    const why = error.kind === 'refused' ? 'connection refused' : 'timed out'
    await say(`${`;; communications error to ${shown}#${wanted.port}: ${why}\n`.repeat(3)}\n`)
    await say(`; <<>> DiG 9.20.10 <<>> ${args.join(' ')}\n;; global options: +cmd\n;; no servers could be reached\n`)
    return 9
  }
  if (!last) return 10
  if (wanted.isShort) await say(last.answer.answers.map(({ data }) => `${data}\n`).join(''))
  else await say(digReport(process, { ...last, server: shown, sections: wanted.sections }))
  return 0
})

/** `host NAME [SERVER]` */
export const host = applet('[-t TYPE] [-W SEC] NAME [SERVER]', async (process, { values, operands }) => {
  const [name = '', given] = operands
  const conf = readResolvConf(process.machine.fs)
  const timeoutSeconds = wholeNumber(values.get('W') ?? '5')
  const server = { address: given ?? conf.servers[0] ?? '127.0.0.1', port: 53, timeoutSeconds, attempts: 2 }
  const wanted = values.get('t')
  if (wanted !== undefined && !typeOf(wanted)) throw new WordError(`invalid type: ${wanted}`)
  const type = typeOf(wanted ?? '') ?? (isAddress(name) ? 'PTR' : 'A')
  const names = isAddress(name) ? [reverseName(name)] : candidates(name, conf).map(fullName)
  try {
    for (const each of names) {
      const { answers } = await ask(process, server, { name: each, type })
      if (answers.length === 0) continue
      for (const record of answers) await process.stdout.write(`${bare(record.name)} ${hostVerb(record.type)} ${record.data}\n`)
      return 0
    }
    await process.stdout.write(`Host ${name} not found: 3(NXDOMAIN)\n`)
    return 1
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    await process.stdout.write(';; connection timed out; no servers could be reached\n')
    return 1
  }
})

const VERBS: Partial<Record<RecordType, string>> = {
  A: 'has address',
  CNAME: 'is an alias for',
  PTR: 'domain name pointer',
  SRV: 'has SRV record',
  TXT: 'descriptive text',
  NS: 'name server',
}
const hostVerb = (type: RecordType): string => VERBS[type] ?? `has ${type} record`
