import { LabPage } from '../support/lab-page.js'
import { expect, test, testOnOwnServer } from '../support/test.js'

/** What a browser prints while nobody answers. */
const SERVER_GONE = /ERR_CONNECTION|WebSocket connection|Failed to load resource/

test('a reload keeps the step, the filter and the environment; a lab that was left is offered there', async ({ signedIn }) => {
  await signedIn.getByRole('searchbox').fill('first')
  await expect(signedIn.getByText('1 lab', { exact: true })).toBeVisible()
  await signedIn.reload()
  await expect(signedIn.getByRole('searchbox')).toHaveValue('first')
  await expect(signedIn.getByText('1 lab', { exact: true })).toBeVisible()

  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()
  await lab.ready()
  await lab.goTo('Count the lines')
  await signedIn.reload()
  await lab.ready()
  await expect(lab.heading('Count the lines')).toBeVisible()

  await lab.goTo('Write a greeting')
  await signedIn.getByRole('link', { name: 'Labs' }).click()
  await signedIn.getByRole('link', { name: 'Continue' }).click()
  await expect(lab.heading('Write a greeting')).toBeVisible()
})

test('two tabs on one lab see the same steps and the same end', async ({ signedIn, server, context }) => {
  await server.hold('machines')
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()
  await expect(lab.environment.locator('[aria-current="step"]')).toBeVisible()

  const second = new LabPage(await context.newPage())
  await second.page.goto(signedIn.url())
  await expect(second.environment.locator('[aria-current="step"]')).toBeVisible()

  await server.release('machines')
  await lab.ready()
  await second.ready()
  await expect((await environmentsOf(signedIn.request, server.url)).length).toBe(1)
})

testOnOwnServer(
  'a server that dies under the page is said quietly, and the page goes on by itself',
  async ({ signedIn, server, noise }) => {
    noise.expect(SERVER_GONE)
    await server.hold('control-plane')
    const lab = new LabPage(signedIn)
    await lab.open('Write your first files')
    await lab.start()
    await expect(lab.environment.locator('[aria-current="step"]')).toBeVisible()

    await server.kill()
    await expect(signedIn.getByText('Reconnecting')).toBeVisible()
    await expect(lab.heading('Look around')).toBeVisible()
    await signedIn.getByRole('button', { name: /^Environment: / }).click()
    await signedIn.getByRole('menuitem', { name: 'Cancel' }).click()
    await expect(signedIn.getByRole('dialog', { name: 'That did not work' })).toContainText('The server does not answer')
    await signedIn.keyboard.press('Escape')
    await server.release('control-plane')
    await server.start()

    await lab.ready()
    await expect(signedIn.getByText('Reconnecting')).toBeHidden()
  },
)

test('a stopped environment is woken by opening its lab, not by the page that stopped it; the list stops, starts, deletes', async ({
  signedIn,
  server,
}) => {
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()
  await lab.ready()
  const address = signedIn.url()
  await signedIn.getByRole('button', { name: /^Environment: Ready/ }).click()
  await signedIn.getByRole('menuitem', { name: 'Stop' }).click()
  await expect(lab.environment.getByRole('heading', { name: 'Your environment is stopped' })).toBeVisible()
  await signedIn.goto(server.url)
  await signedIn.goto(address)
  await lab.ready()

  await signedIn.goto(`${server.url}/environments`)
  const row = signedIn.getByRole('listitem').filter({ hasText: 'Write your first files' })
  await row.getByRole('button', { name: /^Stop/ }).click()
  await expect(row).toContainText('Stopped')
  await row.getByRole('button', { name: /^Start/ }).click()
  await expect(row).toContainText('Ready')
  await row.getByRole('button', { name: /^Delete/ }).click()
  await signedIn.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await expect(signedIn.getByRole('heading', { name: 'No environments' })).toBeVisible()
})

async function environmentsOf(request: import('@playwright/test').APIRequestContext, url: string): Promise<unknown[]> {
  const response = await request.get(`${url}/api/environments`)
  return ((await response.json()) as { environments: unknown[] }).environments
}
