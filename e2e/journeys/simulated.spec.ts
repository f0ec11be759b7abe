/**
 * The labs themselves, solved by hand in a browser, on simulated clusters: no container engine is needed. What an author's solution
 * does is pasted into the terminal; the checks are asked by their button; every task must come to all its points.
 */
import { LabPage } from '../support/lab-page.js'
import { needsSandbox } from '../support/sandbox.js'
import { allLabs, type SolvedLab } from '../support/solved-labs.js'
import { TerminalDesk } from '../support/terminal.js'
import { expect, testOnSimulatedClusters as test } from '../support/test.js'

/** Work of a whole cluster stands behind these waits; a loaded computer is slow, not wrong. */
const patiently = expect.configure({ timeout: 90_000 })

const SIMULATED = ['api', 'pods', 'network']

test.describe.configure({ timeout: 300_000 })

test.beforeEach(async ({ signedIn, server }) => {
  await needsSandbox(signedIn, server)
})

test('the first lab: from the click to the answer of kubectl get nodes', async ({ page }) => {
  await page.evaluate(() => localStorage.setItem('wheelhouse.terminal', JSON.stringify({ renderer: 'dom' })))
  const lab = new LabPage(page)
  const [first] = simulatedLabs()
  await lab.open(first?.title ?? '')
  const startedAt = performance.now()
  const desk = new TerminalDesk(page)
  const sizesSaid = countOfSizes(page)
  await lab.start()
  await desk.prompted()
  const promptedMs = performance.now() - startedAt
  await desk.run('kubectl get nodes')
  await desk.shows(/node01 +Ready/)
  const answeredMs = performance.now() - startedAt
  const prompt = `first lab: prompt ${Math.round(promptedMs)} ms after the click`
  process.stdout.write(`${prompt}, kubectl get nodes answered after ${Math.round(answeredMs)} ms\n`)
  // The page comes to rest: a size is said when it changes, not again and again.
  expect(sizesSaid()).toBeLessThan(8)
})

function countOfSizes(page: LabPage['page']): () => number {
  let count = 0
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => (count += String(payload).includes('"resize"') ? 1 : 0)),
  )
  return () => count
}

for (const lab of simulatedLabs()) {
  test(`solved: ${lab.title}`, async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await solve(lab, page)
  })
}

for (const { title, needs } of allLabs().filter((lab) => !SIMULATED.includes(lab.needs)))
  test.skip(`NOT RUN: ${title} (needs ${needs}, which no simulated cluster has)`, () => {})

function simulatedLabs(): SolvedLab[] {
  return allLabs().filter(({ needs }) => SIMULATED.includes(needs))
}

async function solve(lab: SolvedLab, page: LabPage['page']): Promise<void> {
  await page.evaluate(() => localStorage.setItem('wheelhouse.terminal', JSON.stringify({ renderer: 'dom' })))
  const view = new LabPage(page)
  const desk = new TerminalDesk(page)
  await view.open(lab.title)
  const start = page.getByRole('button', { name: 'Start the lab' })
  await expect(start.or(desk.screen())).toBeVisible()
  if (await start.isVisible()) await start.click()
  await patiently(page.getByRole('button', { name: /^Environment: Ready/ })).toBeVisible()
  await desk.prompted()
  for (const [index, task] of lab.tasks.entries()) {
    const button = view.tasks.getByRole('button', { name: `Check: ${task.title}` })
    await view.tasks.getByRole('tab', { name: task.title }).click()
    const begin = view.tasks.getByRole('button', { name: `Start the task: ${task.title}` })
    await patiently(button.or(begin)).toBeEnabled()
    if (await begin.isVisible()) await begin.click()
    await patiently(button).toBeEnabled()
    await paste(page, `clear; cd\n${task.solution}echo task-$((${index + 1} + 1000))-is-done`)
    await patiently(desk.screen()).toContainText(`task-${index + 1001}-is-done`)
    await button.click()
    await patiently(view.tasks.getByRole('tab', { name: task.title })).toHaveAccessibleName(/, Passed/)
  }
  await expect(page.getByRole('button', { name: /^Points: (\d+) \/ \1/ })).toBeVisible()
}

/** As a person pastes several lines: they run one after the other once Enter is pressed. */
async function paste(page: LabPage['page'], text: string): Promise<void> {
  await page.locator('[role="tabpanel"]:visible .xterm-helper-textarea').first().focus()
  await page.evaluate((words) => navigator.clipboard.writeText(words), text)
  await page.keyboard.press('Control+Shift+V')
  await page.keyboard.press('Enter')
}
