/** Before each test: the texts in English, nothing of the server and the page before, and no error or warning that nobody asked about. */
import { cleanup } from '@testing-library/react'
import { afterEach, beforeAll, beforeEach, vi } from 'vitest'
import { learnServerTime } from '~/lib/clock'
import { startTranslations } from '~/lib/i18n'

beforeAll(startTranslations)

beforeEach(() => {
  learnServerTime(Date.now())
  localStorage.clear()
  for (const level of ['error', 'warn'] as const)
    vi.spyOn(console, level).mockImplementation((...said) => {
      throw new Error(`console.${level}: ${said.map(String).join(' ')}`)
    })
})

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})
