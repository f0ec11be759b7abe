/**
 * `npm run screenshots`: every page that matters, light and dark, in two sizes, into `screenshots/`, to be looked at by a person.
 * Not a test of anything: a page that cannot be reached fails, and no picture is compared.
 */
import { fileURLToPath } from 'node:url'
import type { Locator } from '@playwright/test'
import { LabPage } from '../support/lab-page.js'
import { photograph, photographSmall, picture } from '../support/photograph.js'
import { expect, testOnOwnServer as test } from '../support/test.js'

test.slow()

// The labs that come with Wheelhouse, on clusters that need no container engine.
const real = { engine: 'simulated', content: fileURLToPath(new URL('../..', import.meta.url)) }

const TASK = 'Bring back the release that worked'

/** Where it ends on the page, in pixels: the terminal has fitted itself once its last row ends above the panel's end. */
async function bottom(part: Locator): Promise<number> {
  const box = await part.boundingBox()
  return box ? box.y + box.height : Number.POSITIVE_INFINITY
}

test.describe('with the labs that come with Wheelhouse', () => {
  test.use({ serverOptions: real })

  test('catalogue and start', async ({ signedIn }) => {
    await expect(signedIn.getByRole('article').first()).toBeVisible()
    await photograph(signedIn, 'catalogue')
    await photographSmall(signedIn, 'catalogue')
    const lab = new LabPage(signedIn)
    await lab.open('Roll back a bad release')
    await photograph(signedIn, 'start')
  })

  test('a lab at work, and its end', async ({ signedIn }) => {
    const lab = new LabPage(signedIn)
    await lab.open('Roll back a bad release')
    await lab.start()
    await lab.ready()
    await lab.enterTerminal()
    await photograph(signedIn, 'lab-fresh')
    await lab.type('kubectl -n tickets rollout history deployment/shop')
    await expect(lab.screen).toContainText('second try')
    await lab.goTo('Back to the last good one')
    await lab.checkTask(TASK)
    await expect(lab.check(/^Not (yet|right): The Pod template/)).toBeVisible()
    await lab.judged(TASK)
    await photograph(signedIn, 'lab-not-yet')

    await lab.enterTerminal()
    await lab.type('kubectl -n tickets rollout undo deployment/shop --to-revision=2')
    await expect(lab.screen).toContainText('rolled back')
    await lab.type('kubectl -n tickets get deployment,replicaset,pod')
    await expect(lab.check('Passed: All three Pods')).toBeVisible()
    await lab.checkTask(TASK)
    await expect(signedIn.getByRole('button', { name: /^Points: 5 \/ / })).toBeVisible()
    await lab.judged(TASK)
    await photograph(signedIn, 'lab')
    await photographSmall(signedIn, 'lab')
    // The picture in the README.
    await signedIn.setViewportSize({ width: 1440, height: 900 })
    await expect.poll(() => bottom(lab.screen)).toBeLessThan(await bottom(lab.terminals))
    await signedIn.screenshot({ path: picture('readme') })
    await signedIn.setViewportSize({ width: 1280, height: 720 })
    await lab.check('Passed: The Pod template').click()
    await expect(lab.evidence('The Pod template')).toBeVisible()
    await photograph(signedIn, 'lab-evidence')

    await signedIn.getByRole('button', { name: /^Points: 5 \/ / }).click()
    await expect(signedIn.getByRole('dialog', { name: 'Result' })).toBeVisible()
    await photograph(signedIn, 'result')
    await signedIn.keyboard.press('Escape')
    await signedIn.getByRole('link', { name: 'Labs' }).click()
    await expect(signedIn.getByRole('link', { name: 'Continue' })).toBeVisible()
    await photograph(signedIn, 'catalogue-continue')
  })

  test('doctor and environments', async ({ signedIn, server }) => {
    const lab = new LabPage(signedIn)
    await lab.open('Roll back a bad release')
    await lab.start()
    await lab.ready()
    await signedIn.goto(`${server.url}/doctor`)
    await expect(signedIn.getByText(/^Checked/)).toBeVisible()
    await photograph(signedIn, 'doctor')
    await photographSmall(signedIn, 'doctor')
    await signedIn.goto(`${server.url}/environments`)
    await expect(signedIn.getByRole('listitem')).toHaveCount(1)
    await photograph(signedIn, 'environments')
    await photographSmall(signedIn, 'environments')
  })
})

test('provisioning, and one that failed', async ({ signedIn, server }) => {
  await server.hold('control-plane')
  await server.fail('control-plane', 'error: the API server did not come up within 180 s\n')
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()
  await expect(lab.environment.locator('[aria-current="step"]')).toBeVisible()
  await photograph(signedIn, 'provisioning')
  await photographSmall(signedIn, 'provisioning')
  await server.release('control-plane')
  await expect(lab.environment.getByRole('region', { name: 'Log' })).toContainText('did not come up')
  await photograph(signedIn, 'provisioning-failed')
})

test('whoever is not signed in, and nothing here', async ({ page, server, noise }) => {
  noise.expect(/401/)
  await page.goto(server.url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await photograph(page, 'sign-in')
  await page.goto(server.signInUrl)
  await page.goto(`${server.url}/nothing/here`)
  await expect(page.getByRole('heading', { level: 2 })).toBeVisible()
  await photograph(page, 'not-found')
})
