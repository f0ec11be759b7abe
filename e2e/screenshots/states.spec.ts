/** `npm run screenshots`, second part: what a page says where something is missing, late, full, lost or over. */
import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { Page } from '@playwright/test'
import { LabPage } from '../support/lab-page.js'
import { photograph, photographSmall } from '../support/photograph.js'
import { SILENT_DOCKER } from '../support/silent-docker.js'
import { repository } from '../support/solved-labs.js'
import { TerminalDesk } from '../support/terminal.js'
import { expect, testOnOwnServer as test } from '../support/test.js'

test.slow()

const LAB = 'Write your first files'
const settings = (values: Record<string, string>) => ({ serverOptions: { settings: values } })
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name })

async function started(page: Page, title = LAB): Promise<LabPage> {
  const lab = new LabPage(page)
  await lab.open(title)
  await lab.start()
  return lab
}

test.describe('an environment that is lost', () => {
  test.use(settings({ WHEELHOUSE_ENVIRONMENTS_WATCH_SECONDS: '1' }))

  test('broken, being rebuilt, stopped', async ({ signedIn: page, server }) => {
    const lab = await started(page)
    await lab.ready()
    await server.loseMachines()
    await expect(heading(page, 'Your environment cannot come back')).toBeVisible()
    await photograph(page, 'broken')
    await server.hold('ready')
    await page.getByRole('button', { name: 'Rebuild it' }).click()
    await expect(lab.step('Waiting until every node is Ready')).toContainText('Running')
    await photograph(page, 'rebuilding')
    await server.release('ready')
    await lab.ready()
    await page.getByRole('button', { name: /^Environment: Ready/ }).click()
    await photograph(page, 'environment-menu')
    await page.getByRole('menuitem', { name: 'Stop' }).click()
    await expect(heading(page, 'Your environment is stopped')).toBeVisible()
    await photograph(page, 'stopped')
  })
})

test.describe('an environment whose time ends', () => {
  test.use(
    settings({
      WHEELHOUSE_ENVIRONMENTS_WATCH_SECONDS: '1',
      WHEELHOUSE_ENVIRONMENTS_IDLE_MINUTES: '5',
      WHEELHOUSE_ENVIRONMENTS_IDLE_WARNING_MINUTES: '4',
      WHEELHOUSE_ENVIRONMENTS_EXPIRY_DAYS: '1',
    }),
  )

  test('idle, and about to be deleted', async ({ signedIn: page, server }) => {
    const lab = await started(page)
    await expect(page.getByText('Still there?')).toBeVisible()
    await lab.enterTerminal()
    await photograph(page, 'idle')
    await photographSmall(page, 'idle')
    await page.goto(`${server.url}/environments`)
    await page.getByRole('button', { name: /^Stop/ }).click()
    await expect(page.getByText(/will be deleted/)).toBeVisible()
    await photograph(page, 'expires-soon')
  })
})

test.describe('a server that is full', () => {
  test.use(settings({ WHEELHOUSE_ENVIRONMENTS_MOST_RUNNING: '1' }))

  test('waiting in the queue, then over the quota', async ({ signedIn: page, server }) => {
    const first = await started(page)
    await first.ready()
    await page.goto(server.url)
    await started(page, 'A checker that breaks')
    await expect(heading(page, 'You are next')).toBeVisible()
    await photograph(page, 'queued')
  })
})

test.describe('a learner with one environment', () => {
  test.use(settings({ WHEELHOUSE_ENVIRONMENTS_PER_LEARNER: '1' }))

  test('over the quota', async ({ signedIn: page, server, noise }) => {
    noise.expect(/429/)
    const first = await started(page)
    await first.ready()
    await page.goto(server.url)
    await started(page, 'A checker that breaks')
    await expect(page.getByRole('alert')).toBeVisible()
    await photograph(page, 'quota')
  })
})

const { bavail, bsize } = await statfs(tmpdir())
test.describe('a disk that runs full', () => {
  test.use(settings({ WHEELHOUSE_ENVIRONMENTS_DISK_FLOOR_GB: String(Math.floor((bavail * bsize) / 1.5e9)) }))

  test('warned of', async ({ signedIn: page, server }) => {
    await expect(page.getByText(/free/)).toBeVisible()
    await photograph(page, 'disk-low')
    await page.goto(`${server.url}/doctor`)
    await expect(page.getByText(/^Checked/)).toBeVisible()
    await photograph(page, 'doctor-warning')
  })
})

test.describe('no engine', () => {
  test.use({ serverOptions: { engine: 'kind', settings: SILENT_DOCKER } })

  test('said on every page, with what to do', async ({ signedIn: page, server, noise }) => {
    noise.expect(/503/)
    await expect(page.getByRole('article').first()).toBeVisible()
    await photograph(page, 'no-engine')
    await page.goto(`${server.url}/doctor`)
    await expect(page.getByText(/^Checked/)).toBeVisible()
    await photograph(page, 'doctor-problems')
    await photographSmall(page, 'doctor-problems')
    await page.goto(server.url)
    await started(page)
    await expect(heading(page, 'Your cluster could not be built')).toBeVisible()
    await photograph(page, 'no-engine-start')
  })
})

