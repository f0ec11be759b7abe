import { LabPage } from '../support/lab-page.js'
import { expect, test } from '../support/test.js'

test('a first visit: link, catalogue, lab, terminal, checks, score', async ({ page, server }) => {
  await page.goto(server.signInUrl)
  const lab = new LabPage(page)
  await lab.open('Write your first files')
  await lab.start()
  await lab.ready()
  await expect(lab.check('The file greeting.txt exists')).toBeVisible()

  await lab.tasks.getByRole('button', { name: 'Check: A file that greets' }).click()
  await expect(lab.check('Not yet: The file greeting.txt exists')).toBeVisible()
  await expect(lab.check('Passed: The file keep.txt is as it was')).toBeVisible()

  await lab.enterTerminal()
  await lab.type('echo bye > greeting.txt')
  await lab.tasks.getByRole('button', { name: 'Check: A file that greets' }).click()
  await expect(lab.check('Passed: The file greeting.txt exists')).toBeVisible()
  await expect(lab.check('Not right: It says hello')).toBeVisible()
  const evidence = lab.tasks.getByRole('region', { name: 'Evidence for: It says hello' })
  await expect(evidence).toContainText('hello')
  await expect(evidence).toContainText('bye')
  await expect(evidence).toContainText('cat greeting.txt')
  await expect(page.getByRole('button', { name: /^Points: 2 \/ 9/ })).toBeVisible()

  await lab.enterTerminal()
  await lab.type('echo hello > greeting.txt')
  await lab.tasks.getByRole('button', { name: 'Check: A file that greets' }).click()
  await expect(lab.check('Passed: It says hello')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Points: 5 \/ 9/ })).toBeVisible()

  await lab.tasks.getByRole('tab', { name: /A file that counts/ }).click()
  await lab.enterTerminal()
  await lab.type('wc -l < keep.txt > count.txt')
  await lab.tasks.getByRole('button', { name: 'Check: A file that counts' }).click()
  await expect(lab.check('Passed: The file count.txt says three')).toBeVisible()

  await page.getByRole('button', { name: /^Points: 9 \/ 9/ }).click()
  const result = page.getByRole('dialog', { name: 'Result' })
  await expect(result).toContainText('Lab complete')
  await expect(result).toContainText('2 / 2')
  await result.getByRole('link', { name: 'All labs' }).click()
  await expect(page.getByRole('article').filter({ hasText: 'Write your first files' })).toContainText('Done')
})

test('what broke that must stay whole withholds the points and says so', async ({ signedIn }) => {
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()
  await lab.ready()
  await lab.enterTerminal()
  await lab.type('echo hello | tee greeting.txt >> keep.txt')
  await lab.tasks.getByRole('button', { name: 'Check: A file that greets' }).click()
  await expect(lab.check('Not right: The file keep.txt is as it was')).toBeVisible()
  await expect(lab.tasks.getByRole('status').first()).toContainText('withheld')
  await expect(signedIn.getByRole('button', { name: /^Points: 0 \/ 9/ })).toBeVisible()
})

test('a checker that breaks costs nothing and says whose fault it is', async ({ signedIn }) => {
  const lab = new LabPage(signedIn)
  await lab.open('A checker that breaks')
  await lab.start()
  await lab.ready()
  await lab.tasks.getByRole('button', { name: 'Check: Anything at all' }).click()
  await expect(lab.check('Could not be graded: Anything happened')).toBeVisible()
  await expect(lab.tasks).toContainText('our fault')
  await expect(lab.tasks).toContainText('the checker fell over')
})

test('Run types into the terminal, once for two clicks; Copy and inline code reach the clipboard', async ({
  signedIn,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()
  await lab.ready()
  await expect(lab.screen).toContainText('$')
  const block = lab.instructions.locator('.code-block').first()
  await block.hover()
  await block.getByRole('button', { name: 'Run' }).dblclick()
  await expect(lab.screen).toContainText('keep.txt')
  expect((await lab.screen.textContent())?.split('ls -a').length).toBe(2)

  await block.getByRole('button', { name: 'Copy' }).click()
  await expect.poll(() => signedIn.evaluate(() => navigator.clipboard.readText())).toBe('ls -a')
  await lab.instructions.getByText('inline code').click()
  await expect.poll(() => signedIn.evaluate(() => navigator.clipboard.readText())).toBe('inline code')
})

test('a task that was solved stays solved after its reset, which asks first', async ({ signedIn }) => {
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()
  await lab.ready()
  await lab.enterTerminal()
  await lab.type('echo hello > greeting.txt')
  await lab.tasks.getByRole('button', { name: 'Check: A file that greets' }).click()
  await expect(signedIn.getByRole('button', { name: /^Points: 5 \/ 9/ })).toBeVisible()

  await lab.tasks.getByRole('button', { name: 'Help' }).click()
  await signedIn.getByRole('menuitem', { name: 'Reset this task' }).click()
  await signedIn.getByRole('alertdialog').getByRole('button', { name: 'Reset this task' }).click()
  // The old verdict is gone, and what live grading finds at the start of a task is no news.
  await expect(lab.check('Not checked yet: The file greeting.txt exists')).toBeVisible()
  await lab.checkTask('A file that greets')
  await expect(lab.check('Not yet: The file greeting.txt exists')).toBeVisible()
  await expect(lab.tasks.getByRole('status').first()).toContainText('You passed this task before')
  await expect(signedIn.getByRole('button', { name: /^Points: 5 \/ 9/ })).toBeVisible()
})
