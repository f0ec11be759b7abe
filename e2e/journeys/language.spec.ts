import { LabPage } from '../support/lab-page.js'
import { expect, test } from '../support/test.js'

test('the language switch keeps the step, the task and the place in the text', async ({ signedIn }) => {
  await signedIn.setViewportSize({ width: 1280, height: 480 })
  const lab = new LabPage(signedIn)
  await lab.open('Write your first files')
  await lab.start()
  await lab.ready()
  await lab.goTo('Write a greeting')
  await lab.tasks.getByRole('tab', { name: /A file that counts/ }).click()
  const end = lab.instructions.getByText('Two of them add to its end')
  await end.scrollIntoViewIfNeeded()

  await signedIn.getByRole('radio', { name: '中文' }).click()
  await expect(signedIn.getByRole('heading', { level: 1, name: '写一句问候' })).toBeAttached()
  await expect(signedIn.getByText('两个连用则追加到末尾')).toBeInViewport()
  await expect(signedIn.getByRole('tab', { name: /一个计数的文件/ })).toHaveAttribute('aria-selected', 'true')
  await expect(signedIn.locator('html')).toHaveAttribute('lang', 'zh-CN')

  await signedIn.reload()
  await expect(signedIn.getByRole('heading', { level: 1, name: '写一句问候' })).toBeVisible()
})

test('the language is the learner’s: another browser has it too', async ({ signedIn, server, browser }) => {
  await signedIn.getByRole('radio', { name: '中文' }).click()
  await expect(signedIn.getByRole('heading', { level: 1, name: '实验' })).toBeVisible()

  const link = /http\S+/.exec(await server.command('learner', 'link', server.learner))?.[0] ?? ''
  const elsewhere = await browser.newPage({ locale: 'en-GB' })
  await elsewhere.goto(link)
  await expect(elsewhere.getByRole('heading', { level: 1, name: '实验' })).toBeVisible()
  await elsewhere.close()
})

test('the theme is kept over a reload and follows the system until one is chosen', async ({ signedIn }) => {
  await signedIn.emulateMedia({ colorScheme: 'dark' })
  await expect(signedIn.locator('html')).toHaveAttribute('data-theme', 'dark')
  await signedIn.getByRole('button', { name: 'Appearance' }).click()
  await signedIn.getByRole('menuitemradio', { name: 'Light' }).click()
  await expect(signedIn.locator('html')).toHaveAttribute('data-theme', 'light')
  await signedIn.reload()
  await expect(signedIn.locator('html')).toHaveAttribute('data-theme', 'light')
})
