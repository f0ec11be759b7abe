/** A whole server for a test: real store, fake engine, scripted grader, a clock that the test moves, requests without a socket. */
import { join } from 'node:path'
import type { ServerEvent } from '@wheelhouse/protocol'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { onTestFinished } from 'vitest'
import type { WebSocket } from 'ws'
import { sampleCatalogue } from '../attempts/testing/sample-content.js'
import { type GraderScript, ScriptedGrader } from '../attempts/testing/scripted-grader.js'
import type { Catalogue } from '../catalogue/catalogue.js'
import { ManualClock } from '../clock.js'
import { readConfig } from '../config/read.js'
import type { DiskSpace } from '../doctor/server-findings.js'
import type { Engine } from '../engines/engine.js'
import { FakeEngine, type FakeEngineOptions } from '../engines/testing/fake-engine.js'
import { createLogOn } from '../log.js'
import { type BuiltServer, buildServer } from '../main.js'
import type { Learner } from '../store/repositories/learners.js'
import { temporaryFolder } from './temporary-folder.js'

export interface TestServerOptions {
  /** `SECTION.KEY`: text, as on the command line. */
  settings?: Record<string, string>
  engine?: FakeEngineOptions
  /** Another engine in the place of the fake one. */
  makeEngine?: (folder: string) => Engine
  grader?: GraderScript
  catalogue?: Catalogue
  /** The folder of a server before this one. */
  dataDirectory?: string
  clock?: ManualClock
  /** Free space of the disk; plenty without it. */
  diskSpace?: () => Promise<DiskSpace>
  /** Lines of the log are put in here. */
  log?: string[]
}

export interface TestServer extends BuiltServer {
  readonly dataDirectory: string
  readonly clock: ManualClock
  readonly grader: ScriptedGrader
  readonly engine: FakeEngine
  /** A person with a browser that is signed in; made at the first call. `owner` is the owner. */
  as(name: string): Promise<Person>
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>
}

const ORIGIN = 'http://localhost'

/** Built, not listening; closed when the test ends. */
export async function buildTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDirectory = options.dataDirectory ?? temporaryFolder()
  const clock = options.clock ?? new ManualClock()
  const grader = new ScriptedGrader(options.grader)
  const folder = join(dataDirectory, 'fake')
  const engine = new FakeEngine(folder, options.engine)
  const built = await buildServer({
    config: readConfig({ dataDirectory, flags: { 'log.level': 'debug', ...options.settings } }),
    dataDirectory,
    makeEngine: async () => options.makeEngine?.(folder) ?? engine,
    makeGrader: async () => grader,
    loadCatalogue: async () => options.catalogue ?? sampleCatalogue(),
    clock,
    diskSpace: options.diskSpace ?? (async () => ({ freeBytes: 1e12, totalBytes: 2e12 })),
    log: createLogOn({ write: (line) => void options.log?.push(line) }, 'debug'),
    checkAnswers: true,
  })
  onTestFinished(() => built.close())
  await built.app.ready()
  const people = new Map<string, Person>()
  const as = async (name: string) => {
    const known = people.get(name) ?? (await signIn(built, name))
    people.set(name, known)
    return known
  }
  return { ...built, dataDirectory, clock, grader, engine, as, settled: () => settle(built) }
}

/** Environments wake attempts and attempts wake environments, so both are waited for until neither moves. */
async function settle({ parts }: BuiltServer): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await parts.environments.settled()
    await parts.attempts.settled()
  }
}

export class Person {
  constructor(
    private readonly server: BuiltServer,
    readonly learner: Learner,
    readonly cookie: string,
  ) {}

  get = (url: string) => this.#send({ method: 'GET', url })
  delete = (url: string) => this.#send({ method: 'DELETE', url })
  post = (url: string, payload?: object) => this.#send({ method: 'POST', url, ...(payload ? { payload } : {}) })
  patch = (url: string, payload: object) => this.#send({ method: 'PATCH', url, payload })

  /** Opens the page's socket. */
  async listen(): Promise<EventLog> {
    const received: ServerEvent[] = []
    const waiting = new Set<() => void>()
    const socket = await this.server.app.injectWS(
      '/api/events',
      { headers: this.#headers() },
      {
        onInit: (early) => {
          early.on('message', (data) => {
            received.push(JSON.parse(String(data)) as ServerEvent)
            for (const wake of waiting) wake()
          })
        },
      },
    )
    onTestFinished(() => socket.terminate())
    return new EventLog(received, waiting, () => socket.terminate())
  }

  /** Opens any socket. @throws where it is refused */
  socket = (url: string): Promise<WebSocket> => this.server.app.injectWS(url, { headers: this.#headers() })

  #headers = () => ({ host: 'localhost', origin: ORIGIN, cookie: this.cookie })

  #send(request: InjectOptions): Promise<LightMyRequestResponse> {
    return this.server.app.inject({ ...request, headers: { ...this.#headers(), ...request.headers } })
  }
}

/** What a page has heard. */
export class EventLog {
  constructor(
    readonly received: readonly ServerEvent[],
    private readonly waiting: Set<() => void>,
    readonly close: () => void,
  ) {}

  /** Resolves with the first event, past or to come, that fits. */
  until<Found extends ServerEvent>(fits: (event: ServerEvent) => event is Found): Promise<Found>
  until(fits: (event: ServerEvent) => boolean): Promise<ServerEvent>
  until(fits: (event: ServerEvent) => boolean): Promise<ServerEvent> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.received.find(fits)
        if (!found) return
        this.waiting.delete(look)
        resolve(found)
      }
      this.waiting.add(look)
      look()
    })
  }
}

async function signIn({ app, parts }: BuiltServer, name: string): Promise<Person> {
  const owner = await parts.accounts.owner()
  const learner = name === owner.name ? owner : await parts.accounts.add(name)
  const token = await parts.accounts.createLink(learner.id)
  const response = await app.inject({ url: `/sign-in?token=${token}`, headers: { host: 'localhost' } })
  const cookie = String(response.headers['set-cookie']).split(';')[0] ?? ''
  return new Person({ app, parts } as BuiltServer, learner, cookie)
}
