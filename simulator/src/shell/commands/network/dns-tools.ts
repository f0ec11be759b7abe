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
import { command, readOptions } from '../command.js'

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

/** BusyBox' own: it asks every name of the search list at once and shows what each brought. @see networking/nslookup.c */
export const nslookup = command(async (process, args) => {
  const operands = args.filter((arg) => !arg.startsWith('-'))
  const wanted = args.flatMap((arg) => typeOf(/^-(?:type|querytype|q)=(\w+)$/.exec(arg)?.[1] ?? '') ?? [])
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
    await say(`Server:\t\t${server.address}\nAddress:\t${server.address}:${server.port}\n\n`)
    await say(report(asked))
    return asked.some(({ answer }) => answer?.code !== 'NOERROR') ? 1 : 0
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    if (error.kind === 'refused') await process.stderr.write(refusalOf(server.address, questions.length))
    await say(';; connection timed out; no servers could be reached\n\n')
    return 1
  }
})

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
}

function readDig(args: string[]): Digging {
  const dig: Digging = {
    name: '.',
    type: 'A',
    server: undefined,
    port: 53,
    isShort: false,
    search: false,
    sections: new Set(['all']),
  }
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (arg.startsWith('@')) dig.server = arg.slice(1)
    else if (arg === '+short') dig.isShort = true
    else if (arg === '+search') dig.search = true
    else if (arg === '+noall') dig.sections = new Set()
    else if (arg.startsWith('+')) dig.sections.add(arg.slice(1))
    else if (arg === '-x') Object.assign(dig, { name: reverseName(args[++index] ?? ''), type: 'PTR' })
    else if (arg === '-t') dig.type = typeOf(args[++index] ?? '') ?? 'A'
    else if (arg === '-p') dig.port = Number(args[++index] ?? 53)
    else if (arg.toUpperCase() !== 'IN') {
      const type = typeOf(arg)
      if (type) dig.type = type
      else dig.name = arg
    }
  }
  return dig
}

const padTab = (text: string, width: number): string => `${text}${'\t'.repeat(Math.max(1, Math.ceil((width - text.length) / 8)))}`
const digRecord = ({ name, type, ttl, data }: DnsRecord): string => `${padTab(name, 24)}${ttl}\tIN\t${type}\t${data}\n`

function digReport(
  process: Process,
  { question, answer, server }: { question: Question; answer: Response; server: string },
): string {
  const { random } = process.machine
  const section = (title: string, records: DnsRecord[]) =>
    records.length > 0 ? `;; ${title} SECTION:\n${records.map(digRecord).join('')}\n` : ''
  const flags = answer.authoritative ? 'qr aa rd' : 'qr rd ra'
  const { answers, authority, additional } = answer
  return (
    `\n; <<>> DiG 9.20.10 <<>> ${process.argv.slice(1).join(' ')}\n;; global options: +cmd\n;; Got answer:\n` +
    `;; ->>HEADER<<- opcode: QUERY, status: ${answer.code}, id: ${random.below(65536)}\n` +
    `;; flags: ${flags}; QUERY: 1, ANSWER: ${answers.length}, AUTHORITY: ${authority.length}, ADDITIONAL: ${additional.length + 1}\n\n` +
    `;; QUESTION SECTION:\n${padTab(`;${question.name}`, 24)}\tIN\t${question.type}\n\n` +
    `${section('ANSWER', answers)}${section('AUTHORITY', authority)}${section('ADDITIONAL', additional)}` +
    `;; Query time: 0 msec\n;; SERVER: ${server}#53(${server}) (UDP)\n`
  )
}

export const dig = command(async (process, args) => {
  const wanted = readDig(args)
  const conf = readResolvConf(process.machine.fs)
  const say = (text: string) => process.stdout.write(encode(text))
  const shown = wanted.server ?? conf.servers[0] ?? '127.0.0.1'
  let last: { question: Question; answer: Response } | undefined
  try {
    const address = isAddress(shown) ? shown : await addressOf(process.machine, shown, process.signal)
    const server: Server = { address, port: wanted.port, timeoutSeconds: 5, attempts: 3 }
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
  else if (wanted.sections.has('all')) await say(digReport(process, { ...last, server: shown }))
  else if (wanted.sections.has('answer')) await say(last.answer.answers.map(digRecord).join(''))
  return 0
})

/** `host NAME [SERVER]` */
export const host = command(async (process, args) => {
  const { values, operands } = readOptions(args, ['t', 'W'])
  const [name = '', given] = operands
  const conf = readResolvConf(process.machine.fs)
  const server = { address: given ?? conf.servers[0] ?? '127.0.0.1', port: 53, timeoutSeconds: 5, attempts: 2 }
  const type = typeOf(values.get('t') ?? '') ?? (isAddress(name) ? 'PTR' : 'A')
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
