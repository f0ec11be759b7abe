import { expect, test } from 'vitest'
import { matchesLabels } from './labels.js'

const labels = { app: 'web', tier: 'front' }

test.each([
  ['', true],
  ['app=web', true],
  ['app==web,tier!=db', true],
  ['app in (api,web)', true],
  ['app notin (api, web)', false],
  ['app', true],
  ['!app', false],
  ['!legacy,app=web', true],
  ['missing!=x', true],
  ['missing=x', false],
  ['missing in (x)', false],
  ['missing notin (x)', true],
])('%s', (selector, wanted) => {
  expect(matchesLabels(selector, labels)).toBe(wanted)
})
