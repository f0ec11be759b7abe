import { expect, test, testOnOwnServer } from '../support/test.js'

testOnOwnServer(
  'the printed address signs the owner in once and leaves no token in the address bar',
  async ({ page, server, noise }) => {
    noise.expect(/401/)
    await page.goto(server.signInUrl)
    await expect(page.getByRole('heading', { level: 1, name: 'Labs' })).toBeVisible()
    expect(page.url()).toBe(`${server.url}/`)

    await test.step('an address that leads nowhere says so and shows the way to the labs', async () => {
      await page.goto(`${server.url}/no/such/page`)
      await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
      await page.getByRole('link', { name: 'Go to the labs' }).click()
      await expect(page.getByRole('heading', { level: 1, name: 'Labs' })).toBeVisible()
    })

    await test.step('signing out ends on the page that says how to come back', async () => {
      await page.getByRole('button', { name: 'Account' }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await expect(page.getByRole('heading', { name: 'Sign in with your link' })).toBeVisible()
    })

    await test.step('the link that was used is refused with a way on', async () => {
      await page.goto(server.signInUrl)
      await expect(page.getByText('This link does not work any more')).toBeVisible()
      await expect(page.getByText('npx wheelhouse learner link owner')).toBeVisible()
    })
  },
)

test('whoever is not signed in learns where the link is to be had', async ({ page, server, noise }) => {
  noise.expect(/401/)
  await page.goto(`${server.url}/labs/first-files`)
  await expect(page.getByRole('heading', { name: 'Sign in with your link' })).toBeVisible()
  await expect(page.getByText('npx wheelhouse learner add NAME')).toBeVisible()
})
