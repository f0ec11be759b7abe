import { LabPage } from '../support/lab-page.js'
import { expect, test } from '../support/test.js'

test('the steps of provisioning are shown while the text can be read, and the terminals follow', async ({ signedIn, server }) => {
  await server.hold('control-plane')
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()

  await expect(lab.environment.getByRole('heading', { name: 'Building your cluster' })).toBeVisible()
  await expect(lab.environment.getByRole('listitem').nth(0)).toContainText('Done')
  await expect(lab.environment.locator('[aria-current="step"]')).toContainText('Running')
  await expect(lab.heading('Look around')).toBeVisible()
  await lab.instructions.getByRole('button', { name: 'Next step' }).last().click()
  await expect(lab.heading('Write a greeting')).toBeVisible()

  await server.release('control-plane')
  await lab.ready()
  await expect(lab.heading('Write a greeting')).toBeVisible()
})

test('a failed step shows its command, its output and what to do, and the next try succeeds', async ({ signedIn, server }) => {
  await server.fail('control-plane', 'error: the API server did not come up\n')
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()

  await expect(lab.environment.getByRole('heading', { name: 'Your cluster could not be built' })).toBeVisible()
  const log = lab.environment.getByRole('region', { name: 'Log' })
  await expect(log).toContainText('kind create cluster --name wheelhouse')
  await expect(log).toContainText('the API server did not come up')
  await expect(lab.environment.getByText('the API server did not come up')).toHaveCount(1)
  await expect(lab.environment).toContainText('Nothing was left behind')

  await server.mend('control-plane')
  await lab.environment.getByRole('button', { name: 'Try again' }).click()
  await lab.ready()
})

test('cancelling asks first, then removes what was there, and the lab can be started again', async ({ signedIn, server }) => {
  await server.hold('network')
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()

  await lab.environment.getByRole('button', { name: 'Cancel' }).click()
  const question = signedIn.getByRole('alertdialog')
  await question.getByRole('button', { name: 'Keep going' }).click()
  await expect(lab.environment.getByRole('heading', { name: 'Building your cluster' })).toBeVisible()

  await lab.environment.getByRole('button', { name: 'Cancel' }).click()
  await question.getByRole('button', { name: 'Cancel' }).click()
  await expect(lab.environment.getByRole('heading', { name: /no environment for this lab/ })).toBeVisible()

  await server.release('network')
  await lab.environment.getByRole('button', { name: 'Build a new one' }).click()
  await lab.ready()
})

test('the terminal comes without taking the keyboard: an open menu stays open, and `]` turns the step', async ({
  signedIn,
  server,
}) => {
  await server.hold('ready')
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()
  await expect(lab.environment.locator('[aria-current="step"]')).toBeVisible()
  await lab.instructions.getByRole('button', { name: 'Steps' }).click()

  await server.release('ready')
  await expect(lab.screen).toContainText('$')
  await expect(signedIn.getByRole('menuitem', { name: 'Write a greeting' })).toBeVisible()
  await signedIn.keyboard.press('Escape')
  await signedIn.keyboard.press(']')
  await expect(lab.heading('Write a greeting')).toBeVisible()
  await expect(lab.screen).not.toContainText(']')
})
