import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { listenHere } from './listen.js'

/** Nobody listens there. */
const NOWHERE = 1

test('a port that leads elsewhere is given up for one that leads here', async () => {
  const server = createServer()
  onTestFinished(() => void server.close())
  const dialled: number[] = []
  await listenHere(server, (port) => {
    dialled.push(port)
    return connect(dialled.length === 1 ? NOWHERE : port, '127.0.0.1')
  })
  expect(dialled).toHaveLength(2)
  expect((server.address() as AddressInfo).port).toBe(dialled[1])
  const socket = connect(dialled[1] ?? 0, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
})

test('where no port leads here, that is said', async () => {
  const server = createServer()
  await expect(listenHere(server, () => connect(NOWHERE, '127.0.0.1'))).rejects.toThrow(/no port of 127.0.0.1/)
  expect(server.listening).toBe(false)
})
