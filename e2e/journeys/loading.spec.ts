import { LabPage } from '../support/lab-page.js'
import { expect, test, testOnOwnServer } from '../support/test.js'

test('a page whose first files are lost on the way loads once more by itself', async ({ page, server, noise }) => {
  noise.expect(/ERR_FAILED/)
  let lost = 0
  await page.route(/\/assets\/index-.*\.js$/, (route) => (lost++ === 0 ? route.abort() : route.continue()))
  await page.goto(server.signInUrl)
  await expect(page.getByRole('heading', { level: 1, name: 'Labs' })).toBeVisible()
  expect(lost).toBe(2)
})

test('a style sheet that is lost after the first page does not spoil the terminals', async ({ page, server, noise }) => {
  noise.expect(/ERR_FAILED/)
  let first = ''
  await page.route(/\/assets\/.*\.css$/, (route) => {
    first ||= route.request().url()
    return route.request().url() === first ? route.continue() : route.abort()
  })
  await page.goto(server.signInUrl)
  const lab = new LabPage(page)
  await lab.open('Write your first files')
  await lab.start()
  await lab.enterTerminal()
  await expect(lab.terminals.locator('.xterm-helper-textarea:focus')).toHaveCSS('position', 'absolute')
})

testOnOwnServer('pages that were not opened yet open also while the server is away', async ({ page, server, noise }) => {
  noise.expect(/ERR_CONNECTION|WebSocket|Failed to load resource/)
  const terminals = page.waitForResponse(/terminal-panel.*\.js$/)
  await page.goto(server.signInUrl)
  await terminals
  await page.waitForLoadState('networkidle')
  await server.kill()
  await page.getByRole('link', { name: 'Doctor' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Doctor' })).toBeVisible()
  await expect(page.getByRole('alert')).toBeVisible()

  await server.start()
  await page.getByRole('link', { name: 'Labs' }).click()
  const lab = new LabPage(page)
  await lab.open('Write your first files')
})
