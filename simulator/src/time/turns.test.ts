import { expect, test } from 'vitest'
import { Turns } from './turns.js'

const spin = (ms: number) => {
  const until = performance.now() + ms
  while (performance.now() < until) {}
}

test('who has a long line lets another one in after one piece', async () => {
  const turns = new Turns()
  const [busy, quiet] = [{}, {}]
  const order: string[] = []
  const all = Array.from({ length: 10 }, (_, index) =>
    turns.run(busy, () => {
      spin(6)
      order.push(`busy ${index}`)
    }),
  )
  all.push(turns.run(quiet, () => void order.push('quiet')))
  await Promise.all(all)
  // The first ran at once; the line was made behind it.
  expect(order.indexOf('quiet')).toBeLessThanOrEqual(2)
  expect(order.filter((each) => each !== 'quiet')).toEqual(Array.from({ length: 10 }, (_, index) => `busy ${index}`))
})

test('between slices sockets and timers have a turn', async () => {
  const turns = new Turns()
  const who = {}
  let inBetween = 0
  const pieces = Array.from({ length: 6 }, () => turns.run(who, () => spin(6)))
  const count = () => {
    inBetween++
    if (inBetween < 100) setTimeout(count, 0)
  }
  setTimeout(count, 0)
  await Promise.all(pieces)
  expect(inBetween).toBeGreaterThan(2)
  inBetween = 100
})

test('what throws rejects and stops nobody', async () => {
  const turns = new Turns()
  const who = {}
  const refused = turns.run(who, () => {
    throw new Error('no')
  })
  await expect(refused).rejects.toThrow('no')
  expect(await turns.run(who, () => 7)).toBe(7)
})

test('a piece that took too long makes its own next one wait, and nobody else', async () => {
  const turns = new Turns()
  const [busy, quiet] = [{}, {}]
  await turns.runLong(busy, () => spin(30))
  const order: string[] = []
  const again = turns.runLong(busy, () => void order.push('busy'))
  await turns.runLong(quiet, () => void order.push('quiet'))
  await turns.run(busy, () => void order.push('short'))
  await again
  expect(order).toEqual(['quiet', 'short', 'busy'])
})
