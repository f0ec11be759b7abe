import { describe, expect, test } from 'vitest'
import { addQuantities, canonicalQuantity, compareQuantities, milliOf, parseQuantity, unitsOf } from './quantity.js'

describe('quantity', () => {
  test.each([
    ['1024Mi', '1Gi'],
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1500Mi', '1500Mi'],
    ['1e3', '1e3'],
    ['2000', '2k'],
    ['0', '0'],
    ['1.5Gi', '1536Mi'],
    ['9Ei', '9223372036854775807'],
    ['0.0001Ki', '102400u'],
  ])('%s is written as %s', (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical))

  test.each(['12 apples', '9'.repeat(100_000), `0.${'1'.repeat(100_000)}`])('what is no quantity is null (%#)', (text) => {
    expect(parseQuantity(text)).toBeNull()
  })
  test('sums, sizes and order', () => {
    expect(addQuantities('500m', '1')).toBe('1500m')
    expect(milliOf('0.25')).toBe(250)
    expect(unitsOf('1Ki')).toBe(1024)
    expect(compareQuantities('1Gi', '1G')).toBe(1)
  })
})
