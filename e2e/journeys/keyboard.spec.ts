import { tabTo } from '../support/keyboard.js'
import { LabPage } from '../support/lab-page.js'
import { expect, test } from '../support/test.js'

test('a lab is solved by keyboard alone, the terminal entered and left again', async ({ signedIn, noise: _ }) => {
  const lab = new LabPage(signedIn)
  await tabTo(signedIn, signedIn.getByRole('link', { name: 'Write your first files' }))
  await signedIn.keyboard.press('Enter')
  await expect(lab.heading('Look around')).toBeVisible()
  await tabTo(signedIn, signedIn.getByRole('button', { name: 'Start the lab' }))
  await signedIn.keyboard.press('Enter')
  await lab.ready()
  await expect(lab.screen).toContainText('$')

  await signedIn.keyboard.press(']')
  await expect(lab.heading('Write a greeting')).toBeVisible()
  await signedIn.keyboard.press('[')
  await expect(lab.heading('Look around')).toBeVisible()

  await signedIn.keyboard.press('t')
  await lab.type('echo hello > greeting.txt; echo [1]')
  // Brackets and digits went to the shell: the page stayed where it was.
  await expect(lab.screen).toContainText('[1]')
  await expect(lab.heading('Look around')).toBeVisible()
  await signedIn.keyboard.press('Control+Shift+L')
  await expect(lab.terminals.locator('textarea').first()).not.toBeFocused()

  await signedIn.keyboard.press('Control+Enter')
  await expect(lab.check('Passed: It says hello')).toBeVisible()

  await signedIn.keyboard.press('2')
  await expect(lab.tasks.getByRole('tab', { name: /A file that counts/ })).toHaveAttribute('aria-selected', 'true')
  await signedIn.keyboard.press('t')
  await lab.type('echo 3 > count.txt')
  await signedIn.keyboard.press('Control+Shift+L')
  await signedIn.keyboard.press('Control+Enter')
  await expect(lab.check('Passed: The file count.txt says three')).toBeVisible()

  await signedIn.keyboard.press('?')
  await expect(signedIn.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await signedIn.keyboard.press('Escape')
  await tabTo(signedIn, signedIn.getByRole('button', { name: /^Points: 9 \/ 9/ }))
  await signedIn.keyboard.press('Enter')
  await expect(signedIn.getByRole('dialog', { name: 'Result' })).toContainText('Lab complete')
})

test('the first stop of every page leads past the header', async ({ signedIn }) => {
  await signedIn.keyboard.press('Tab')
  await expect(signedIn.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await signedIn.keyboard.press('Enter')
  await expect(signedIn.getByRole('main')).toBeFocused()
})

test('the dividers move by arrow keys and remember their place', async ({ signedIn }) => {
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  const divider = signedIn.getByRole('separator', { name: 'Resize the panels' }).first()
  await divider.focus()
  const before = (await lab.instructions.boundingBox())?.width ?? 0
  for (let press = 0; press < 3; press++) await signedIn.keyboard.press('ArrowRight')
  const after = (await lab.instructions.boundingBox())?.width ?? 0
  expect(after).toBeGreaterThan(before + 20)
  await signedIn.reload()
  await expect(lab.instructions).toBeVisible()
  await expect.poll(async () => Math.abs(((await lab.instructions.boundingBox())?.width ?? 0) - after)).toBeLessThan(3)
})
