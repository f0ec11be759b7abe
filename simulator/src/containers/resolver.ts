/** How programs find the address of a name: /etc/hosts, then the name servers of /etc/resolv.conf with its search list. */
import { pack, type Question, type Response, unpackResponse } from '../network/dns/message.js'
import { sleep } from '../time/clock.js'
import type { FileSystem } from './file-system.js'
import { ConnectError, isAddress } from './network.js'
import type { Machine } from './process.js'

export interface ResolvConf {
  servers: string[]
  search: string[]
  ndots: number
  timeoutSeconds: number
  attempts: number
}

const textOf = (fs: FileSystem, path: string): string => (fs.stat(path)?.type === 'file' ? fs.read(path) : '')

/** @see resolv.conf(5) */
export function readResolvConf(fs: FileSystem): ResolvConf {
  const conf: ResolvConf = { servers: [], search: [], ndots: 1, timeoutSeconds: 5, attempts: 2 }
  for (const line of textOf(fs, '/etc/resolv.conf').split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/)
    if (word === 'nameserver' && rest[0]) conf.servers.push(rest[0])
    if (word === 'search' || word === 'domain') conf.search = rest.filter((each) => each !== '.')
    if (word !== 'options') continue
    for (const option of rest) {
      const [name, value] = option.split(':')
      if (name === 'ndots') conf.ndots = Number(value ?? 1)
      if (name === 'timeout') conf.timeoutSeconds = Number(value ?? 5)
      if (name === 'attempts') conf.attempts = Number(value ?? 2)
    }
  }
  return conf
}

/** The addresses that /etc/hosts has for a name. */
export function fromHostsFile(fs: FileSystem, name: string): string[] {
  return textOf(fs, '/etc/hosts')
    .split('\n')
    .flatMap((line) => {
      const [address = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/)
      return isAddress(address) && names.some((each) => each.toLowerCase() === name.toLowerCase()) ? [address] : []
    })
}

/** Every full name that is tried, in order. @see resolv.conf(5), ndots */
export function candidates(name: string, { search, ndots }: ResolvConf): string[] {
  if (name.endsWith('.')) return [name]
  const searched = search.map((suffix) => `${name}.${suffix}`)
  return name.split('.').length - 1 >= ndots ? [name, ...searched] : [...searched, name]
}

/**
 * Asks one name server.
 * @throws ConnectError `refused` where its port is closed, `timeout` where no answer comes in time
 */
export async function askServer(
  { network, clock }: Machine,
  server: { address: string; port?: number; timeoutSeconds: number; signal: AbortSignal },
  question: Question,
): Promise<Response> {
  const ended = new AbortController()
  const stop = () => ended.abort()
  server.signal.addEventListener('abort', stop, { once: true })
  const cancel = clock.after(server.timeoutSeconds * 1000, stop)
  try {
    const data = await network.datagram({ address: server.address, port: server.port ?? 53 }, pack(question), ended.signal)
    const answer = unpackResponse(data)
    if (!answer) throw new ConnectError('unanswered', server.address)
    return answer
  } finally {
    cancel()
    server.signal.removeEventListener('abort', stop)
  }
}

export type HostAnswer =
  | { type: 'addresses'; addresses: string[] }
  /** Every server that answered says that there is no such name. */
  | { type: 'missing' }
  /** No server answered, or one has failed. */
  | { type: 'unanswered' }

async function askAll(
  machine: Machine,
  conf: ResolvConf,
  { name, signal }: { name: string; signal: AbortSignal },
): Promise<Response | undefined> {
  for (let attempt = 0; attempt < conf.attempts; attempt++) {
    for (const address of conf.servers) {
      const startedMs = machine.clock.now()
      try {
        return await askServer(machine, { address, timeoutSeconds: conf.timeoutSeconds, signal }, { name, type: 'A' })
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error
        if (signal.aborted) return undefined
        // A closed port is heard of at once; the C library still waits out its turn, as it does for silence.
        const leftMs = startedMs + conf.timeoutSeconds * 1000 - machine.clock.now()
        if (error.kind === 'refused' && leftMs > 0) await sleep(machine.clock, leftMs, signal)
      }
    }
  }
  return undefined
}

/** As getaddrinfo of a C library finds it. */
export async function lookUpHost(machine: Machine, name: string, signal: AbortSignal): Promise<HostAnswer> {
  if (isAddress(name)) return { type: 'addresses', addresses: [name] }
  const listed = fromHostsFile(machine.fs, name)
  if (listed.length > 0) return { type: 'addresses', addresses: listed }
  if (name === 'localhost') return { type: 'addresses', addresses: ['127.0.0.1'] }
  const conf = readResolvConf(machine.fs)
  for (const candidate of candidates(name, conf)) {
    const answer = await askAll(machine, conf, { name: candidate, signal })
    if (!answer || answer.code === 'SERVFAIL') return { type: 'unanswered' }
    const addresses = answer.answers.filter(({ type }) => type === 'A').map(({ data }) => data)
    if (addresses.length > 0) return { type: 'addresses', addresses }
  }
  return { type: 'missing' }
}

/** The first address of a name. @throws ConnectError `unresolved` */
export async function addressOf(machine: Machine, name: string, signal: AbortSignal): Promise<string> {
  const answer = await lookUpHost(machine, name, signal)
  const [address] = answer.type === 'addresses' ? answer.addresses : []
  if (!address) throw new ConnectError('unresolved', name, answer.type)
  return address
}
