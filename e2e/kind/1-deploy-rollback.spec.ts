import { LabPage } from '../support/lab-page.js'
import { BUILDING_MS, deleteEnvironments, expect, test } from './kind-test.js'

test('deploy-rollback on a real cluster: printed address, catalogue, steps, terminal, checks that tick, score', async ({
  page,
  server,
}) => {
  await page.goto(server.signInUrl)
  const lab = new LabPage(page)
  await lab.open('Roll back a bad release')
  await lab.start()
  await expect(lab.environment.locator('[aria-current="step"]')).toBeVisible()
  await expect(lab.environment.getByRole('list', { name: 'Steps' }).getByRole('listitem')).not.toHaveCount(0)
  await page.keyboard.press(']')
  await expect(lab.heading('A new version')).toBeVisible()

  await lab.ready(BUILDING_MS)
  await lab.enterTerminal()
  await lab.type('kubectl get nodes')
  await expect(lab.screen).toContainText(/node01\s+Ready/)

  await test.step('roll back', async () => {
    await lab.checkTask('Bring back the release that worked')
    await expect(lab.check(/^Not (yet|right): The Pod template is that of the newest release/)).toBeVisible()
    await lab.enterTerminal()
    await lab.type('kubectl -n tickets rollout undo deployment/shop --to-revision=2')
    // Nobody presses a button: the checks tick by themselves.
    await expect(lab.check('Passed: The Pod template is that of the newest release')).toBeVisible()
    await expect(lab.check('Passed: All three Pods have the present template')).toBeVisible()
    await lab.checkTask('Bring back the release that worked')
    await expect(page.getByRole('button', { name: /^Points: 5 \/ 16/ })).toBeVisible()
  })

  await test.step('read the history', async () => {
    await lab.showTask('Read the history of the board')
    await lab.enterTerminal()
    await lab.type('cd ~/answers/timetable && echo 4 > revision.txt && echo wheelhouse/app:1 > image.txt')
    const cause = 'refresh of 5 seconds overloaded the server'
    await lab.type(`kubectl -n timetable annotate deployment/board kubernetes.io/change-cause='${cause}'`)
    await expect(lab.screen).toContainText('board annotated')
    await lab.checkTask('Read the history of the board')
    await expect(page.getByRole('button', { name: /^Points: 10 \/ 16/ })).toBeVisible()
  })

  await test.step('release what was paused', async () => {
    await lab.showTask('Release what a colleague left paused')
    await lab.enterTerminal()
    await lab.type('clear; kubectl -n loyalty set image deployment/points web=wheelhouse/app:2')
    const strategy = '"strategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":1}}'
    await lab.type(
      `kubectl -n loyalty patch deployment points -p '{"spec":{"revisionHistoryLimit":5,"progressDeadlineSeconds":60,${strategy}}}'`,
    )
    await lab.type('kubectl -n loyalty rollout resume deployment/points && kubectl -n loyalty rollout status deployment/points')
    await expect(lab.screen).toContainText('successfully rolled out')
    await lab.checkTask('Release what a colleague left paused')
    await expect(page.getByRole('button', { name: /^Points: 16 \/ 16/ })).toBeVisible()
  })

  await page.getByRole('button', { name: /^Points: 16 \/ 16/ }).click()
  const result = page.getByRole('dialog', { name: 'Result' })
  await expect(result).toContainText('Lab complete')
  await expect(result).toContainText('3 / 3')
  await deleteEnvironments(page, server)
})
