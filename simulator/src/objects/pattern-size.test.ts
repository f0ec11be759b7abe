import { expect, test } from 'vitest'
import { compilePattern, patternProblem } from './pattern.js'
import { patternSize } from './pattern-size.js'

test.each([
  ['^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', 10],
  ['x{1000}', 1000],
  ['(ab){3,5}', 20],
  ['((a{10}){10}){10}', 1220],
  ['\\{3}[{1000}]', 4],
])('%s is about as large as %d instructions', (pattern, size) => {
  expect(patternSize(pattern, 10_000)).toBeGreaterThanOrEqual(size * 0.9)
  expect(patternSize(pattern, 10_000)).toBeLessThanOrEqual(size * 1.1 + 1)
})

test('what would be too large is not made', () => {
  for (const pattern of ['x{1000}'.repeat(300), '(a|b)'.repeat(200_000), '((a{30}){30}){30}'])
    expect(patternProblem(pattern)).toContain('expression too large')
  expect(compilePattern('[a-z]{1,253}(\\.[a-z]{1,63}){1,4}').matcher('a.b').find()).toBe(true)
})
