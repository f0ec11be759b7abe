import { describe, expect, test } from 'vitest'
import { differences, differenceWords } from './difference.js'

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

  test('leaves short things, texts and what is not there to be shown whole', () => {
    expect(differenceWords({ app: 'a' }, { app: 'b' })).toBeUndefined()
    expect(differenceWords(undefined, template('app:1'))).toBeUndefined()
    expect(differenceWords('x'.repeat(200), 'y'.repeat(200))).toBeUndefined()
  })
})
