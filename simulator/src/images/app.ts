/** wheelhouse/app, the demo application of the labs. Behaves as docs/demo-application.md says; its files are in server/images/app. */
import { FileError } from '../containers/file-system.js'
import type { HttpRequest, HttpResponse } from '../containers/network.js'
import { exitCodeOf, type Process, type Program } from '../containers/process.js'
import { encode } from '../containers/stream.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { sleep, timestamp } from '../time/clock.js'
import type { Image } from './image.js'

const NOBODY = { uid: 65534, gid: 65534, name: 'nobody' }
const DEFAULT_PORT = 8080

const plain = (status: number, body: string): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': String(body.length), Connection: 'close' },
  body,
})

const serve: Program = async (process) => {
  const { machine, env } = process
  const version = machine.fs.read('/app/version').trim()
  const log = (text: string) => process.stderr.write(encode(`${timestamp(machine.clock.now())} ${text}\n`))
  const port = Number(env.get('PORT') ?? DEFAULT_PORT)
  await log(`wheelhouse/app ${version} starting on port ${port}`)
  if (machine.fs.exists('/app/broken')) {
    await sleep(machine.clock, 1000, process.signal)
    await log('FATAL route table is empty, refusing to serve')
    return 1
  }
  machine.main.handlesTerm = true
  const answers = answerer(process, version)
  const isFree = machine.network.listen(port, async (request, from) => {
    const response = answers(request)
    await log(`${request.method} ${request.path} ${response.status} from ${from}`)
    return request.method === 'HEAD' ? { ...response, body: '' } : response
  })
  if (!isFree) {
    await log(`FATAL could not serve on port ${port}`)
    return 1
  }
  if (!process.signal.aborted)
    await new Promise<void>((resolve) => process.signal.addEventListener('abort', () => resolve(), { once: true }))
  machine.network.unlisten(port)
  if (process.signal.reason !== 'SIGTERM') return exitCodeOf(process.signal)
  await log('asked to stop, goodbye')
  return 0
}

function answerer(process: Process, version: string): (request: HttpRequest) => HttpResponse {
  const { machine, env } = process
  const missing = (target: string) => plain(404, `nothing at ${target}\n`)
  const switchFile = (name: string) => `${env.get('APP_STATE') ?? '/tmp'}/off-${name}`
  const health = (name: string) =>
    machine.fs.exists(switchFile(name)) ? plain(503, `${name} is switched off\n`) : plain(200, 'ok\n')
  return ({ path: target }) => {
    const [path = '/', query] = target.split('?')
    if (path === '/') return plain(200, encode(`[${version}] ${env.get('GREETING') ?? 'Hello'} from ${machine.hostname}\n`))
    if (path === '/version') return plain(200, `${version}\n`)
    if (path === '/hostname') return plain(200, `${machine.hostname}\n`)
    if (path === '/env') return environment(env, query)
    if (path === '/files' || path.startsWith('/files/')) return files(process, path, missing)
    if (/^\/(healthz|livez|readyz)$/.test(path)) return health(path.slice(1))
    const flip = /^\/switch\/(healthz|livez|readyz)\/(on|off)$/.exec(path)
    return flip ? turn(process, switchFile(flip[1] ?? ''), flip) : missing(path)
  }
}

function environment(env: Map<string, string>, name: string | undefined): HttpResponse {
  if (name === undefined)
    return plain(
      200,
      encode(
        [...env]
          .map(([key, value]) => `${key}=${value}\n`)
          .sort()
          .join(''),
      ),
    )
  const value = env.get(name)
  return value === undefined ? plain(404, `no variable ${name}\n`) : plain(200, encode(`${value}\n`))
}

function files(process: Process, path: string, missing: (target: string) => HttpResponse): HttpResponse {
  const { fs } = process.machine
  const relative = path.slice('/files'.length).replace(/^\//, '')
  if (relative.split('/').includes('..')) return missing(path)
  const full = `${process.env.get('FILES_DIR') ?? '/files'}/${relative}`
  if (fs.isDirectory(full))
    return plain(
      200,
      fs
        .list(full)
        .filter((name) => !name.startsWith('.'))
        .map((name) => `${name}\n`)
        .join(''),
    )
  return fs.exists(full) ? plain(200, fs.read(full)) : missing(`/files/${relative}`)
}

function turn(process: Process, path: string, [, name = '', way = '']: RegExpExecArray): HttpResponse {
  const { fs } = process.machine
  try {
    if (way === 'off') fs.write(path, '')
    else if (fs.exists(path)) fs.remove(path)
    return plain(200, `${name} ${way}\n`)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return plain(500, `cannot keep the switch in ${path.slice(0, path.lastIndexOf('/'))}\n`)
  }
}

const image = (tag: string, version: string, broken: boolean): Image => ({
  repository: 'docker.io/wheelhouse/app',
  tags: new RegExp(`^${tag}$`),
  command: ['/app/serve'],
  programs: { ...busyboxPrograms, '/app/serve': serve },
  user: NOBODY,
  files: {
    '/app/version': `${version}\n`,
    '/app/serve': '#!/bin/sh\n',
    '/files/.keep': '',
    ...(broken ? { '/app/broken': '' } : {}),
  },
  sizeBytes: 2_270_000,
})

export const appImages: Image[] = [image('1', 'v1', false), image('2', 'v2', false), image('2-broken', 'v2', true)]
