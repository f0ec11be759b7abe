import { describe, expect, test } from 'vitest'
import { differences, differenceWords, memberWords } from './difference.js'

const template = (image: string, more: object = {}) => ({
  metadata: { labels: { app: 'web' }, ...more },
  spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 8080 }], terminationMessagePolicy: 'File' }] },
})

describe('differences', () => {
  test('names the deepest parts that differ', () => {
    const found = template('app:1', { annotations: { 'example.com/by': 'hand' } })
    expect(differences(found, template('app:2'))).toEqual([
      { path: 'metadata.annotations', found: { 'example.com/by': 'hand' }, wanted: undefined },
      { path: 'spec.containers[0].image', found: 'app:1', wanted: 'app:2' },
    ])
  })

  test('takes lists of different lengths as a whole', () => {
    expect(differences({ env: ['a', 'b'] }, { env: ['a'] })).toEqual([{ path: 'env', found: ['a', 'b'], wanted: ['a'] }])
  })

  test('quotes keys that are no plain words', () => {
    expect(differences({ data: { 'a.txt': '1' } }, { data: { 'a.txt': '2' } })[0]?.path).toBe("data['a.txt']")
  })
})

describe('differenceWords', () => {
  test('says only what differs in large things', () => {
    expect(differenceWords(template('app:1'), template('app:2'))).toEqual({
      found: 'spec.containers[0].image = app:1',
      wanted: 'spec.containers[0].image = app:2',
    })
  })

  test('stops after three', () => {
    const many = (value: string) => Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`key${n}`, value]))
    expect(differenceWords(many('a'), many('b'))?.found).toBe('key0 = a; key1 = a; key2 = a; …')
  })

  test('leaves lists of texts, and lists of different lengths, to be shown whole', () => {
    const lines = (last: string) => [...Array.from({ length: 12 }, (_, n) => `line number ${n}`), last]
    expect(differenceWords(lines('a'), lines('b'))).toBeUndefined()
    expect(differenceWords(lines('a').slice(1), lines('b'))).toBeUndefined()
    expect(differenceWords([template('app:1')], [template('app:2')])?.found).toBe('[0].spec.containers[0].image = app:1')
  })

  test('leaves short things, texts and what is not there to be shown whole', () => {
    expect(differenceWords({ app: 'a' }, { app: 'b' })).toBeUndefined()
    expect(differenceWords(undefined, template('app:1'))).toBeUndefined()
    expect(differenceWords('x'.repeat(200), 'y'.repeat(200))).toBeUndefined()
  })
})

describe('memberWords', () => {
  const flags = Array.from({ length: 12 }, (_, n) => `--a-flag-of-the-api-server-${n}=true`)

  test('says what a long list lacks and has too many', () => {
    const words = memberWords([...flags.slice(1), '--profiling=false'], flags)
    expect(words).toEqual({
      key: 'found.members',
      values: { missing: '--a-flag-of-the-api-server-0=true', extra: '--profiling=false' },
    })
  })

  test('leaves short lists and empty ones alone', () => {
    expect(memberWords(['a', 'b'], ['a'])).toBeUndefined()
    expect(memberWords([], flags)).toBeUndefined()
  })
})
