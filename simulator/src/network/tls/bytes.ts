/** Connections of containers as streams of Node, and back. */
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import type { Connection } from '../../containers/network.js'
import { type Data, fromBytes, toBytes } from '../../containers/stream.js'

/** A connection of which something has been read already. */
export const putBack = (connection: Connection, read: Data): Connection => {
  let first: Data | undefined = read || undefined
  return {
    from: connection.from,
    get broken() {
      return connection.broken ?? false
    },
    async read() {
      const data = first ?? (await connection.read())
      first = undefined
      return data
    },
    write: (data) => connection.write(data),
    end: () => connection.end(),
    close: () => connection.close(),
  }
}

export function toDuplex(connection: Connection): Duplex {
  return new Duplex({
    read() {
      connection.read().then(
        (data) => this.push(data === null ? null : toBytes(data)),
        (error: Error) => this.destroy(error),
      )
    },
    write(chunk: Buffer, _encoding, done) {
      Promise.resolve(connection.write(fromBytes(chunk))).then(() => done(), done)
    },
    final(done) {
      connection.end()
      done()
    },
    destroy(error, done) {
      connection.close()
      done(error)
    },
  })
}

/** @param from the address of the other side */
export function fromDuplex(stream: Duplex, from: string): Connection {
  const pieces = stream.iterator({ destroyOnReturn: false })
  return {
    from,
    get broken() {
      return stream.destroyed || stream.writableEnded
    },
    read: () =>
      pieces.next().then(
        ({ done, value }) => (done ? null : fromBytes(value as Buffer)),
        // What breaks off ends.
        () => null,
      ),
    async write(data) {
      if (stream.destroyed || stream.writableEnded || stream.write(toBytes(data))) return
      const waiting = new AbortController()
      const { signal } = waiting
      await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]).catch(() => {})
      waiting.abort()
    },
    end: () => void stream.end(),
    close: () => void stream.destroy(),
  }
}
