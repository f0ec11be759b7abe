/**
 * What a journey begins with: a server, a browser that is signed in, and ears for the browser's console. An error there that the
 * journey did not announce fails it.
 *
 * `test` shares one server among the journeys of a worker, each as a learner of its own. A journey that stops its server, that sets it
 * up in another way or that is about its owner has one of its own: `testOnOwnServer`.
 */
import { type BrowserContext, test as base, type ConsoleMessage, expect, type Page } from '@playwright/test'
import { type ServerOptions, TestServer } from './server.js'
import { repository } from './solved-labs.js'

export interface Noise {
  /** Errors that match are part of the story, such as the ones that a browser prints when the server is gone. */
  expect(pattern: RegExp): void
  /** Hears the pages of a further context too. */
  listen(context: BrowserContext): void
  /** The story is over: what a page says while its server goes away is nobody's fault. */
  end(): void
}

export interface Fixtures {
  server: TestServer
  noise: Noise
  /** A page that is signed in and stands on the catalogue. */
  signedIn: Page
}

export interface WorkerFixtures {
  /** With the labs of the journeys on the fake engine. */
  sharedServer: TestServer
  /** With the labs of this repository on simulated clusters. */
  simulatedServer: TestServer
}

/**
 * Whenever a container engine beside makes or removes a network, Chromium drops what it is loading, loopback included, and no switch
 * of its keeps it from that. So the two lines that it prints for a load and for a socket are no fault of the page, which has to get
 * over them: the journey goes on and sees whether it does. Whatever a page itself says or throws because of it is a fault.
 */
const OF_THE_COMPUTER =
  /^console: (Failed to load resource: net::ERR_NETWORK_CHANGED \(http:\/\/127\.0\.0\.1:\d+\/|WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/api\/[^']+' failed: Error in connection establishment: net::ERR_NETWORK_CHANGED)/

interface Visit {
  noise: Noise
  context: BrowserContext
  use: (server: TestServer) => Promise<void>
}

/** A journey as a learner of its own, who leaves nothing behind. */
async function visit(server: TestServer, { noise, context, use }: Visit): Promise<void> {
  await server.welcome()
  await use(server)
  noise.end()
  await server.takeLeave(context)
}

type OfWorker = [
  (fixtures: object, use: (server: TestServer) => Promise<void>) => Promise<void>,
  { scope: 'worker'; timeout: number },
]

/** Begun at the first journey of a worker that asks for it. Without a browser, so that one that crashes takes no server along. */
const ofWorker = (options: ServerOptions): OfWorker => [
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are wanted
  async ({}, use) => {
    const server = await TestServer.start(options)
    await use(server)
    await server.remove()
  },
  { scope: 'worker', timeout: 120_000 },
]

export const test = base.extend<Fixtures & { watched: undefined }, WorkerFixtures>({
  // All in one place: a worker that had other ones would have to end before the next kind of journey begins.
  sharedServer: ofWorker({}),
  simulatedServer: ofWorker({ engine: 'simulated', content: repository }),

  server: ({ sharedServer, noise, context }, use) => visit(sharedServer, { noise, context, use }),

  noise: async ({ context }, use) => {
    const expected: RegExp[] = []
    const heard: string[] = []
    let ended = false
    const hear = (line: string) => {
      if (!ended && !OF_THE_COMPUTER.test(line)) heard.push(line)
    }
    const listenTo = (page: Page) => {
      page.on('pageerror', (error) => hear(`page error: ${error.stack ?? error.message}`))
      page.on('console', (message: ConsoleMessage) => {
        if (message.type() === 'error') hear(`console: ${message.text()} (${message.location().url})`)
      })
    }
    const listen = (one: BrowserContext) => {
      one.pages().forEach(listenTo)
      one.on('page', listenTo)
    }
    listen(context)
    await use({
      listen,
      expect: (pattern) => expected.push(pattern),
      end: () => {
        ended = true
      },
    })
    expect(heard.filter((line) => !expected.some((pattern) => pattern.test(line)))).toEqual([])
  },

  // Listening begins before any page is opened, whether or not a journey asks for `noise`.
  watched: [
    async ({ noise: _ }, use) => {
      await use(undefined)
    },
    { auto: true },
  ],

  signedIn: async ({ page, server }, use) => {
    await page.goto(server.signInUrl)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await use(page)
  },
})

/** On a server that the worker shares as well, with the labs of this repository on simulated clusters. */
export const testOnSimulatedClusters = test.extend({
  server: ({ simulatedServer, noise, context }, use) => visit(simulatedServer, { noise, context, use }),
})

/** On a server of its own, as its owner. */
export const testOnOwnServer = test.extend<{ serverOptions: ServerOptions }>({
  serverOptions: [{}, { option: true }],
  server: async ({ serverOptions, noise }, use) => {
    const server = await TestServer.start(serverOptions)
    await use(server)
    noise.end()
    await server.remove()
  },
})

export { expect } from '@playwright/test'
