/** The words of a lab page, as a person finds them. */
import { expect, type Locator, type Page } from '@playwright/test'

export class LabPage {
  constructor(readonly page: Page) {}

  get instructions(): Locator {
    return this.page.getByRole('region', { name: 'Instructions' })
  }

  get tasks(): Locator {
    return this.page.getByRole('region', { name: 'Tasks' })
  }

  get environment(): Locator {
    return this.page.getByRole('region', { name: 'Environment' })
  }

  get terminals(): Locator {
    return this.page.getByRole('region', { name: 'Terminals' })
  }

  async open(title: string): Promise<void> {
    await this.page.getByRole('link', { name: title }).click()
    await expect(this.instructions).toBeVisible()
  }

  async start(): Promise<void> {
    await this.page.getByRole('button', { name: 'Start the lab' }).click()
  }

  /** @param timeoutMs  the patience of other expectations where absent */
  async ready(timeoutMs?: number): Promise<void> {
    const patience = timeoutMs === undefined ? {} : { timeout: timeoutMs }
    await expect(this.page.getByRole('button', { name: /^Environment: Ready/ })).toBeVisible(patience)
  }

  /** The text that is on the screen of the terminal in front. */
  get screen(): Locator {
    return this.terminals.locator('.xterm-rows:visible').first()
  }

  /** Puts the keyboard into the terminal, once its shell has drawn its prompt. */
  async enterTerminal(): Promise<void> {
    await expect(this.screen).toContainText('$')
    await this.terminals.locator('.xterm-screen:visible').first().click()
  }

  /** Types a line and presses Enter. */
  async type(line: string): Promise<void> {
    await this.page.keyboard.type(line)
    await this.page.keyboard.press('Enter')
  }

  /** One line of the checks, by its title. */
  check(title: string | RegExp): Locator {
    return this.tasks.getByRole('button', { name: title })
  }

  /** What a check asked, expected and found, where its line is open. */
  evidence(title: string): Locator {
    return this.tasks.getByRole('region', { name: `Evidence for: ${title}` })
  }

  /** Presses the check button of the task in front, once the task is set up. */
  async checkTask(title: string): Promise<void> {
    const button = this.tasks.getByRole('button', { name: `Check: ${title}` })
    await expect(button).toHaveAttribute('aria-disabled', 'false')
    await button.click()
  }

  /** Nothing of the task in front is being asked any more. */
  async judged(title: string): Promise<void> {
    await expect(this.tasks.getByRole('button', { name: `Check: ${title}` })).toHaveAttribute('aria-disabled', 'false')
  }

  async showTask(title: string): Promise<void> {
    await this.tasks.getByRole('tab', { name: title }).click()
  }

  /** Goes to a step by its name in the list of steps. */
  async goTo(title: string): Promise<void> {
    await this.instructions.getByRole('button', { name: 'Steps' }).click()
    await this.page.getByRole('menuitem', { name: title }).click()
    await expect(this.heading(title)).toBeVisible()
  }

  /** Chooses a hint or the solution from the menu of the task in front. */
  async help(name: 'Hint' | 'Bigger hint' | 'Solution'): Promise<void> {
    await this.tasks.getByRole('button', { name: 'Help' }).click()
    await this.page.getByRole('menuitem', { name, exact: true }).click()
  }

  step(name: string): Locator {
    return this.environment.getByRole('listitem').filter({ hasText: name })
  }

  heading(name: string): Locator {
    return this.instructions.getByRole('heading', { level: 1, name })
  }
}
