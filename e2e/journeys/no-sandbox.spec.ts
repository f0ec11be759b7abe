/** A computer without a sandbox for shells: what the owner is told, agrees to, and gets; and how a second learner ends it. */
import { expectAccessibleInBothThemes } from '../support/axe.js'
import { choose } from '../support/keyboard.js'
import { LabPage } from '../support/lab-page.js'
import { repository } from '../support/solved-labs.js'
import { TerminalDesk } from '../support/terminal.js'
import { expect, testOnOwnServer as test } from '../support/test.js'

test.use({
  serverOptions: { engine: 'simulated', content: repository, settings: { WHEELHOUSE_SIMULATED_SANDBOX: 'none' } },
})

test.slow()

test('the owner agrees once and works in a shell of this account; a second learner ends it', async ({
  signedIn: page,
  server,
  noise,
}) => {
  noise.expect(/status of 403/)
  await page.evaluate(() => localStorage.setItem('wheelhouse.terminal', JSON.stringify({ renderer: 'dom' })))
  const lab = new LabPage(page)
  await lab.open('ConfigMaps: settings, files, folders')
  await lab.start()
  const dialog = page.getByRole('alertdialog', { name: 'This computer has no sandbox for your shells' })
  await expect(dialog).toContainText('rights of the account that runs Wheelhouse')
  await expectAccessibleInBothThemes(page)
  // The refusal has the keyboard first.
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await lab.start()
  await choose(page, dialog.getByRole('button', { name: 'I understand, go on' }))
  const desk = new TerminalDesk(page)
  await desk.prompted()
  // The task is set up while the shell is there already.
  await desk.run('until [ -e ~/brochure/ui.properties ]; do sleep 0.2; done; kubectl get nodes && ls ~/brochure && pwd')
  await desk.shows(/controlplane +Ready/)
  await desk.shows('ui.properties')
  await desk.shows(`${server.dataDirectory}/simulated/`)
  await server.command('learner', 'add', 'ada')
  await page.goto(server.url)
  await lab.open('ClusterIP Services and their endpoints')
  await lab.start()
  await expect(page.getByText(/this server has more than one learner/)).toBeVisible()
  await expect(dialog).toBeHidden()
  expect(await server.command('doctor')).toContain('Sandbox for shells: none')
})
