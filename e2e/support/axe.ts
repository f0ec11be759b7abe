/** Asks axe about a page. Serious and critical violations fail; they name the elements and the rule. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { expect, type Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'
import { wear } from './look.js'

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const RULES = {
  colours: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
  everything: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
}

/** `colours`: what a theme can break. `everything`: structure, names and keyboard as well, which a theme cannot. */
export type AxeScope = 'colours' | 'everything'

/** For a state of a page that has its usual parts: its structure in one theme, its colours in the other. */
export async function expectAccessibleInBothThemes(page: Page): Promise<void> {
  await wear(page, { theme: 'dark', language: 'en' })
  await expectAccessible(page, 'colours')
  await wear(page, { theme: 'light', language: 'en' })
  await expectAccessible(page)
}

export async function expectAccessible(page: Page, scope: AxeScope = 'everything'): Promise<void> {
  // Through the debugger, not by a script element: the page's own security policy stays as it is.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await source)
  const violations = await page.evaluate(async (runOnly) => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResults> } }
    // What passes is not told one by one, which takes longer than the looking.
    return (await axe.run({ runOnly, resultTypes: ['violations'] })).violations
  }, RULES[scope])
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(
    serious.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.map((node) => `${node.target} ${node.failureSummary ?? ''}`),
    })),
  ).toEqual([])
}
