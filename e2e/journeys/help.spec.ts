import { LabPage } from '../support/lab-page.js'
import { expect, test } from '../support/test.js'

test('a hint is shown after a yes, is marked as seen, and the solution asks for a yes of its own', async ({ signedIn }) => {
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()
  await lab.ready()

  await lab.help('Hint')
  await signedIn.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
  await lab.help('Hint')
  await expect(signedIn.getByRole('alertdialog')).toContainText('recorded')
  await signedIn.getByRole('button', { name: 'Show it' }).click()
  await expect(signedIn.getByRole('dialog')).toContainText('echo says something')
  await signedIn.keyboard.press('Escape')

  await signedIn.reload()
  await lab.ready()
  await lab.tasks.getByRole('button', { name: 'Help' }).click()
  await expect(signedIn.getByRole('menuitem', { name: /^Hint/ })).toContainText('seen')
  await signedIn.getByRole('menuitem', { name: 'Solution' }).click()
  await expect(signedIn.getByRole('alertdialog')).toContainText('every command')
  await signedIn.getByRole('button', { name: 'Show it' }).click()
  await expect(signedIn.getByRole('dialog')).toContainText('greeting.txt')
})

test('what the engine cannot do is said before the start, and the text can be read all the same', async ({ signedIn }) => {
  const lab = new LabPage(signedIn)
  await expect(signedIn.getByText('Not on this engine')).toBeVisible()
  await lab.open('A cluster from the past')
  await expect(lab.environment.getByRole('heading', { name: 'This engine cannot run the lab' })).toBeVisible()
  await expect(lab.environment).toContainText('v1.20')
  await expect(signedIn.getByRole('button', { name: 'Start the lab' })).toHaveCount(0)
  await expect(lab.tasks.getByRole('status').first()).toHaveText('This engine cannot run the lab, so nothing can be checked.')
  await expect(lab.heading('Read')).toBeVisible()
})
