import type { Page } from '@playwright/test'
import { LabPage } from '../support/lab-page.js'
import { expect, testOnSimulatedClusters as test } from '../support/test.js'

/** Pixels that the window itself could be scrolled by: the parts of a page scroll, the page never does. */
const overhang = (page: Page) =>
  page.evaluate(() => {
    const { scrollHeight, scrollWidth } = document.documentElement
    return { down: scrollHeight - innerHeight, right: scrollWidth - innerWidth }
  })
const none = { down: 0, right: 0 }

test.describe('with a long text', () => {
  test('only the parts of a page scroll, in both sizes and at the end of a text too', async ({ signedIn }) => {
    const lab = new LabPage(signedIn)
    expect(await overhang(signedIn)).toEqual(none)
    await lab.open('Roll back a bad release')
    for (const size of [
      { width: 1280, height: 720 },
      { width: 1920, height: 1080 },
    ]) {
      await signedIn.setViewportSize(size)
      expect(await overhang(signedIn)).toEqual(none)
      await lab.instructions.getByRole('region').first().press('End')
      await lab.tasks
        .getByRole('tabpanel')
        .first()
        .evaluate((panel) => panel.scrollTo(0, panel.scrollHeight))
      expect(await overhang(signedIn)).toEqual(none)
      await expect(signedIn.getByRole('banner')).toBeInViewport({ ratio: 1 })
    }
  })

  test('flags of a command stay whole, a long command can be read to its end, and the buttons fit at the narrowest', async ({
    signedIn,
  }) => {
    const lab = new LabPage(signedIn)
    await lab.open('Roll back a bad release')
    for (const block of await signedIn.locator('.code-block[data-language="sh"] pre').all())
      expect(await block.evaluate((pre) => pre.scrollWidth - pre.clientWidth)).toBe(0)
    const torn = await signedIn
      .locator('.code-word')
      .evaluateAll((words) => words.filter((word) => word.getClientRects().length > 1))
    expect(torn).toEqual([])

    await signedIn.getByRole('separator', { name: 'Resize the panels' }).first().press('Home')
    await expect.poll(async () => (await lab.instructions.boundingBox())?.width).toBeLessThan(330)
    const panel = (await lab.instructions.boundingBox())?.width ?? 0
    const next = await lab.instructions.getByRole('button', { name: 'Next step' }).boundingBox()
    expect((next?.x ?? 0) + (next?.width ?? 0)).toBeLessThanOrEqual(panel)
  })
})
