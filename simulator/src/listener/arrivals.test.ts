import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { Arrivals } from './arrivals.js'

const socketsAreReadAgain = () => new Promise((resolve) => setImmediate(resolve))

test('connections begin a few at a time, in the order of their arrival', async () => {
  const begun: Duplex[] = []
  const arrivals = new Arrivals((socket) => begun.push(socket))
  const sockets = Array.from({ length: 10 }, () => new Duplex())
  for (const socket of sockets) arrivals.arrive(socket)
  const counts = []
  while (begun.length < sockets.length) {
    await socketsAreReadAgain()
    counts.push(begun.length)
  }
  expect(counts).toEqual([4, 8, 10])
  expect(begun).toEqual(sockets)

  const late = new Duplex()
  arrivals.arrive(late)
  await socketsAreReadAgain()
  expect(begun.at(-1)).toBe(late)
})

test('whoever has gone meanwhile is passed over, whatever it died of', async () => {
  const begun: Duplex[] = []
  const arrivals = new Arrivals((socket) => begun.push(socket))
  const [gone, here] = [new Duplex(), new Duplex()]
  for (const socket of [gone, here]) arrivals.arrive(socket)
  gone.destroy(new Error('reset by peer'))
  await socketsAreReadAgain()
  expect(begun).toEqual([here])
})
