/** The plugin `hosts`: names of a file and of the Corefile itself. Models plugin/hosts of CoreDNS 1.14. */
import { isAddress } from '../../containers/network.js'
import { argumentError, type Directive, type Property, parsingError } from './corefile.js'
import { fullName, type Question, type RecordType, type Response, response, reverseName } from './message.js'
import { type DnsServerParts, fallthroughZones, isInZones, type Plugin, zonesOf } from './plugin.js'

const DEFAULT_TTL_SECONDS = 3600
const LONGEST_TTL_SECONDS = 65_535
const OPTIONS = ['fallthrough', 'no_reverse', 'ttl', 'reload']

function ttlOf(block: Property[]): number {
  const found = block.find(({ name }) => name === 'ttl')
  if (!found) return DEFAULT_TTL_SECONDS
  const [text] = found.args
  if (text === undefined) throw parsingError(found.line, 'ttl needs a time in second', 'hosts')
  if (!/^-?\d+$/.test(text)) throw parsingError(found.line, 'ttl needs a number of second', 'hosts')
  if (Number(text) <= 0 || Number(text) > LONGEST_TTL_SECONDS) throw parsingError(found.line, 'ttl provided is invalid', 'hosts')
  return Number(text)
}

/** Rows of the Corefile stand before `fallthrough`; after it every word is a property. */
function inlineRows(block: Property[]): string[][] {
  const rows: string[][] = []
  let falls = false
  for (const { name, args, line } of block) {
    falls ||= name === 'fallthrough'
    if (name === 'reload' && args.length !== 1) throw argumentError(line, name, 'hosts')
    if (OPTIONS.includes(name)) continue
    if (falls) throw parsingError(line, `unknown property '${name}'`, 'hosts')
    rows.push([name, ...args])
  }
  return rows
}

const rowsOf = (text: string): string[][] => text.split('\n').map((line) => (line.split('#')[0] ?? '').trim().split(/\s+/))

/** @throws CorefileError */
export function hosts({ args, block }: Directive, parts: DnsServerParts, serverZones: string[]): Plugin {
  const [path = '/etc/hosts', ...zoneArgs] = args
  const zones = zonesOf(zoneArgs, serverZones)
  const [ttl, falls, inline] = [ttlOf(block), fallthroughZones(block), inlineRows(block)]
  const reverses = !block.some(({ name }) => name === 'no_reverse')
  const entries = () => [...inline, ...rowsOf(parts.readFile(path) ?? '')].filter(([address]) => isAddress(address ?? ''))
  const answer = ({ name, type }: Question, data: string[]): Response =>
    response('NOERROR', { authoritative: true, answers: data.map((each) => ({ name, type, ttl, data: each })) })
  const named = (rows: string[][], name: string) => rows.filter(([, ...names]) => names.some((each) => fullName(each) === name))
  const addressesOf = (rows: string[][], type: RecordType) => (type === 'A' ? rows.map(([address = '']) => address) : [])
  return async (question, next) => {
    if (question.type === 'PTR') {
      const rows = reverses ? entries().filter(([address = '']) => reverseName(address) === question.name) : []
      const names = rows.flatMap(([, ...each]) => each.map(fullName))
      return names.length > 0 ? answer(question, names) : next(question)
    }
    if (!isInZones(zones, question)) return next(question)
    const rows = named(entries(), question.name)
    if (rows.length > 0) return answer(question, addressesOf(rows, question.type))
    // Without a start of authority to show, the real one does not say that there is no such name either.
    return isInZones(falls, question) ? next(question) : response('SERVFAIL')
  }
}
