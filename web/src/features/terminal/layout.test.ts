import { expect, test } from 'vitest'
import { alone, among, beside, frontOf, NOTHING, show } from './layout'

test('a terminal that is brought to the front takes the active place', () => {
  const one = show(NOTHING, 'a')
  expect(one).toEqual({ shown: ['a'], active: 0 })
  expect(show(one, 'b').shown).toEqual(['b'])
})

test('one that is seen already gets the keyboard where it is', () => {
  const two = beside(show(NOTHING, 'a'), 'b', 'right')
  expect(two).toEqual({ shown: ['a', 'b'], active: 1 })
  expect(show(two, 'a')).toEqual({ shown: ['a', 'b'], active: 0 })
  expect(show(two, 'c')).toEqual({ shown: ['a', 'c'], active: 1 })
})

test('two are the most: a third takes the place of the one that was not in front', () => {
  const two = beside(show(NOTHING, 'a'), 'b', 'right')
  expect(beside(two, 'c', 'left')).toEqual({ shown: ['c', 'b'], active: 0 })
})

test('a terminal beside itself stays one', () => {
  expect(beside(show(NOTHING, 'a'), 'a', 'right')).toEqual({ shown: ['a'], active: 0 })
})

test('what is closed leaves its place to the other, or to the last that is there', () => {
  const two = beside(show(NOTHING, 'a'), 'b', 'right')
  expect(among(two, ['a', 'c'])).toEqual({ shown: ['a'], active: 0 })
  expect(among(two, ['c', 'd'])).toEqual({ shown: ['d'], active: 0 })
  expect(among(two, [])).toEqual(NOTHING)
  expect(among(two, ['a', 'b', 'c'])).toBe(two)
})

test('alone keeps the front one', () => {
  const two = beside(show(NOTHING, 'a'), 'b', 'right')
  expect(frontOf(alone(two))).toBe('b')
})
