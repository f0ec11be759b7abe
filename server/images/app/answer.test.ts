import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = join(dirname(fileURLToPath(import.meta.url)), 'answer')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wheelhouse-app-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Sends one request to the script as tcpsvd does: on its standard input. The shell that starts it plays the container's process 1. */
function ask(request: string, env: Record<string, string> = {}) {
  const { stdout, stderr } = spawnSync('sh', ['-c', `export APP_PID=$$; sh ${script}`], {
    input: request.replaceAll('\n', '\r\n'),
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH ?? '',
      APP_VERSION: 'v1',
      APP_STATE: folder,
      FILES_DIR: folder,
      TCPREMOTEADDR: '10.0.0.9:4711',
      ...env,
    },
  })
  const [head = '', ...body] = stdout.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head, body: body.join('\r\n\r\n'), log: stderr }
}
const get = (path: string, env: Record<string, string> = {}) => ask(`GET ${path} HTTP/1.1\nHost: x\n\n`, env)

describe.runIf(process.platform === 'linux')('the demo application answers', () => {
  it('with its version, its greeting and its host name', () => {
    expect(get('/').body).toBe(`[v1] Hello from ${hostname()}\n`)
    expect(get('/', { GREETING: 'Welcome aboard' }).body).toBe(`[v1] Welcome aboard from ${hostname()}\n`)
    expect(get('/version').body).toBe('v1\n')
    expect(get('/hostname').body).toBe(`${hostname()}\n`)
  })

  it('with the environment, sorted, and with one variable of it', () => {
    const lines = get('/env', { B: 'two', A: 'one' }).body.split('\n')
    expect(lines.indexOf('A=one')).toBeLessThan(lines.indexOf('B=two'))
    expect(lines.indexOf('A=one')).toBeGreaterThanOrEqual(0)
    expect(get('/env?B', { B: 'two = 2' }).body).toBe('two = 2\n')
    expect(get('/env?TEXT', { TEXT: 'one\ntwo' }).body).toBe('one\ntwo\n')
    expect(get('/env?MISSING').status).toBe(404)
    expect(get('/env?.*').status).toBe(404)
  })

  it('with the files of its folder, byte for byte, and with none outside it', () => {
    writeFileSync(join(folder, 'a.txt'), 'one\ntwo\n\n')
    expect(get('/files/a.txt').body).toBe('one\ntwo\n\n')
    expect(get('/files/').body).toBe('a.txt\n')
    expect(get('/files/b.txt').status).toBe(404)
    expect(get('/files/../../etc/passwd').status).toBe(404)
  })

  it('503 on a health path that was switched off, until it is switched on again', () => {
    expect(get('/readyz').status).toBe(200)
    expect(ask('POST /switch/readyz/off HTTP/1.1\nContent-Length: 3\n\nabc').status).toBe(200)
    expect(get('/readyz').status).toBe(503)
    expect(get('/healthz').status).toBe(200)
    get('/switch/readyz/on')
    expect(get('/readyz').status).toBe(200)
    expect(get('/switch/everything/off').status).toBe(404)
  })

  it('404 elsewhere, no body to HEAD, nothing to a bare connection', () => {
    expect(get('/elsewhere').status).toBe(404)
    expect(ask('HEAD /version HTTP/1.1\n\n')).toMatchObject({ status: 200, body: '' })
    expect(ask('')).toMatchObject({ head: '', log: '' })
  })

  it('and logs a line a request', () => {
    expect(get('/version?x').log).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ GET \/version\?x 200 from 10\.0\.0\.9\n$/)
  })
})
