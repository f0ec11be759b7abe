/** What the programs of servers share. */
import type { HttpResponse } from '../containers/network.js'
import { exitCodeOf, type Process } from '../containers/process.js'
import { encode } from '../containers/stream.js'

/** Resolves when the program is told to end. */
export const ended = ({ signal }: Process): Promise<void> =>
  signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

/** Serves until it is told to end; a polite end is a good one. @returns the exit code */
export async function serveUntilEnded(process: Process, ports: number[]): Promise<number> {
  process.machine.main.handlesTerm = true
  await ended(process)
  for (const port of ports) process.machine.network.unlisten(port)
  return process.signal.reason === 'SIGTERM' ? 0 : exitCodeOf(process.signal)
}

export const text = (status: number, body: string, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': String(encode(body).length), ...headers },
  body: encode(body),
})

const MIME: Record<string, string> = {
  html: 'text/html',
  txt: 'text/plain',
  json: 'application/json',
  css: 'text/css',
  js: 'text/javascript',
  png: 'image/png',
}
export const mimeOf = (path: string, otherwise = 'application/octet-stream'): string =>
  MIME[path.split('.').at(-1) ?? ''] ?? otherwise

/** `27/Nov/2026:16:10:32 +0000`, as logs of web servers have it. */
export function logTime(ms: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(ms).toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}
