import { expect, test } from 'vitest'
import { firstFree, formatIndexes, indexesOf, parseIndexes, sizeOf, union } from './indexes.js'

test('indexes are written as short as upstream writes them', () => {
  expect(formatIndexes(indexesOf([5, 0, 1, 3, 4, 7]))).toBe('0,1,3-5,7')
  expect(sizeOf(parseIndexes('0,1,3-5,7,9-20', 12))).toBe(9)
  expect(formatIndexes(union(parseIndexes('1-3', 9), indexesOf([4, 6])))).toBe('1-4,6')
})

test('the lowest free indexes come first', () => {
  expect(firstFree(parseIndexes('0,2-3', 7), 10, 7)).toEqual([1, 4, 5, 6])
  expect(firstFree([], 2, 7)).toEqual([0, 1])
})
