/** A page by keyboard alone. */
import type { Locator, Page } from '@playwright/test'

/** More stops than any of our pages has: whoever needs more is caught in a loop. */
const MOST_STOPS = 60

/** Presses Tab until the keyboard is there, as a person does. Backwards where a terminal, which keeps Tab to itself, is on the way. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press(key)
  }
  throw new Error(`${MOST_STOPS} times Tab did not lead to ${target}`)
}

/** Goes there and presses Enter. */
export async function choose(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await tabTo(page, target, key)
  await page.keyboard.press('Enter')
}
