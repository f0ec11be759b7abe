import { expect, test } from 'vitest'
import { isMet, median, table } from './figures.js'

test('the median is the middle one, or between the two', () => {
  expect(median([5, 1, 3])).toBe(3)
  expect(median([4, 1, 3, 2])).toBe(2.5)
})

test('a goal is met up to its value, and there may be none', () => {
  const figure = { name: 'a', value: 1.2, unit: 'x', goal: 1.2 }
  expect([isMet(figure), isMet({ ...figure, value: 1.21 }), isMet({ ...figure, goal: null })]).toEqual([true, false, null])
  expect(table([{ ...figure, value: 2 }])).toContain('MISSED')
})
