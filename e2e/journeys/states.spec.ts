/** What an environment goes through besides being there: each state is accessible, in both themes, and is left by keyboard alone. */
import { expectAccessibleInBothThemes } from '../support/axe.js'
import { choose } from '../support/keyboard.js'
import { LabPage } from '../support/lab-page.js'
import { SILENT_DOCKER } from '../support/silent-docker.js'
import { expect, testOnOwnServer as test } from '../support/test.js'

// axe reads every element of a page, twice a state.
test.slow()

test.describe('an environment of a small server', () => {
  test.use({
    serverOptions: {
      settings: {
        WHEELHOUSE_ENVIRONMENTS_WATCH_SECONDS: '1',
        WHEELHOUSE_ENVIRONMENTS_MOST_RUNNING: '1',
        WHEELHOUSE_ENVIRONMENTS_IDLE_MINUTES: '5',
        WHEELHOUSE_ENVIRONMENTS_IDLE_WARNING_MINUTES: '4',
        WHEELHOUSE_ENVIRONMENTS_EXPIRY_DAYS: '1',
      },
    },
  })

  test('idle, broken, rebuilt, stopped, about to be deleted, and waited for', async ({ signedIn: page, server }) => {
    const lab = new LabPage(page)
    await lab.open('Write your first files')
    await choose(page, page.getByRole('button', { name: 'Start the lab' }))
    await expect(page.getByText('Still there?')).toBeVisible()
    await lab.ready()
    await expectAccessibleInBothThemes(page)
    await choose(page, page.getByRole('button', { name: 'Keep it running' }))

    await server.loseMachines()
    await expect(lab.environment.getByRole('heading', { name: 'Your environment cannot come back' })).toBeVisible()
    await expectAccessibleInBothThemes(page)
    await choose(page, page.getByRole('button', { name: 'Rebuild it' }))
    await lab.ready()

    await choose(page, page.getByRole('button', { name: /^Environment: Ready/ }), 'Shift+Tab')
    await page.keyboard.press('s')
    await expect(page.getByRole('menuitem', { name: 'Stop' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(lab.environment.getByRole('heading', { name: 'Your environment is stopped' })).toBeVisible()
    await expectAccessibleInBothThemes(page)

    await page.goto(`${server.url}/environments`)
    const notice = page.getByRole('listitem').filter({ hasText: 'will be deleted' })
    await expectAccessibleInBothThemes(page)
    await choose(page, notice.getByRole('link', { name: 'Write your first files' }))
    await lab.ready()
    await expect(page.getByText('will be deleted')).toBeHidden()

    await page.goto(server.url)
    await lab.open('A checker that breaks')
    await lab.start()
    await expect(page.getByRole('heading', { name: 'You are next' })).toBeVisible()
    await expectAccessibleInBothThemes(page)
  })
})

test.describe('no engine that answers', () => {
  test.use({ serverOptions: { engine: 'kind', settings: SILENT_DOCKER } })

  test('the labs open, the start says what is missing, and the doctor what to do, each once', async ({
    signedIn: page,
    server,
  }) => {
    const lab = new LabPage(page)
    const notice = page.getByText('Your work is kept')
    await expect(notice).toBeVisible()
    await lab.open('Write your first files')
    await lab.start()
    await expect(lab.environment.getByText(/Cannot connect to the Docker daemon/)).toBeVisible()
    await expect(notice).toBeHidden()
    await expectAccessibleInBothThemes(page)
    await page.goto(`${server.url}/doctor`)
    await expect(page.getByRole('main').getByText('docker info')).toBeVisible()
    await expect(notice).toBeHidden()
    await expectAccessibleInBothThemes(page)
  })
})

test.describe('a learner with one environment', () => {
  test.use({ serverOptions: { settings: { WHEELHOUSE_ENVIRONMENTS_PER_LEARNER: '1' } } })

  test('who has as many as they may is led to them', async ({ signedIn: page, server, noise }) => {
    noise.expect(/429/)
    const lab = new LabPage(page)
    await lab.open('Write your first files')
    await lab.start()
    await lab.ready()
    await page.goto(server.url)
    await lab.open('A checker that breaks')
    await lab.start()
    await expect(page.getByRole('alert')).toContainText('(1 of 1)')
    await choose(page, page.getByRole('main').getByRole('link', { name: 'Environments' }))
    await expect(page.getByRole('main').getByRole('link', { name: 'Write your first files' })).toBeVisible()
  })
})

test('on a phone every page and every zone is within reach', async ({ signedIn: page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  for (const name of ['Environments', 'Doctor', 'Labs']) {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click()
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
  }
  const lab = new LabPage(page)
  await lab.open('Write your first files')
  await page.getByRole('tab', { name: 'Terminals' }).click()
  await lab.start()
  await lab.enterTerminal()
  await lab.type('echo hello > greeting.txt')
  await page.getByRole('tab', { name: 'Tasks' }).click()
  const check = page.getByRole('button', { name: 'Check: A file that greets' })
  await expect(check).toHaveAttribute('aria-disabled', 'false')
  await check.click()
  await expect(page.getByRole('button', { name: 'Passed: It says hello' })).toBeVisible()
  await page.getByRole('tab', { name: 'Instructions' }).click()
  await page.getByRole('button', { name: 'Run', exact: true }).first().click()
  await expect(lab.screen, 'what runs is seen').toContainText('greeting.txt')
  await page.getByRole('tab', { name: 'Instructions' }).click()
  await page.getByRole('button', { name: 'Next step' }).click()
  await page.getByRole('button', { name: 'Show its checks' }).click()
  await expect(check).toBeVisible()
  for (const button of [/^Environment: Ready/, 'Lab menu', 'Account'])
    await expect(page.getByRole('banner').getByRole('button', { name: button })).toBeInViewport({ ratio: 1 })
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitemradio', { name: '中文' }).click()
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
})
