/** Kept states on the simulated engine: one is kept by name, gone back to, and tried in a copy that changes nothing in the lab. */
import { expectAccessibleInBothThemes } from '../support/axe.js'
import { choose } from '../support/keyboard.js'
import { LabPage } from '../support/lab-page.js'
import { needsSandbox } from '../support/sandbox.js'
import { TerminalDesk } from '../support/terminal.js'
import { expect, testOnOwnServer as test } from '../support/test.js'

test.use({ serverOptions: { engine: 'simulated' } })

test.slow()

test('a learner keeps a state, breaks something, goes back, and tries it in a copy', async ({ signedIn: page, server }) => {
  await needsSandbox(page, server)
  const desk = await TerminalDesk.open(page)
  const lab = new LabPage(page)
  const environment = page.getByRole('button', { name: /^Environment: Ready/ })
  const dialog = page.getByRole('dialog', { name: 'Kept states' })
  const states = async () => {
    await environment.click()
    await page.getByRole('menuitem', { name: 'Kept states…' }).click()
    await expect(dialog.getByText('At the start of the lab')).toBeVisible()
  }
  await desk.run('echo precious > ~/mine; kubectl create configmap mine -n default')
  await desk.shows('configmap/mine created')
  await states()
  await dialog.getByRole('textbox').fill('all is well')
  await dialog.getByRole('button', { name: 'Keep this state' }).click()
  await expect(dialog.getByText('all is well')).toBeVisible()
  await page.keyboard.press('Escape')
  expect(await server.command('states', 'list')).toMatch(/\tnamed\tall is well\n[^\n]+\tstart\n/)

  await desk.run('clear; rm ~/mine; kubectl delete configmap mine -n default')
  await desk.shows('deleted')
  await states()
  await expectAccessibleInBothThemes(page)
  await choose(page, dialog.getByRole('button', { name: 'Go back: all is well' }))
  await expect(dialog).toBeHidden()
  await desk.run('clear; cat ~/mine; kubectl get configmap mine -n default -o name')
  await desk.shows(/precious\s*configmap\/mine/)

  await states()
  await expect(dialog.getByText('Before going back')).toBeVisible()
  await dialog.getByRole('button', { name: 'Try in a copy: all is well' }).click()
  await expect(page.getByText('A copy to try something in.')).toBeVisible()
  const copy = new TerminalDesk(page)
  await copy.prompted()
  await copy.run('cat ~/mine; echo changed > ~/mine; kubectl delete configmap mine -n default')
  await copy.shows(/precious\s*configmap "mine" deleted/)
  await page.getByRole('link', { name: 'Back to the lab' }).click()
  await lab.ready()
  await desk.run('clear; cat ~/mine; kubectl get configmap mine -n default -o name')
  await desk.shows(/precious\s*configmap\/mine/)
})
