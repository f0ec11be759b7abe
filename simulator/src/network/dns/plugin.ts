/** What the plugins of a CoreDNS share: each answers a question, or asks the next. */
import type { Informers } from '../../controllers/runtime/informer.js'
import type { Random } from '../../time/random.js'
import type { Property } from './corefile.js'
import { fullName, isWithin, type Question, type Response } from './message.js'

export interface DnsServerParts {
  informers: Informers
  random: Random
  /** A file of the server's own, such as the one that `hosts` or `forward` names; undefined where there is none. */
  readFile(path: string): string | undefined
  /** Asks another name server; undefined where it does not answer. */
  ask(server: { address: string; port: number }, question: Question): Promise<Response | undefined>
  log(line: string): void
}

export type Next = (question: Question) => Promise<Response>
export type Plugin = (question: Question, next: Next) => Promise<Response>

export const pass: Plugin = (question, next) => next(question)

/** The zones that a directive names, else those of its server. */
export const zonesOf = (args: string[], serverZones: string[]): string[] => (args.length > 0 ? args.map(fullName) : serverZones)

export const isInZones = (zones: string[], { name }: Question): boolean => zones.some((zone) => isWithin(name, zone))

/** Zones of which unknown names go on to the next plugin; none without the property. */
export function fallthroughZones(block: Property[]): string[] {
  const found = block.find(({ name }) => name === 'fallthrough')
  return found ? zonesOf(found.args, ['.']) : []
}
