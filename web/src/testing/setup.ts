/** Before each file of tests: the texts in English, and no error or warning that nobody asked about. */
import { cleanup } from '@testing-library/react'
import { afterEach, beforeAll, beforeEach, vi } from 'vitest'
import { startTranslations } from '~/lib/i18n'

beforeAll(startTranslations)

beforeEach(() => {
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
