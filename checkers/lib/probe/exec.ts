/** Runs a command in a Pod over the API server's exec WebSocket and brings back what it printed. */

import { answer } from '../expect/answer.js'
import type { Reader } from '../read/reader.js'
import { useProbe } from '../run/permissions.js'
import { message } from '../words.js'
import { podTarget, runIn } from './pod-target.js'

export interface CommandAnswer {
  /** 126 and 127 as a shell says them; -1 where the command did not end in time. */
  exitCode: number
  /** Without the last line break. */
  stdout: string
  stderr: string
}

export interface ExecRequest {
  argv: readonly [string, ...string[]]
  container?: string
  /** Absent: 10 s. */
  timeoutSeconds?: number
}

export async function execIn(reader: Reader, pod: string, request: ExecRequest): Promise<CommandAnswer> {
  useProbe()
  const target = await podTarget(reader, pod, request.container)
  const seconds = request.timeoutSeconds ?? 10
  const ran = await runIn(reader, target, { argv: request.argv, timeoutMs: seconds * 1000 })
  const where = `${target.namespace}/${target.name}`
  const container = request.container ? ` -c ${request.container}` : ''
  return commandAnswer(ran, {
    command: request.argv.map(quoted).join(' '),
    where,
    seeWith: `kubectl -n ${target.namespace} exec ${target.name}${container} -- ${request.argv.map(quoted).join(' ')}`,
    seconds,
  })
}

export interface Ran {
  exitCode: number
  stdout: string
  stderr: string
  timedOut: boolean
}

/** The words for a command that ran somewhere. */
export function commandAnswer(
  ran: Ran,
  words: { command: string; where: string; seeWith: string; seconds: number },
): CommandAnswer {
  const values = { command: words.command, where: words.where }
  const fields = { exitCode: ran.exitCode, stdout: ran.stdout.replace(/\r?\n$/, ''), stderr: ran.stderr.trimEnd() }
  return answer(fields, {
    primary: 'stdout',
    subjects: { stdout: message('subject.command', values), exitCode: message('subject.exit', values) },
    seeWith: words.seeWith,
    trouble: ran.timedOut ? message('found.timed-out', { seconds: words.seconds }) : undefined,
  })
}

/** As one would type it in a shell. */
export const quoted = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
