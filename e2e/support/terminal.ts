/** The terminals of a lab page, as a person uses them. Drawn with elements, so that a test can read them. */
import { expect, type Locator, type Page } from '@playwright/test'
import { LabPage } from './lab-page.js'

export class TerminalDesk {
  constructor(readonly page: Page) {}

  /** Starts the lab and waits for the first prompt. */
  static async open(page: Page, lab = 'Write your first files'): Promise<TerminalDesk> {
    await page.evaluate(() => localStorage.setItem('wheelhouse.terminal', JSON.stringify({ renderer: 'dom' })))
    const labPage = new LabPage(page)
    await labPage.open(lab)
    await labPage.start()
    const desk = new TerminalDesk(page)
    await desk.prompted()
    return desk
  }

  /** The screen in front, or the one at `index` of two. */
  screen(index = 0): Locator {
    return this.page.locator('[role="tabpanel"]:visible .xterm-rows').nth(index)
  }
  tab(name: string): Locator {
    return this.page.getByRole('tab', { name, exact: true })
  }
  get chip(): Locator {
    return this.page.locator('[data-state][role="status"]')
  }

  async prompted(): Promise<void> {
    await expect(this.screen()).toContainText('$', { timeout: 30_000 })
    await expect(this.chip).toHaveText('Connected')
  }

  /** Types into the terminal in front and presses Enter. */
  async run(command: string, index = 0): Promise<void> {
    await this.page.locator('[role="tabpanel"]:visible .xterm-helper-textarea').nth(index).focus()
    await this.page.keyboard.type(command)
    await this.page.keyboard.press('Enter')
  }

  async shows(text: string | RegExp, index = 0): Promise<void> {
    await expect(this.screen(index)).toContainText(text, { timeout: 20_000 })
  }
}
