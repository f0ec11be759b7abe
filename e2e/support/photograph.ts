/** Pictures of a page for `npm run screenshots`, light and dark, in both languages, below `screenshots/`. */
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { type Look, wear } from './look.js'

const folder = fileURLToPath(new URL('../../screenshots/', import.meta.url))

export interface Size {
  width: number
  height: number
}

export const DESKTOPS: readonly Size[] = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
]
/** Nothing has to be perfect there, but nothing may be out of reach. */
export const SMALL: readonly Size[] = [
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
]

const LOOKS: readonly Look[] = [
  { theme: 'light', language: 'en' },
  { theme: 'dark', language: 'en' },
  { theme: 'light', language: 'zh' },
]

/** The page as it stands, in every look and each of the sizes; then as it was. */
export async function photograph(page: Page, name: string, sizes: readonly Size[] = DESKTOPS): Promise<void> {
  for (const look of LOOKS) {
    await wear(page, look)
    for (const size of sizes) {
      await page.setViewportSize(size)
      await page.mouse.move(0, 0)
      await page.screenshot({ path: picture(`${name}-${look.theme}-${look.language}-${size.width}x${size.height}`) })
    }
  }
  await wear(page, { theme: 'light', language: 'en' })
  await page.setViewportSize({ width: 1280, height: 720 })
}

/** One look is enough to see whether everything is within reach. */
export async function photographSmall(page: Page, name: string): Promise<void> {
  for (const size of SMALL) {
    await page.setViewportSize(size)
    await page.screenshot({ path: picture(`${name}-light-en-${size.width}x${size.height}`) })
  }
  await page.setViewportSize({ width: 1280, height: 720 })
}

export const picture = (name: string): string => `${folder}${name}.png`
