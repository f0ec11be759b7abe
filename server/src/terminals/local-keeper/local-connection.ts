/** One connection of a local keeper: obeys its frames. */
import type { Socket } from 'node:net'
import {
  decodeFields,
  encodeFields,
  encodeFrame,
  type Frame,
  FrameDecoder,
  FrameType,
  KEEPER_PROTOCOL_VERSION,
  readU64,
} from '../keeper-protocol.js'
import type { Reader } from './local-shell.js'
import { type LocalShells, Refusal } from './local-shells.js'

/** A connection that holds more than this unsent gets no more output until it has drained. */
const MOST_UNSENT_BYTES = 1024 * 1024

export class LocalConnection implements Reader {
  readonly #decoder = new FrameDecoder()

  constructor(
    readonly socket: Socket,
    readonly shells: LocalShells,
    readonly keeper: { id: string; shutDown: () => void; open: (path: string) => Promise<void> },
  ) {
    socket.on('data', (chunk) => this.#handleData(chunk))
    socket.on('drain', () => this.#pumpAll())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      for (const shell of shells.all()) shell.detach(this)
    })
    this.send(encodeFrame(FrameType.hello, 0, encodeFields({ version: KEEPER_PROTOCOL_VERSION, keeper: keeper.id })))
  }

  get hasRoom(): boolean {
    return this.socket.writableLength < MOST_UNSENT_BYTES
  }

  send(frame: Buffer): void {
    if (this.socket.writable) this.socket.write(frame)
  }

  #pumpAll(): void {
    for (const shell of this.shells.all()) shell.pump()
  }

  #handleData(chunk: Buffer): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#obey(frame)
    } catch {
      // Not the protocol: whoever it is has to connect anew.
      this.socket.destroy()
    }
  }

  #obey({ type, shell: number, payload }: Frame): void {
    switch (type) {
      case FrameType.open:
        this.#open(number, decodeFields(payload))
        break
      case FrameType.list:
        for (const shell of this.shells.all()) this.send(encodeFrame(FrameType.shell, number, shell.describe()))
        this.send(encodeFrame(FrameType.listed, number))
        break
      case FrameType.ping:
        this.send(encodeFrame(FrameType.pong, number))
        break
      case FrameType.close:
        this.shells.close(number)
        this.send(encodeFrame(FrameType.closed, number))
        break
      case FrameType.shells:
        this.shells.setTemplates(decodeFields(payload))
        break
      case FrameType.keeper:
        this.#openKeeper(number, decodeFields(payload).socket ?? '')
        break
      case FrameType.shutdown:
        this.keeper.shutDown()
        break
      default:
        this.#obeyShell(type, number, payload)
        break
    }
  }

  #obeyShell(type: number, number: number, payload: Buffer): void {
    const shell = this.shells.get(number)
    if (!shell) {
      if (type === FrameType.attach) this.#refuse(number, 'no-shell', 'no such shell')
      return
    }
    switch (type) {
      case FrameType.attach:
        shell.attach(this, readU64(payload), payload.readUInt32BE(8))
        break
      case FrameType.detach:
        shell.detach(this)
        break
      case FrameType.input:
        shell.input(payload)
        break
      case FrameType.resize:
        shell.resize(payload.readUInt16BE(0), payload.readUInt16BE(2))
        break
      case FrameType.ack:
        shell.acknowledge(this, readU64(payload))
        break
    }
  }

  #open(request: number, fields: Record<string, string>): void {
    try {
      const { shell, existing } = this.shells.open(fields)
      this.send(encodeFrame(FrameType.opened, request, encodeFields({ shell: shell.number, existing: existing ? 1 : 0 })))
    } catch (error) {
      const code = error instanceof Refusal ? error.code : 'not-started'
      this.#refuse(request, code, error instanceof Error ? error.message : String(error))
    }
  }

  #openKeeper(request: number, path: string): void {
    this.keeper.open(path).then(
      () => this.send(encodeFrame(FrameType.opened, request)),
      (error: Error) => this.#refuse(request, 'not-started', error.message),
    )
  }

  #refuse(request: number, code: string, text: string): void {
    this.send(encodeFrame(FrameType.refused, request, encodeFields({ code, text: text.replaceAll('\0', '') })))
  }
}
