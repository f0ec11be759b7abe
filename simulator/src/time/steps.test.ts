import { expect, test } from 'vitest'
import { Pace, Steps } from './steps.js'

const spin = (ms: number) => {
  const until = performance.now() + ms
  while (performance.now() < until) {}
}

test('each has one step in the order in which they came, however long a chain of promises its step is', async () => {
  const steps = new Steps()
  const order: string[] = []
  const work = async (name: string) => {
    for (let round = 0; round < 3; round++) {
      await steps.next()
      for (let link = 0; link < 5; link++) await Promise.resolve()
      order.push(`${name}${round}`)
    }
  }
  await Promise.all([work('a'), work('b'), work('c')])
  expect(order).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'c1', 'a2', 'b2', 'c2'])
})

test('steps that are too long for one slice let sockets and timers in between, and nobody loses a place', async () => {
  const steps = new Steps()
  const order: string[] = []
  const work = async (name: string) => {
    await steps.next()
    spin(5)
    order.push(name)
    await steps.next()
    order.push(`${name} again`)
  }
  const all = Promise.all(['a', 'b', 'c'].map(work))
  setImmediate(() => order.push('a socket'))
  await all
  expect(order).toEqual(['a', 'a socket', 'b', 'c', 'a again', 'b again', 'c again'])
})

test('many pieces wait for a turn where they have taken long, and only then', async () => {
  let now = 0
  let turns = 0
  const turn = async () => void turns++
  const pace = new Pace({ now: () => now, turn })
  const pieces = async (count: number, tookMs: number) => {
    for (let index = 0; index < count; index++) {
      now += tookMs
      await pace.step()
    }
  }
  await pieces(100, 0.01)
  expect(turns).toBe(0)
  await pieces(64, 1)
  expect(turns).toBe(4)
})
