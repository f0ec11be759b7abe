/** Titles of the named steps of long work, under `step.NAME`. Engines and setups add theirs here. */
import type { Localized } from '../words.js'

export const stepMessages = {
  'step.wait-turn': { en: 'Waiting for a free place', zh: '等待空闲名额' },
} as const satisfies Record<`step.${string}`, Localized>
