import { expect, test, vi } from 'vitest'
import { onceInAWhile } from './run-in-terminal'

const request = { machine: 'base', text: 'kubectl get pods' }

test('a second click within three seconds does nothing, a later one runs again', () => {
  let nowMs = 0
  const run = vi.fn(() => 'sent' as const)
  const click = onceInAWhile(run, () => nowMs)
  expect(click(request)).toBe('sent')
  nowMs = 2_900
  expect(click(request)).toBe('ignored')
  nowMs = 3_001
  expect(click(request)).toBe('sent')
  expect(run).toHaveBeenCalledTimes(2)
})

test('another command is never held back', () => {
  const click = onceInAWhile(
    () => 'sent',
    () => 0,
  )
  expect(click(request)).toBe('sent')
  expect(click({ ...request, text: 'kubectl get nodes' })).toBe('sent')
})

test('what did not get to a terminal may be tried again at once', () => {
  const click = onceInAWhile(
    () => 'not-ready',
    () => 0,
  )
  expect(click(request)).toBe('not-ready')
  expect(click(request)).toBe('not-ready')
})
