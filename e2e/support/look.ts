/** Theme, contrast and language of the pages, as the reader's own choice. */
import { expect, type Page } from '@playwright/test'

export interface Look {
  theme: 'light' | 'dark'
  language: 'en' | 'zh'
  highContrast?: boolean
}

/** Changes the look as another tab would: the page follows without a reload, so its state stays. */
export async function wear(page: Page, look: Look): Promise<void> {
  await page.evaluate((settings) => {
    window.localStorage.setItem('wheelhouse.settings', JSON.stringify(settings))
    window.dispatchEvent(new StorageEvent('storage', { key: 'wheelhouse.settings' }))
  }, look)
  await expect(page.locator('html')).toHaveAttribute('lang', look.language === 'zh' ? 'zh-CN' : 'en')
  await expect(page.locator('html')).toHaveAttribute('data-theme', look.theme)
}
