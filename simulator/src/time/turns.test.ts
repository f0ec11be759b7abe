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

/** A process whose time passes when work says so. */
function workshop() {
  let now = 0
  const pauses: number[] = []
  const turns = new Turns({
    now: () => now,
    used: () => now,
    pause: async (ms) => {
      pauses.push(ms)
      now += ms
    },
  })
  const take = (ms: number) => () => {
    now += ms
  }
  return { turns, pauses, take }
}

test('a cluster that overran its credit rests a hundred times as long, one piece after the other, and nobody else does', async () => {
  const { turns, pauses, take } = workshop()
  const [busy, quiet] = [{}, {}]
  await turns.runLong(busy, take(115))
  expect(pauses).toEqual([])
  await turns.runLong(busy, take(25))
  await turns.runLong(quiet, take(10))
  expect(pauses).toEqual([])
  await Promise.all([turns.runLong(busy, take(35)), turns.runLong(busy, take(10)), turns.run(busy, take(1))])
  // What passed meanwhile was paid back: (10 ms over) x 100 less the 35 that went by, then (20 ms over) x 100.
  expect(pauses.map((ms) => Math.round(ms / 100) * 100)).toEqual([1000, 2000])
})

test('pieces that are short rest for nobody, and no rest is longer than ten seconds', async () => {
  const { turns, pauses, take } = workshop()
  const who = {}
  for (let index = 0; index < 1000; index++) await turns.runLong(who, take(14))
  expect(pauses).toEqual([])
  await turns.runLong(who, take(60_000))
  await turns.runLong(who, take(1))
  expect(pauses).toEqual([10_000])
})

test('what throws while others rest stops none of them', async () => {
  const { turns, take } = workshop()
  const who = {}
  await turns.runLong(who, take(1000))
  const refused = turns.runLong(who, () => {
    throw new Error('no')
  })
  const next = turns.runLong(who, () => 7)
  await expect(refused).rejects.toThrow('no')
  expect(await next).toBe(7)
})

test('time that others of the computer took is no overrun', async () => {
  let now = 0
  const pauses: number[] = []
  const turns = new Turns({ now: () => now, used: () => now / 100, pause: async (ms) => void pauses.push(ms) })
  const who = {}
  for (let index = 0; index < 3; index++)
    await turns.runLong(who, () => {
      now += 1000
    })
  expect(pauses).toEqual([])
})
