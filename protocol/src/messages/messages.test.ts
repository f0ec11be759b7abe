import { describe, expect, test } from 'vitest'
import { ERRORS } from '../errors.js'
import { LANGUAGES } from '../words.js'
import { formatMessage, MESSAGES, placeholdersOf } from './index.js'

describe('the message catalogue', () => {
  test.each(Object.entries(MESSAGES))('%s names the same values in every language, and says something', (_, texts) => {
    for (const language of LANGUAGES) {
      expect([...new Set(placeholdersOf(texts[language]))]).toEqual([...new Set(placeholdersOf(texts.en))])
      expect(texts[language].trim()).not.toBe('')
    }
  })

  test('every error code has a sentence, and every sentence a code', () => {
    const sentences = Object.keys(MESSAGES).filter((key) => key.startsWith('error.'))
    const codes = Object.keys(ERRORS).map((code) => `error.${code}`)
    expect(sentences.sort()).toEqual(codes.sort())
  })
})

describe('formatMessage', () => {
  test('fills values in, says a text that travels with the message, and hides nothing', () => {
    expect(formatMessage('en', { key: 'expected.at-least', values: { value: 3 } })).toBe('at least 3')
    expect(formatMessage('zh', { key: 'expected.at-least', values: { value: 3 } })).toBe('至少 3')
    expect(formatMessage('zh', { key: 'x', values: { n: 2 }, text: { en: '{n} Pods', zh: '{n} 个 Pod' } })).toBe('2 个 Pod')
    expect(formatMessage('en', { key: 'no.such', values: { n: 2 } })).toBe('no.such 2')
    expect(formatMessage('en', { key: 'constructor' })).toBe('constructor')
    expect(formatMessage('en', { key: 'expected.at-least' })).toBe('at least {value}')
  })

  test('says a step by its title', () => {
    const message = { key: 'error.ENGINE_STEP_FAILED', values: { step: 'wait-turn' } }
    expect(formatMessage('en', message)).toContain('"Waiting for a free place"')
    expect(formatMessage('en', { ...message, values: { step: 'no-such-step' } })).toContain('"no-such-step"')
  })

  test('does not read placeholders in values', () => {
    expect(formatMessage('en', { key: 'error.PORT_TAKEN', values: { port: '{host}', host: 'h', other: 1 } })).toContain(
      'Port {host}',
    )
  })
})
