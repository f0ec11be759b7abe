import { TerminalDesk } from '../support/terminal.js'
import { expect, test, testOnOwnServer } from '../support/test.js'

/** What a browser prints while nobody answers. */
const SERVER_GONE = /ERR_CONNECTION|WebSocket connection|Failed to load resource/

test('a learner who reloads sees the same screen and keeps typing in the same shell', async ({ signedIn }) => {
  const desk = await TerminalDesk.open(signedIn)
  await desk.run('kept=yes; echo before-$((1+1))')
  await desk.shows('before-2')
  await signedIn.reload()
  await desk.shows('before-2')
  await desk.run('echo "kept: $kept"')
  await desk.shows('kept: yes')
})

testOnOwnServer('a server that is killed and started again loses nothing of a terminal', async ({ signedIn, server, noise }) => {
  noise.expect(SERVER_GONE)
  const desk = await TerminalDesk.open(signedIn)
  await desk.run('kept=yes; for i in 1 2 3 4 5 6 7 8; do sleep 0.5; echo tick-$i; done; echo all-$((4*2))-ticks')
  await desk.shows('tick-1')
  await server.kill()
  await expect(desk.chip).toHaveText('Reconnecting')
  await signedIn.keyboard.type('echo "kept: $kept"\n')
  await server.start()
  await desk.shows('all-8-ticks')
  await desk.shows('kept: yes')
  await expect(desk.chip).toHaveText('Connected')
  const text = await desk.screen().innerText()
  for (let tick = 1; tick <= 8; tick++) expect(text.split(`tick-${tick}\n`).length, `tick ${tick}`).toBe(2)
})

test('the keyboard alone goes into a terminal, out of it, and along the tabs', async ({ signedIn }) => {
  const desk = await TerminalDesk.open(signedIn)
  await desk.run('echo in')
  await signedIn.keyboard.press('Control+Shift+L')
  await expect(desk.tab('base')).toBeFocused()
  await signedIn.getByRole('button', { name: 'Open a terminal', exact: true }).press('Enter')
  if (await signedIn.getByRole('menuitem', { name: 'base' }).isVisible()) await signedIn.keyboard.press('Enter')
  await expect(desk.tab('base 2')).toHaveAttribute('aria-selected', 'true')
  await desk.tab('base 2').focus()
  await signedIn.keyboard.press('F2')
  await signedIn.keyboard.type('notes')
  await signedIn.keyboard.press('Enter')
  await expect(desk.tab('notes')).toBeVisible()
  await desk.tab('notes').focus()
  await signedIn.keyboard.press('ArrowLeft')
  await expect(desk.tab('base')).toBeFocused()
  await signedIn.keyboard.press('ArrowRight')
  await signedIn.keyboard.press('Delete')
  await expect(desk.tab('notes')).toBeHidden()
  await signedIn.reload()
  await expect(desk.tab('base')).toBeVisible()
  await expect(desk.tab('notes')).toBeHidden()
})

test('a Run button runs once, also on a double click', async ({ signedIn }) => {
  const desk = await TerminalDesk.open(signedIn)
  await signedIn.locator('pre').first().hover()
  await signedIn.getByRole('button', { name: /^Run/ }).first().dblclick()
  await desk.shows('.  ..')
  await desk.run('echo settled-$((2+2))')
  await desk.shows('settled-4')
  expect((await desk.screen().innerText()).split('ls -a').length).toBe(2)
})

test('a shell that ends keeps its screen, and Enter starts a new one', async ({ signedIn }) => {
  const desk = await TerminalDesk.open(signedIn)
  await desk.run('echo last-words; exit 3')
  await expect(signedIn.getByText('The shell has ended with exit code 3.')).toBeVisible()
  await desk.shows('last-words')
  await signedIn.keyboard.press('Enter')
  await desk.shows('a new shell')
  await desk.run('echo again-$((3+3))')
  await desk.shows('again-6')
  await desk.shows('last-words')
})

test('two terminals stand side by side, each with its own shell and size', async ({ signedIn }) => {
  const desk = await TerminalDesk.open(signedIn)
  await desk.run('stty size; me=left')
  await desk.shows(/\d+ \d\d+/)
  await signedIn.getByRole('button', { name: 'Show two side by side' }).click()
  await expect(signedIn.locator('[data-terminal]').filter({ visible: true })).toHaveCount(2)
  await desk.run('me=right; echo "I am $me"', 1)
  await desk.shows('I am right', 1)
  await desk.run('echo "I am $me"')
  await desk.shows('I am left')
  await signedIn.getByRole('button', { name: 'Show one' }).click()
  await expect(signedIn.locator('[data-terminal]').filter({ visible: true })).toHaveCount(1)
  await desk.tab('base 2').click()
  await signedIn.getByRole('button', { name: 'Show two side by side' }).click()
  const leftEdge = async (name: string) => (await signedIn.getByRole('tabpanel', { name, exact: true }).boundingBox())?.x ?? 0
  expect(await leftEdge('base'), 'they stand as their tabs do').toBeLessThan(await leftEdge('base 2'))
})

test('during a flood the page answers, and Ctrl+C ends it within a second', async ({ signedIn }) => {
  const desk = await TerminalDesk.open(signedIn)
  await desk.run('yes')
  await desk.shows(/y\s*y\s*y/)
  const answeredMs = await signedIn.evaluate(async () => {
    const gaps: number[] = []
    for (let frame = 0; frame < 20; frame++) {
      const at = performance.now()
      await new Promise((resolve) => requestAnimationFrame(resolve))
      gaps.push(performance.now() - at)
    }
    return gaps.sort((a, b) => a - b)[10] ?? 0
  })
  expect(answeredMs).toBeLessThan(250)
  await signedIn.keyboard.press('Control+C')
  const pressedAt = Date.now()
  await expect(desk.screen()).toContainText('^C', { timeout: 5_000 })
  expect(Date.now() - pressedAt).toBeLessThan(2_000)
  await desk.run('echo free-$((5+5))')
  await desk.shows('free-10')
})

test('what is searched for is found in the scrollback', async ({ signedIn }) => {
  const desk = await TerminalDesk.open(signedIn)
  await desk.run('seq 1000 1200')
  await desk.shows('1200')
  await signedIn.keyboard.press('Control+Shift+F')
  await signedIn.getByRole('textbox', { name: 'Find' }).fill('1042')
  await desk.shows('1042')
  await expect(signedIn.getByRole('search')).toContainText('1/1')
  await signedIn.keyboard.press('Escape')
  await desk.run('echo back-$((6+6))')
  await desk.shows('back-12')
})
