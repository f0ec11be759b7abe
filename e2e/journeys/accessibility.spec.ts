import type { Page } from '@playwright/test'
import { expectAccessible } from '../support/axe.js'
import { LabPage } from '../support/lab-page.js'
import { wear } from '../support/look.js'
import type { TestServer } from '../support/server.js'
import { expect, test, testOnOwnServer } from '../support/test.js'

// Three times the usual patience: axe reads every element of a page, five times over.
test.slow()

const LOOKS = [
  { theme: 'light', language: 'en', highContrast: false, scope: 'everything' },
  { theme: 'dark', language: 'en', highContrast: false, scope: 'colours' },
  { theme: 'light', language: 'zh', highContrast: false, scope: 'everything' },
  { theme: 'light', language: 'en', highContrast: true, scope: 'colours' },
  { theme: 'dark', language: 'en', highContrast: true, scope: 'colours' },
] as const

/** Looks at the page as it stands in every theme, and in both languages: the colours are the same in both. */
async function inEveryLook(page: Page): Promise<void> {
  for (const { scope, ...look } of LOOKS)
    await test.step(`${look.theme}, ${look.language}${look.highContrast ? ', high contrast' : ''}`, async () => {
      await wear(page, look)
      await expectAccessible(page, scope)
    })
}

async function startedLab(page: Page, server: TestServer): Promise<LabPage> {
  await page.goto(server.signInUrl)
  const lab = new LabPage(page)
  await lab.open('Write your first files')
  await lab.start()
  return lab
}

test('axe: provisioning, and a provisioning that failed', async ({ page, server }) => {
  await server.hold('control-plane')
  await server.fail('control-plane', 'error: no room\n')
  const lab = await startedLab(page, server)
  await expect(lab.environment.locator('[aria-current="step"]')).toBeVisible()
  await inEveryLook(page)
  await server.release('control-plane')
  await expect(lab.environment.getByRole('region', { name: 'Log' })).toContainText('error: no room')
  await inEveryLook(page)
})

test('axe: the lab, the verdict with its evidence, failed and passed, and the result', async ({ page, server }) => {
  const lab = await startedLab(page, server)
  await lab.ready()
  await inEveryLook(page)
  await lab.enterTerminal()
  await lab.type('echo bye > greeting.txt')
  await lab.checkTask('A file that greets')
  await expect(lab.check('Not right: It says hello')).toBeVisible()
  await expect(lab.evidence('It says hello')).toBeVisible()
  await lab.judged('A file that greets')
  await inEveryLook(page)

  await lab.enterTerminal()
  await lab.type('echo hello > greeting.txt')
  await expect(lab.check('Passed: It says hello')).toBeVisible()
  await lab.checkTask('A file that greets')
  await expect(page.getByRole('button', { name: /^Points: 5 \/ 9/ })).toBeVisible()
  await lab.judged('A file that greets')
  await lab.check('Passed: It says hello').click()
  await expect(lab.evidence('It says hello')).toBeVisible()
  await inEveryLook(page)

  await page.getByRole('button', { name: /^Points: 5 \/ 9/ }).click()
  await expect(page.getByRole('dialog', { name: 'Result' })).toBeVisible()
  await inEveryLook(page)
})

testOnOwnServer('axe: the catalogue, the doctor and the environments', async ({ signedIn: page, server }) => {
  await expect(page.getByRole('link', { name: 'Write your first files' })).toBeVisible()
  await inEveryLook(page)
  const lab = new LabPage(page)
  await lab.open('Write your first files')
  await lab.start()
  await lab.ready()
  await page.goto(`${server.url}/doctor`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.getByText(/Checked/)).toBeVisible()
  await inEveryLook(page)
  await page.goto(`${server.url}/environments`)
  await expect(page.getByRole('listitem')).toHaveCount(1)
  await inEveryLook(page)
})

test('axe: sign-in, not found, shortcuts', async ({ page, server, noise }) => {
  noise.expect(/401/)
  await page.goto(server.url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await inEveryLook(page)
  await page.goto(server.signInUrl)
  await page.goto(`${server.url}/nothing/here`)
  await expect(page.getByRole('heading', { level: 2 })).toBeVisible()
  await inEveryLook(page)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await inEveryLook(page)
})
