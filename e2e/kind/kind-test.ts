/**
 * What a journey on real clusters begins with: one server for all of them, with an installation of its own on the container engine.
 * All that it made goes with it, also after a failure, and also after a run that was killed, at the start of the next one. The images
 * of the machines stay, so that the next run need not build them.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { TestServer } from '../support/server.js'
import { expect, testOnOwnServer as journey } from '../support/test.js'

const INSTALLATION = 'journeys'
const dataDirectory = join(tmpdir(), 'wheelhouse-journeys-kind')
const repository = fileURLToPath(new URL('../..', import.meta.url))

const options = {
  engine: 'kind',
  content: repository,
  dataDirectory,
  settings: { WHEELHOUSE_ACCOUNTS_TRUST_LEARNERS: 'true', WHEELHOUSE_KIND_SUBNETS: '10.214.0.0/16' },
}

/** The first run builds the image of the machines. */
const PREPARING_MS = 900_000
/** A cluster takes half a minute on an idle computer; several at once on a busy one take many times as long. */
export const BUILDING_MS = 420_000

export const test = journey.extend<object, { kindServer: TestServer }>({
  kindServer: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are wanted
    async ({}, use) => {
      await expectContainerEngine()
      await expectAlone()
      await rm(dataDirectory, { recursive: true, force: true })
      await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
      await writeFile(join(dataDirectory, 'installation-id'), `${INSTALLATION}\n`, { mode: 0o600 })
      await TestServer.command(options, 'clean', '--yes')
      await TestServer.command(options, 'images', 'pull')
      const server = await TestServer.start(options)
      try {
        await use(server)
      } finally {
        await server.stop()
        await TestServer.command(options, 'clean', '--yes')
        await rm(dataDirectory, { recursive: true, force: true })
      }
    },
    { scope: 'worker', timeout: PREPARING_MS },
  ],
  server: async ({ kindServer }, use) => use(kindServer),
})

/** Deletes all environments of whoever is signed in on the page, and waits until they are gone. */
export async function deleteEnvironments(page: Page, server: TestServer): Promise<void> {
  const ids = async () => {
    const answer = await page.request.get(`${server.url}/api/environments`)
    const { environments } = (await answer.json()) as { environments: { id: string }[] }
    return environments.map(({ id }) => id)
  }
  for (const id of await ids())
    await page.request.delete(`${server.url}/api/environments/${id}`, { headers: { origin: server.url } })
  await expect.poll(ids).toEqual([])
}

async function expectContainerEngine(): Promise<void> {
  const child = spawn('docker', ['version', '--format', '{{.Server.Version}}'], { stdio: 'ignore' })
  const code = await Promise.race([once(child, 'exit'), once(child, 'error')]).then(([first]) => first)
  if (code !== 0) throw new Error('The journeys on real clusters (project "kind") did not run: no Docker engine answers.')
}

/** Two servers with one installation's id would take each other's machines for their own. */
async function expectAlone(): Promise<void> {
  const note = await readFile(join(dataDirectory, 'server.json'), 'utf8').catch(() => null)
  if (note === null) return
  const { pid } = JSON.parse(note) as { pid: number }
  if (isAlive(pid)) throw new Error(`Other journeys on real clusters are under way: process ${pid} serves ${dataDirectory}.`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export { expect } from '@playwright/test'
