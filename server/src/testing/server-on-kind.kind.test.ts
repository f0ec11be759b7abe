/** The whole server over real clusters: killed while it builds, adopting, idle, cut from power, with a pool. One data directory for all. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AttemptView, EnvironmentId } from '@wheelhouse/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleCatalogue, sampleLab, sampleTask } from '../attempts/testing/sample-content.js'
import { ManualClock } from '../clock.js'
import { cleanInstallation } from '../engines/kind/clean.js'
import { KindEngine } from '../engines/kind/kind-engine.js'
import { ofEnvironment, ofInstallation } from '../engines/kind/labels.js'
import { kindPartsFor } from '../engines/kind/testing-installation.js'
import { buildPrograms, Life } from './life.js'
import { buildTestServer, type TestServer, type TestServerOptions } from './test-server.js'

const MINUTES = 60_000
const LABS = [sampleLab('alpha', [sampleTask('greet')]), sampleLab('gamma', [sampleTask('look')])]
let data: string
let id: EnvironmentId

const installation = () => readFileSync(join(data, 'installation-id'), 'utf8').trim()
const engineOf = async () => new KindEngine(...(await kindPartsFor(installation(), data)))

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'wheelhouse-kind-server-'))
  await buildPrograms()
  // Images are no part of what is tested here.
  const engine = new KindEngine(...(await kindPartsFor('images', data)))
  await engine.machineImage.ensure('v1.36')
}, 10 * MINUTES)

afterAll(async () => {
  const engine = await engineOf()
  await cleanInstallation(engine.cli, engine.settings, { images: false })
  await engine.close()
  await rm(data, { recursive: true, force: true })
}, 2 * MINUTES)

test('killed again and again while it builds, it comes back and finishes the same environment', {
  timeout: 10 * MINUTES,
}, async () => {
  let life = await Life.begin(data, 'kind')
  const attempt = await life.ask<AttemptView>('POST', '/api/attempts', { lab: 'alpha' })
  for (const step of ['network', 'machines', 'control-plane', 'workstation']) {
    await life.says(new RegExp(`^at ${step}$`))
    await life.kill()
    life = await Life.begin(data, 'kind')
  }
  const isSetUp = ({ environment, tasks }: AttemptView) =>
    environment?.state.phase === 'ready' && tasks.every(({ setup }) => setup === 'done')
  const after = await life.until<AttemptView>(`/api/attempts/${attempt.id}`, isSetUp, 5 * MINUTES)
  expect(after.environment?.id).toBe(attempt.environment?.id)
  id = after.environment?.id as EnvironmentId
  const engine = await engineOf()
  const machines = await engine.cli.containers(ofInstallation(installation()))
  expect(machines.map(({ name }) => name).sort()).toEqual([`wh-${id}-base`, `wh-${id}-control-plane`])
  await (await engine.open(id)).putFile('base', 'candidate', '/home/candidate/work', 'mine')
  await life.kill()
  expect(await engine.inspect(id)).toBe('running')
  await engine.close()
})

describe('a server that starts over what another left', () => {
  /** The installation's own learner, as a page that is signed in, and a clock that begins now. */
  async function serve(options: TestServerOptions = {}): Promise<TestServer> {
    const engine = await engineOf()
    const clock = new ManualClock(Date.now())
    const server = await buildTestServer({
      dataDirectory: data,
      clock,
      catalogue: sampleCatalogue(LABS),
      makeEngine: () => engine,
      ...options,
    })
    await server.resume()
    await server.settled()
    return server
  }

  const pass = async (server: TestServer, ms: number) => {
    server.clock.advance(ms)
    await server.parts.watch.now()
    await server.settled()
  }

  const stateOf = async (server: TestServer) => (await (await server.as('owner')).get(`/api/environments/${id}`)).json().state
  const workOf = async (server: TestServer) =>
    (await (await server.parts.environments.open(id)).getFile('base', '/home/candidate/work')).toString()

  test('stops it when it is idle, keeps the disks, and starts it when the lab is opened', { timeout: 5 * MINUTES }, async () => {
    const server = await serve()
    const owner = await server.as('owner')
    expect(await stateOf(server)).toMatchObject({ phase: 'ready' })
    await pass(server, 55 * MINUTES)
    await pass(server, 6 * MINUTES)
    expect(await stateOf(server)).toEqual({ phase: 'stopped', reason: 'idle' })
    expect(await server.parts.engine.inspect(id)).toBe('stopped')
    const { environment }: AttemptView = (await owner.post('/api/attempts', { lab: 'alpha' })).json()
    expect(environment?.id).toBe(id)
    await server.settled()
    expect(await stateOf(server)).toMatchObject({ phase: 'ready' })
    expect(await workOf(server)).toBe('mine')
  })

  test('starts what a power cut stopped, with its work', { timeout: 5 * MINUTES }, async () => {
    const server = await serve()
    const { cli } = server.parts.engine as KindEngine
    const machines = await cli.containers(ofEnvironment(installation(), id))
    await cli.run(['kill', ...machines.map(({ name }) => name)])
    await pass(server, 0)
    expect(await stateOf(server)).toMatchObject({ phase: 'ready' })
    expect(await workOf(server)).toBe('mine')
  })

  test('hands a waiting environment over at once, all of it', { timeout: 8 * MINUTES }, async () => {
    const server = await serve({ settings: { 'environments.poolSize': '1', 'environments.mostRunning': '4' } })
    await pass(server, 0)
    const [waiting] = (await server.parts.store.environments.living()).filter(({ learner }) => learner === null)
    expect(waiting?.state.phase).toBe('ready')
    const attempt: AttemptView = (await (await server.as('owner')).post('/api/attempts', { lab: 'gamma' })).json()
    expect(attempt.environment).toMatchObject({ id: waiting?.id, lab: 'gamma', state: { phase: 'ready' } })
    await server.settled()
    const environment = await server.parts.environments.open(attempt.environment?.id as EnvironmentId)
    const argv = ['kubectl', 'get', 'nodes', '-o', 'name'] as const
    const said = await environment.run({ machine: 'base', user: 'candidate', argv, timeoutMs: MINUTES })
    expect(said.stdout).toBe('node/controlplane\n')
  })
})
