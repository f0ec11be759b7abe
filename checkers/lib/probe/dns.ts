/** What a name resolves to, asked from a Pod by nslookup (busybox's, bind's and musl's print alike where it matters). */
import type { Message } from '@wheelhouse/protocol'
import { answer } from '../expect/answer.js'
import type { Reader } from '../read/reader.js'
import { useProbe } from '../run/permissions.js'
import { message } from '../words.js'
import type { Ran } from './exec.js'
import { podTarget, runIn } from './pod-target.js'

export interface DnsAnswer {
  /** IPv4 and IPv6 addresses, sorted; empty where the name does not resolve. */
  addresses: string[]
}

export async function resolveFrom(reader: Reader, pod: string, name: string): Promise<DnsAnswer> {
  useProbe()
  const target = await podTarget(reader, pod)
  const ran = await runIn(reader, target, { argv: ['nslookup', name], timeoutMs: 12_000 })
  const addresses = parseAddresses(ran.stdout)
  return answer(
    { addresses },
    {
      primary: 'addresses',
      subjects: { addresses: message('subject.dns', { name, where: pod }) },
      seeWith: `kubectl -n ${target.namespace} exec ${target.name} -- nslookup ${name}`,
      trouble: addresses.length === 0 ? trouble(ran) : undefined,
    },
  )
}

/** The lines after the first empty one are the answer; those before it name the server. */
export function parseAddresses(output: string): string[] {
  const [, ...answers] = output.split(/\r?\n\s*\r?\n/)
  const found = answers.join('\n').matchAll(/^Address(?: \d+)?:\s*([0-9a-fA-F.:]+)/gm)
  return [...new Set([...found].map((match) => match[1] ?? ''))].sort()
}

function trouble(ran: Ran): Message {
  if (ran.timedOut) return message('found.timed-out', { seconds: 12 })
  const lines = `${ran.stdout}\n${ran.stderr}`.split('\n').map((line) => line.trim())
  const why = lines.filter((line) => /can't|NXDOMAIN|timed out|no servers|not found/i.test(line)).at(-1)
  return message('found.no-answer', { why: why ?? `exit code ${ran.exitCode}` })
}
