import { expect, test } from 'vitest'
import { GrowingNumber } from './growing-number.js'

function made() {
  const told: number[] = []
  const due: (() => void)[] = []
  const number = new GrowingNumber({
    step: 100,
    tell: (value) => told.push(value),
    later: (work) => {
      due.push(work)
      return () => due.splice(due.indexOf(work), 1)
    },
  })
  return { number, told, due }
}

test('small steps share one message, which comes a moment later', () => {
  const { number, told, due } = made()
  number.grow(1)
  number.grow(2)
  number.grow(3)
  expect([told, due.length]).toEqual([[], 1])
  due[0]?.()
  expect([told, due.length]).toEqual([[3], 0])
})

test('a large step is told at once, and nothing more is due for it', () => {
  const { number, told, due } = made()
  number.grow(40)
  number.grow(140)
  expect([told, due.length]).toEqual([[140], 0])
})

test('what is not larger than before is no news', () => {
  const { number, told, due } = made()
  number.grow(200)
  number.grow(150)
  expect([told, due.length]).toEqual([[200], 0])
})

test('from another start it counts anew, also from a lower one', () => {
  const { number, told, due } = made()
  number.grow(5_000)
  number.grow(5_001)
  number.startAt(10)
  expect(due).toEqual([])
  number.grow(11)
  due[0]?.()
  expect(told).toEqual([5_000, 11])
})
