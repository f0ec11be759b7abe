import { expect, test } from 'vitest'
import type { Listener } from '../containers/network.js'
import { ConnectionTable, MOST_FLOWS } from './connection-table.js'

const listener: Listener = { stream: () => {} }
const addresses = { client: '10.244.0.2', server: '10.96.0.7' }
const to = { listener, address: '10.244.0.3' }

test('a connection counts until nothing goes either way', async () => {
  const table = new ConnectionTable()
  const pairs = Array.from({ length: MOST_FLOWS }, () => table.open(to, addresses))
  expect(table.isFull).toBe(true)
  const [first, second] = pairs
  first?.client.end()
  expect(table.isFull).toBe(true)
  first?.server.end()
  expect(table.isFull).toBe(false)
  table.open(to, addresses)
  expect(table.isFull).toBe(true)
  second?.client.close()
  second?.client.close()
  expect(table.isFull).toBe(false)
  table.open(to, addresses)
  expect(table.isFull).toBe(true)
})

test('datagrams count while they wait for an answer', async () => {
  const table = new ConnectionTable()
  let answer = (_text: string) => {}
  const waiting = Array.from({ length: MOST_FLOWS }, (_, index) =>
    table.during(index === 0 ? new Promise<string>((resolve) => (answer = resolve)) : new Promise<string>(() => {})),
  )
  expect(table.isFull).toBe(true)
  answer('here')
  expect(await waiting[0]).toBe('here')
  expect(table.isFull).toBe(false)
})

test('who served them is gone: their clients see the end', async () => {
  const table = new ConnectionTable()
  const [gone, other] = [table.open(to, addresses), table.open({ ...to, address: '10.244.0.4' }, addresses)]
  table.closeWhere(({ address }) => address === to.address)
  expect(await gone.client.read()).toBeNull()
  expect(gone.client.broken).toBe(true)
  await other.server.write('still there')
  expect(await other.client.read()).toBe('still there')
})
