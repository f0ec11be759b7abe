import { defineConfig } from '@playwright/test'
import { findChromium } from './support/chromium.js'

const chromium = await findChromium()

/**
 * A browser that stays in its corner: no sandbox (it may run as root in a container), no graphics card, no calls home.
 * Without WebGL the terminals draw with text, which a journey can read.
 */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-webgl',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export default defineConfig({
  outputDir: '../test-results',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  workers: 2,
  reporter: [['list']],
  // A loaded computer is slow, not wrong: only what hangs is to fail.
  expect: { timeout: 20_000 },
  timeout: 120_000,
  use: {
    viewport: { width: 1280, height: 720 },
    locale: 'en-GB',
    contextOptions: { reducedMotion: 'reduce' },
    // Without its film, which takes up to a tenth of all computing: the pages it keeps can be looked at, and a failure has its picture.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium.executablePath,
      env: { ...(process.env as Record<string, string>), ...chromium.env },
      args: FLAGS,
    },
  },
  projects: [
    { name: 'journeys', testDir: 'journeys' },
    { name: 'screenshots', testDir: 'screenshots' },
    // On real clusters: `npm run test:kind` runs it where a container engine answers.
    { name: 'kind', testDir: 'kind', timeout: 900_000, expect: { timeout: 120_000 }, workers: 1 },
  ],
})
