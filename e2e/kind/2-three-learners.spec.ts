import { type Browser, expect, type Page } from '@playwright/test'
import { LabPage } from '../support/lab-page.js'
import type { TestServer } from '../support/server.js'
import { BUILDING_MS, deleteEnvironments, test } from './kind-test.js'

const NAMES = ['ada', 'bert', 'cleo'] as const

interface Learner {
  name: string
  page: Page
  lab: LabPage
}

test('three learners at once, each in an environment of his own', async ({ browser, server, noise }) => {
  const learners: Learner[] = []
  for (const name of NAMES) learners.push(await signIn(browser, server, name))
  for (const { page } of learners) noise.listen(page.context())

  await Promise.all(learners.map(solve))
  const ids = await Promise.all(learners.map(({ page }) => environmentOf(page, server)))
  expect(new Set(ids).size).toBe(learners.length)

  for (const [at, { name, page, lab }] of learners.entries()) {
    await test.step(`${name} sees nothing of the others`, async () => {
      for (const [owner, id] of ids.entries())
        for (const path of [`/api/environments/${id}`, `/api/environments/${id}/terminals`])
          expect((await page.request.get(`${server.url}${path}`)).status(), path).toBe(owner === at ? 200 : 404)
      await lab.enterTerminal()
      await lab.type('clear; kubectl get namespaces -l learner; echo that is all')
      await expect(lab.screen).toContainText(new RegExp(`of-${name}\\s+Active.*that is all`))
      for (const other of NAMES.filter((one) => one !== name)) await expect(lab.screen).not.toContainText(`of-${other}`)
    })
  }
  await Promise.all(learners.map(({ page }) => deleteEnvironments(page, server)))
  await Promise.all(learners.map(({ page }) => page.context().close()))
})

async function signIn(browser: Browser, server: TestServer, name: string): Promise<Learner> {
  const link = /http\S+/.exec(await server.command('learner', 'add', name))?.[0] ?? ''
  const page = await (await browser.newContext()).newPage()
  await page.goto(link)
  await expect(page.getByRole('heading', { level: 1, name: 'Labs' })).toBeVisible()
  return { name, page, lab: new LabPage(page) }
}

async function solve({ name, page, lab }: Learner): Promise<void> {
  await lab.open('Create and run Pods')
  await lab.start()
  await lab.ready(BUILDING_MS)
  await lab.enterTerminal()
  await lab.type(`kubectl create namespace of-${name} && kubectl label namespace of-${name} learner=${name}`)
  await expect(lab.screen).toContainText(`of-${name} labeled`)
  await lab.checkTask('A greeter for the kiosk')
  await expect(lab.check('Not yet: The Pod greeter runs the right image')).toBeVisible()
  await lab.enterTerminal()
  await lab.type(
    'kubectl -n kiosk run greeter --image=wheelhouse/app:1 --labels=app=greeter,tier=web --env="GREETING=Welcome aboard" --port=8080',
  )
  await expect(lab.check('Passed: The Pod greeter runs the right image')).toBeVisible()
  await lab.checkTask('A greeter for the kiosk')
  await expect(page.getByRole('button', { name: /^Points: 6 \// })).toBeVisible()
}

async function environmentOf(page: Page, server: TestServer): Promise<string> {
  const answer = await page.request.get(`${server.url}/api/environments`)
  const { environments } = (await answer.json()) as { environments: { id: string }[] }
  expect(environments).toHaveLength(1)
  return environments[0]?.id ?? ''
}
