import { expect, test } from 'vitest'
import { EventBudget, Recent, SimilarEvents } from './event-flood.js'

const MINUTE_MS = 60_000

test('from the tenth message of one reason on they are one Event, until ten minutes were quiet', () => {
  const similar = new SimilarEvents()
  const say = (message: string, nowMs = 0) => similar.place('pod Failed', message, nowMs)
  for (let index = 1; index < 10; index++) expect(say(`no ${index}`)).toEqual({ message: `no ${index}`, isCombined: false })
  expect(say('no 10')).toEqual({ message: '(combined from similar events): no 10', isCombined: true })
  expect(say('no 11').isCombined).toBe(true)
  expect(say('no 11').isCombined).toBe(false)
  expect(similar.place('pod Pulled', 'no 12', 0).isCombined).toBe(false)
  expect(say('no 13', 11 * MINUTE_MS).isCombined).toBe(false)
})

test('an object is told of 25 times, and then once in five minutes', () => {
  const budget = new EventBudget()
  const told = (nowMs: number) => Array.from({ length: 30 }, () => budget.take('pod Warning', nowMs)).filter(Boolean).length
  expect(told(0)).toBe(25)
  expect(told(4 * MINUTE_MS)).toBe(0)
  expect(told(5 * MINUTE_MS)).toBe(1)
  expect(budget.take('pod Normal', 0)).toBe(true)
})

test('what was used last is remembered', () => {
  const recent = new Recent<number>()
  recent.set('first', 1)
  recent.set('second', 2)
  for (let index = 0; index < 499; index++) {
    expect(recent.get('first')).toBe(1)
    recent.set(`more-${index}`, index)
  }
  expect(recent.get('second')).toBeUndefined()
})
