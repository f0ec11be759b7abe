/**
 * What a journey begins with: a server of its own, a browser that is signed in, and ears for the browser's console. An error there
 * that the journey did not announce fails it.
 */
import { type BrowserContext, test as base, type ConsoleMessage, expect, type Page } from '@playwright/test'
import { type ServerOptions, TestServer } from './server.js'

export interface Noise {
  /** Errors that match are part of the story, such as the ones that a browser prints when the server is gone. */
  expect(pattern: RegExp): void
  /** Hears the pages of a further context too. */
  listen(context: BrowserContext): void
  /** The story is over: what a page says while its server goes away is nobody's fault. */
  end(): void
}

export interface Fixtures {
  serverOptions: ServerOptions
  server: TestServer
  noise: Noise
  /** A page that is signed in as the owner and stands on the catalogue. */
  signedIn: Page
}

/**
 * Whenever a container engine beside makes or removes a network, Chromium drops what it is loading, loopback included, and no switch
 * of its keeps it from that. So the two lines that it prints for a load and for a socket are no fault of the page, which has to get
 * over them: the journey goes on and sees whether it does. Whatever a page itself says or throws because of it is a fault.
 */
const OF_THE_COMPUTER =
  /^console: (Failed to load resource: net::ERR_NETWORK_CHANGED \(http:\/\/127\.0\.0\.1:\d+\/|WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/api\/[^']+' failed: Error in connection establishment: net::ERR_NETWORK_CHANGED)/

export const test = base.extend<Fixtures & { watched: undefined }>({
  serverOptions: [{}, { option: true }],

  server: async ({ serverOptions, noise }, use) => {
    const server = await TestServer.start(serverOptions)
    await use(server)
    noise.end()
    await server.remove()
  },

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

export { expect } from '@playwright/test'
