import { expect, test } from 'vitest'
import { LANGUAGES } from '../words.js'
import { formatMessage, MESSAGES } from './index.js'

const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

test.each(Object.entries(MESSAGES))('%s names the same values in every language', (_, texts) => {
  for (const language of LANGUAGES) expect(slots(texts[language])).toEqual(slots(texts.en))
})

test('formatMessage fills values in, says a text that travels with the message, and hides nothing', () => {
  expect(formatMessage('en', { key: 'expected.at-least', values: { value: 3 } })).toBe('at least 3')
  expect(formatMessage('zh', { key: 'expected.at-least', values: { value: 3 } })).toBe('至少 3')
  expect(formatMessage('zh', { key: 'x', values: { n: 2 }, text: { en: '{n} Pods', zh: '{n} 个 Pod' } })).toBe('2 个 Pod')
  expect(formatMessage('en', { key: 'no.such', values: { n: 2 } })).toBe('no.such 2')
})
