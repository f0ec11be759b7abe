import type { Page } from '@playwright/test'
import type { SessionView } from '@wheelhouse/protocol'
import type { TestServer } from './server.js'
import { test } from './test.js'

/** Leaves a journey out, by name, that wants a shell of a simulated cluster where no sandbox can be had. */
export async function needsSandbox(page: Page, server: TestServer): Promise<void> {
  const { engine } = (await (await page.request.get(`${server.url}/api/session`)).json()) as SessionView
  test.skip(
    !engine.available,
    `NOT RUN: the simulated engine does not answer: ${engine.available ? '' : JSON.stringify(engine.remedy)}`,
  )
  // Without one the shells have the home of this account.
  test.skip(engine.home === '$HOME', 'NOT RUN: this computer has no sandbox for shells')
}
