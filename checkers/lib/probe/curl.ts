/** One HTTP request from inside the cluster. That nobody answers is an answer too: it is shown as what was found. */
import type { Message } from '@wheelhouse/protocol'
import { answer } from '../expect/answer.js'
import type { Reader } from '../read/reader.js'
import { useProbe } from '../run/permissions.js'
import { message } from '../words.js'
import { quoted, type Ran } from './exec.js'
import { type PodTarget, podTarget, runIn } from './pod-target.js'
import { judgeServiceBehind } from './service-behind.js'

export interface CurlOptions {
  container?: string
  /** Seconds for the whole request. Absent: 3. */
  timeoutSeconds?: number
  /** `{ Host: 'shop.example' }` */
  headers?: Record<string, string>
}

export interface HttpAnswer {
  /** 0 where nobody answered. */
  status: number
  /** Without the last line break. */
  body: string
}

interface Request extends CurlOptions {
  url: string
}

/**
 * curl where the Pod has it, else a wget (busybox has one). The status comes last, on a line of its own: curl writes it so, and
 * wget's is taken from the headers that `-S` prints to stderr.
 */
const SCRIPT = `url=$1; seconds=$2; shift 2
if command -v curl >/dev/null 2>&1; then
  for header in "$@"; do set -- "$@" -H "$header"; shift; done
  exec curl -sS -m "$seconds" -w '\\n%{http_code}' "$@" "$url"
fi
for header in "$@"; do set -- "$@" --header "$header"; shift; done
exec wget -q -S -O - -T "$seconds" "$@" "$url"`

export async function curlFrom(reader: Reader, pod: string, request: Request): Promise<HttpAnswer> {
  useProbe()
  const target = await podTarget(reader, pod, request.container)
  const got = httpAnswer(await send(reader, target, request), target, request)
  if (got.status === 0) {
    const answers = async (url: string) => httpAnswer(await send(reader, target, { ...request, url }), target, request).status > 0
    await judgeServiceBehind(reader, { url: request.url, namespace: target.namespace, answers })
  }
  return got
}

function send(reader: Reader, target: PodTarget, { url, timeoutSeconds: seconds = 3, headers = {} }: Request): Promise<Ran> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const argv = ['sh', '-c', SCRIPT, 'sh', url, String(seconds), ...lines] as const
  return runIn(reader, target, { argv, timeoutMs: (seconds + 5) * 1000 })
}

function httpAnswer(ran: Ran, target: PodTarget, request: Request): HttpAnswer {
  const { status, body } = ran.exitCode === 0 || hasCurlStatus(ran) ? parse(ran) : { status: wgetStatus(ran.stderr), body: '' }
  const values = { url: request.url, where: `${target.namespace}/${target.name}` }
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)} `)
  // Not without a limit: where packets are dropped, curl itself would wait for two minutes.
  const curl = (flags: string) =>
    `kubectl -n ${target.namespace} exec ${target.name} -- curl -sS -m 5 ${flags}${headers.join('')}${quoted(request.url)}`
  return answer(
    { status, body },
    {
      primary: 'body',
      subjects: { body: message('subject.http-body', values), status: message('subject.http-status', values) },
      seeWith: curl(''),
      seeFieldWith: { status: curl("-o /dev/null -w '%{http_code}\\n' ") },
      trouble: status === 0 ? noAnswer(ran, request) : undefined,
    },
  )
}

const CURL_STATUS = /\n(\d{3})$/
const hasCurlStatus = (ran: Ran) => CURL_STATUS.test(ran.stdout)

function parse(ran: Ran): HttpAnswer {
  const curl = CURL_STATUS.exec(ran.stdout)
  if (curl) return { status: Number(curl[1]), body: ran.stdout.slice(0, curl.index).replace(/\n$/, '') }
  return { status: wgetStatus(ran.stderr) || 200, body: ran.stdout.replace(/\n$/, '') }
}

/** The last status line, since a redirect prints several; `server returned error: HTTP/1.1 503 ...` counts too. */
const wgetStatus = (stderr: string) => Number([...stderr.matchAll(/HTTP\/[\d.]+ (\d{3})/g)].at(-1)?.[1] ?? 0)

function noAnswer(ran: Ran, request: Request): Message {
  if (ran.timedOut) return message('found.timed-out', { seconds: (request.timeoutSeconds ?? 3) + 5 })
  const why = ran.stderr.trim().split('\n').at(-1) ?? ''
  // Without the time that it took: a finding that differs from one look to the next never settles.
  const words = why.replace(/^(curl: \(\d+\)|wget:) /, '').replace(/ after \d+ m?s\b/, '')
  return message('found.no-answer', { why: words || `exit code ${ran.exitCode}` })
}