test.describe('the labs that come with Wheelhouse', () => {
  test.use({
    serverOptions: { engine: 'simulated', content: repository, settings: { WHEELHOUSE_SIMULATED_SANDBOX: 'none' } },
  })

  test('no sandbox; a lab that this engine cannot run', async ({ signedIn: page, server, noise }) => {
    noise.expect(/403/)
    await started(page, 'ConfigMaps: settings, files, folders')
    await expect(page.getByRole('alertdialog')).toBeVisible()
    await photograph(page, 'sandbox')
    await photographSmall(page, 'sandbox')
    await page.goto(server.url)
    await new LabPage(page).open('Static Pods')
    await expect(heading(page, 'This engine cannot run the lab')).toBeVisible()
    await photograph(page, 'unsupported')
  })
})

test.describe('kept states', () => {
  test.use({ serverOptions: { engine: 'simulated' } })

  test('their list, and a copy', async ({ signedIn: page }) => {
    const lab = await started(page)
    await lab.ready()
    const dialog = page.getByRole('dialog', { name: 'Kept states' })
    const states = async () => {
      await page.getByRole('button', { name: /^Environment: Ready/ }).click()
      await page.getByRole('menuitem', { name: 'Kept states…' }).click()
      await expect(dialog.getByText('At the start of the lab')).toBeVisible()
    }
    await states()
    await dialog.getByRole('textbox').fill('before I try the upgrade')
    await dialog.getByRole('button', { name: 'Keep this state' }).click()
    await expect(dialog.getByText('before I try the upgrade')).toBeVisible()
    await dialog.getByRole('button', { name: 'Go back: before I try the upgrade' }).click()
    await expect(dialog).toBeHidden()
    await states()
    await photograph(page, 'kept-states')
    await photographSmall(page, 'kept-states')
    await dialog.getByRole('button', { name: 'Try in a copy: before I try the upgrade' }).click()
    await expect(page.getByText('A copy to try something in.')).toBeVisible()
    await new TerminalDesk(page).prompted()
    await photograph(page, 'copy')
  })
})

test('what is not yet so, and what could not be graded', async ({ signedIn: page, server }) => {
  const lab = await started(page)
  await lab.ready()
  await lab.enterTerminal()
  await lab.type('echo bye > greeting.txt')
  await lab.checkTask('A file that greets')
  await expect(lab.evidence('It says hello')).toBeVisible()
  await lab.judged('A file that greets')
  await photograph(page, 'check-failed')
  await lab.showTask('A file that counts')
  await lab.checkTask('A file that counts')
  await expect(lab.check(/^Not yet/)).toBeVisible()
  await lab.judged('A file that counts')
  await photograph(page, 'check-not-yet')
  await lab.help('Hint')
  await expect(page.getByRole('alertdialog')).toBeVisible()
  await photograph(page, 'hint')
  await page.goto(server.url)
  await started(page, 'A checker that breaks')
  await lab.ready()
  await lab.checkTask('Anything at all')
  await expect(lab.check(/^Could not be graded/)).toBeVisible()
  await photograph(page, 'check-error')
})

test('a server that is gone', async ({ signedIn: page, server, noise }) => {
  noise.expect(/ERR_CONNECTION|WebSocket|Failed to load resource/)
  const lab = await started(page)
  await lab.ready()
  await lab.enterTerminal()
  await server.kill()
  await expect(page.getByText('Reconnecting').first()).toBeVisible()
  await photograph(page, 'server-gone')
  await page.getByRole('link', { name: 'Labs' }).click()
  await page.getByRole('link', { name: 'Doctor' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await photograph(page, 'server-gone-doctor')
})

test('a link that was used, a search that finds nothing, nothing yet', async ({ page, server, noise }) => {
  noise.expect(/401/)
  await page.goto(server.signInUrl)
  await page.getByRole('searchbox').fill('quantum')
  await expect(heading(page, 'No lab matches')).toBeVisible()
  await photograph(page, 'search-empty')
  await page.goto(`${server.url}/environments`)
  await expect(heading(page, 'No environments')).toBeVisible()
  await photograph(page, 'environments-empty')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await photograph(page, 'shortcuts')
  await page.context().clearCookies()
  await page.goto(server.signInUrl)
  await expect(page.getByText('This link does not work any more')).toBeVisible()
  await photograph(page, 'sign-in-used')
  await photographSmall(page, 'sign-in-used')
})

test.describe('no labs', () => {
  test.use({ serverOptions: { content: `${repository}/e2e/support` } })

  test('an empty catalogue', async ({ signedIn: page }) => {
    await expect(heading(page, 'No labs yet')).toBeVisible()
    await photograph(page, 'catalogue-empty')
  })
})
