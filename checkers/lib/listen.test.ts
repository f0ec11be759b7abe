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
  const dial = (port: number) => {
    dialled.push(port)
    return connect(dialled.length === 1 ? NOWHERE : port, '127.0.0.1')
  }
  const port = await listenHere(server, { dial })
  expect(dialled).toHaveLength(2)
  expect(port).toBe(dialled[1])
  expect((server.address() as AddressInfo).port).toBe(port)
  const socket = connect(dialled[1] ?? 0, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
})

test('where no port leads here, that is said', async () => {
  const server = createServer()
  const dial = () => connect(NOWHERE, '127.0.0.1')
  await expect(listenHere(server, { dial })).rejects.toThrow(/no port of 127.0.0.1/)
  expect(server.listening).toBe(false)
})

test('no other port takes the place of one that is named', async () => {
  const server = createServer()
  onTestFinished(() => void server.close())
  const port = await listenHere(server)
  const other = createServer()
  onTestFinished(() => void other.close())
  await expect(listenHere(other, { port })).rejects.toThrow(/EADDRINUSE/)
  server.close()
  await once(server, 'close')
  expect(await listenHere(other, { port })).toBe(port)
  other.close()
  await once(other, 'close')
  await expect(listenHere(other, { port, dial: () => connect(NOWHERE, '127.0.0.1') })).rejects.toThrow(
    `port ${port} of 127.0.0.1`,
  )
})
