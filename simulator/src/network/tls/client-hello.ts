/** What a client says first: whether it speaks TLS at all, and which name it asks for. @see RFC 8446 4.1.2, RFC 6066 3 */
import type { Connection } from '../../containers/network.js'
import { type Data, toBytes } from '../../containers/stream.js'

export type Hello =
  | { type: 'tls'; serverName: string; read: Data }
  /** `read` is what has come so far: another protocol, or nothing at all. */
  | { type: 'plain'; read: Data }

const HANDSHAKE = 22
const CLIENT_HELLO = 1
const SERVER_NAME = 0
const RECORD_HEAD = 5
/** Type and length of the message, version, random. */
const BEFORE_SESSION = 4 + 2 + 32

/** Walks over fields that bear their own length. */
class Fields {
  #at = 0
  constructor(readonly bytes: Buffer) {}
  get left(): number {
    return this.bytes.length - this.#at
  }
  number(size: 1 | 2): number {
    const value = this.left < size ? 0 : this.bytes.readUIntBE(this.#at, size)
    this.#at += size
    return value
  }
  skip(count: number): void {
    this.#at += count
  }
  field(sizeOfLength: 1 | 2): Buffer {
    const length = this.number(sizeOfLength)
    const found = this.bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return found
  }
}

/** @param message a ClientHello. @returns '' where it asks for no name, as a client does that has an address alone */
function serverNameOf(message: Buffer): string {
  const hello = new Fields(message)
  hello.skip(BEFORE_SESSION)
  hello.field(1)
  hello.field(2)
  hello.field(1)
  const extensions = new Fields(hello.field(2))
  while (extensions.left > 0) {
    const type = extensions.number(2)
    const content = extensions.field(2)
    if (type !== SERVER_NAME) continue
    const [first] = [new Fields(new Fields(content).field(2))]
    first.skip(1)
    return first.field(2).toString('latin1')
  }
  return ''
}

/** Reads no further than the first record, which is put back in front of the rest by who goes on. */
export async function readHello(connection: Connection): Promise<Hello> {
  let read = ''
  for (;;) {
    const bytes = toBytes(read)
    if (bytes.length > 0 && bytes[0] !== HANDSHAKE) return { type: 'plain', read }
    const end = bytes.length < RECORD_HEAD ? undefined : RECORD_HEAD + bytes.readUInt16BE(3)
    if (end !== undefined && bytes.length >= end) {
      const message = bytes.subarray(RECORD_HEAD, end)
      return { type: 'tls', serverName: message[0] === CLIENT_HELLO ? serverNameOf(message) : '', read }
    }
    const more = await connection.read()
    if (more === null) return { type: 'plain', read }
    read += more
  }
}
