/** How long a learner waits for an environment that stands ready in the pool: from opening the lab to a command that ran on `base`. */
import type { AttemptView, EnvironmentId } from '@wheelhouse/protocol'
import type { Catalogue } from '../catalogue/catalogue.js'
import { readConfig } from '../config/read.js'
import type { Engine } from '../engines/engine.js'
import { ProcessGrader } from '../grading/process-grader.js'
import { createLogOn } from '../log.js'
import { type BuiltServer, buildServer } from '../main.js'

const HEADERS = { host: 'localhost', origin: 'http://localhost' }

/** Seconds of each hand-over, through the whole server; the pool is filled again before the next. */
export async function handOverTimes(
  engine: Engine,
  { catalogue, dataDirectory, rounds }: { catalogue: Catalogue; dataDirectory: string; rounds: number },
): Promise<number[]> {
  const lab = catalogue.chapters.flatMap(({ labs }) => labs).find(({ manifest }) => manifest.needs === 'pods')?.manifest.id ?? ''
  const flags = { 'environments.poolSize': '1', 'environments.poolShapes': lab, 'environments.mostRunning': '4' }
  const server = await buildServer({
    config: readConfig({ dataDirectory, flags }),
    dataDirectory,
    makeEngine: async () => engine,
    makeGrader: async () => new ProcessGrader({ onOutput: () => {} }),
    loadCatalogue: async () => catalogue,
    log: createLogOn({ write: () => {} }, 'fatal'),
  })
  try {
    await server.app.ready()
    await server.resume()
    const cookie = await signIn(server)
    const times: number[] = []
    for (let round = 0; round < rounds; round++) times.push(await handOver(server, { cookie, lab }))
    return times
  } finally {
    // The pool may have been filled again by itself.
    await server.parts.watch.close()
    for (const record of await server.parts.environments.mine()) await server.parts.environments.remove(record)
    await server.parts.environments.settled()
    await server.close()
  }
}

async function signIn({ app, parts }: BuiltServer): Promise<string> {
  const token = await parts.accounts.createLink((await parts.accounts.owner()).id)
  const response = await app.inject({ url: `/sign-in?token=${token}`, headers: HEADERS })
  return String(response.headers['set-cookie']).split(';')[0] ?? ''
}

async function handOver({ app, parts }: BuiltServer, { cookie, lab }: { cookie: string; lab: string }): Promise<number> {
  await parts.watch.now()
  await parts.environments.settled()
  const headers = { ...HEADERS, cookie }
  const started = performance.now()
  const response = await app.inject({ method: 'POST', url: '/api/attempts', headers, payload: { lab } })
  const { environment } = response.json<AttemptView>()
  if (environment?.state.phase !== 'ready') throw new Error(`nothing was handed over: ${response.body}`)
  const id = environment.id as EnvironmentId
  const opened = await parts.environments.open(id)
  await opened.run({ machine: 'base', user: 'candidate', argv: ['true'], timeoutMs: 60_000 })
  const seconds = (performance.now() - started) / 1000
  await app.inject({ method: 'DELETE', url: `/api/environments/${id}`, headers })
  await parts.environments.settled()
  await parts.attempts.settled()
  return seconds
}
