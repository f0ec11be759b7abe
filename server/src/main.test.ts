import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { message } from '@wheelhouse/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { sampleCatalogue } from './attempts/testing/sample-content.js'
import { ScriptedGrader } from './attempts/testing/scripted-grader.js'
import { readServerNote } from './config/data-directory.js'
import { readConfig } from './config/read.js'
import { FakeEngine, type FakeEngineOptions } from './engines/testing/fake-engine.js'
import { type RunningServer, startServer } from './main.js'
import { temporaryFolder } from './testing/temporary-folder.js'

async function start(
  dataDirectory: string,
  flags: Record<string, string> = {},
  engine: FakeEngineOptions = {},
): Promise<RunningServer> {
  const server = await startServer({
    config: readConfig({ dataDirectory, flags: { 'http.port': '0', ...flags } }),
    dataDirectory,
    makeEngine: async () => new FakeEngine(join(dataDirectory, 'fake'), engine),
    makeGrader: async () => new ScriptedGrader(),
    loadCatalogue: async () => sampleCatalogue(),
  })
  onTestFinished(() => server.close())
  return server
}

test('the printed address signs in, over a real socket', async () => {
  const server = await start(temporaryFolder())
  const response = await fetch(server.signInUrl, { redirect: 'manual' })
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const session = await fetch(`${server.url}/api/session`, { headers: { cookie } })
  expect(await session.json()).toMatchObject({
    learner: { name: 'owner', role: 'owner' },
    engine: { name: 'fake', available: true },
  })
})

test('a port that is taken is said to be, with another one to try, and nothing stays locked', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  const data = temporaryFolder()
  const refused = start(data, { 'http.port': String(port) })
  await expect(refused).rejects.toMatchObject({ code: 'PORT_TAKEN', values: { host: '127.0.0.1', port, other: port + 1 } })
  await start(data)
})

test('a second server on the directory is told who is there; when that one has gone, it may come', async () => {
  const data = temporaryFolder()
  const first = await start(data)
  expect(readServerNote(data)).toMatchObject({ url: first.url, pid: process.pid })
  await expect(start(data)).rejects.toMatchObject({
    code: 'DATA_DIRECTORY_IN_USE',
    values: { who: `${first.url}, process ${process.pid}` },
  })
  await first.close()
  expect(readServerNote(data)).toBeUndefined()
  await start(data)
})

test('where no engine answers, the pages open and say what to do', async () => {
  const remedy = message('doctor.engine.title')
  const server = await start(temporaryFolder(), {}, { status: () => ({ available: false, why: 'no docker', remedy }) })
  const cookie = (await fetch(server.signInUrl, { redirect: 'manual' })).headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const session = await fetch(`${server.url}/api/session`, { headers: { cookie } })
  expect(await session.json()).toMatchObject({ engine: { available: false, remedy } })
  expect((await fetch(`${server.url}/api/catalogue`, { headers: { cookie } })).status).toBe(200)
})
