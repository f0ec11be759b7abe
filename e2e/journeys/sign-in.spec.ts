import { expect, test } from '../support/test.js'

test('the printed address signs the owner in and leaves no token in the address bar', async ({ page, server }) => {
  await page.goto(server.signInUrl)
  await expect(page.getByRole('heading', { level: 1, name: 'Labs' })).toBeVisible()
  expect(page.url()).toBe(`${server.url}/`)
})

test('whoever is not signed in learns where the link is to be had', async ({ page, server, noise }) => {
  noise.expect(/401/)
  await page.goto(`${server.url}/labs/first-files`)
  await expect(page.getByRole('heading', { name: 'Sign in with your link' })).toBeVisible()
  await expect(page.getByText('npx wheelhouse learner add NAME')).toBeVisible()
})

test('a link that was used before is refused with a way on', async ({ page, server, noise }) => {
  noise.expect(/401/)
  await page.goto(server.signInUrl)
  await expect(page.getByRole('heading', { level: 1, name: 'Labs' })).toBeVisible()
  await page.context().clearCookies()
  await page.goto(server.signInUrl)
  await expect(page.getByText('This link does not work any more')).toBeVisible()
})

test('signing out ends on the page that says how to come back', async ({ signedIn, noise }) => {
  noise.expect(/401/)
  await signedIn.getByRole('button', { name: 'Account' }).click()
  await signedIn.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(signedIn.getByRole('heading', { name: 'Sign in with your link' })).toBeVisible()
})

test('an address that leads nowhere says so and shows the way to the labs', async ({ signedIn, server }) => {
  await signedIn.goto(`${server.url}/no/such/page`)
  await expect(signedIn.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  await signedIn.getByRole('link', { name: 'Go to the labs' }).click()
  await expect(signedIn.getByRole('heading', { level: 1, name: 'Labs' })).toBeVisible()
})
