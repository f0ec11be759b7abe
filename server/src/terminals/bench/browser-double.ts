/** Plays the browser over real HTTP and WebSockets: terminals that are typed into and listened to. */
import { GrowingNumber, numbered, PROGRESS, readNumbered } from '@wheelhouse/protocol'
import { WebSocket } from 'ws'
import type { Line } from './line.js'

export class BrowserDouble {
  readonly #lines: WebSocketLine[] = []
  private constructor(
    readonly origin: string,
    readonly cookie: string,
    readonly environment: string,
  ) {}

  static async signIn(signInUrl: string): Promise<BrowserDouble> {
    const { origin } = new URL(signInUrl)
    const signedIn = await fetch(signInUrl, { redirect: 'manual' })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const started = await request(`${origin}/api/attempts`, { cookie, body: { lab: 'alpha' } })
    const { environment } = (await started.json()) as { environment: { id: string } }
    const url = `${origin}/api/environments/${environment.id}`
    for (;;) {
      const answer = await request(url, { cookie })
      if (((await answer.json()) as { state: { phase: string } }).state.phase === 'ready') break
    }
    return new BrowserDouble(origin, cookie, environment.id)
  }

  /** A terminal that waits for a command. */
  async openTerminal(): Promise<Line> {
    const url = `${this.origin}/api/environments/${this.environment}/terminals`
    const opened = await request(url, { cookie: this.cookie, body: { machine: 'base' } })
    const { id } = (await opened.json()) as { id: string }
    const address = `${this.origin.replace('http', 'ws')}/api/terminals/${id}/socket`
    const socket = new WebSocket(address, { headers: { cookie: this.cookie, origin: this.origin } })
    const line = new WebSocketLine(socket)
    this.#lines.push(line)
    await line.ready
    return line
  }

  close(): void {
    for (const line of this.#lines) line.close()
  }
}

function request(url: string, { cookie, body }: { cookie: string; body?: object }): Promise<Response> {
  const { origin } = new URL(url)
  const headers = { cookie, origin, 'content-type': 'application/json' }
  return fetch(url, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers })
}

/** Draws nothing, and acknowledges what comes as a page does. The time that a browser takes to draw is its own. */
class WebSocketLine implements Line {
  onData: (bytes: Uint8Array) => void = () => {}
  readonly ready: Promise<void>
  #sequence = 0
  readonly #shown = new GrowingNumber({
    step: PROGRESS.bytes,
    tell: (offset) => this.#say({ type: 'ack', offset }),
    later: (work) => {
      const timer = setTimeout(work, PROGRESS.delayMs)
      return () => clearTimeout(timer)
    },
  })

  constructor(readonly socket: WebSocket) {
    this.ready = new Promise((resolve, reject) => {
      socket.on('error', reject)
      socket.on('open', () =>
        this.#say({
          type: 'hello',
          writer: 1,
          columns: 80,
          rows: 24,
          language: 'en',
          foreground: '#ffffff',
          background: '#000000',
        }),
      )
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (isBinary) this.#handleOutput(data)
        else if ((JSON.parse(String(data)) as { type: string }).type === 'snapshot') resolve()
      })
    })
  }

  write(bytes: Uint8Array): void {
    this.socket.send(numbered(this.#sequence, bytes))
    this.#sequence += bytes.length
  }

  close(): void {
    this.#shown.stop()
    this.socket.close()
  }

  #handleOutput(data: Buffer): void {
    const output = readNumbered(data)
    if (!output) return
    this.onData(output.bytes)
    this.#shown.grow(output.number + output.bytes.length)
  }

  #say(message: object): void {
    this.socket.send(JSON.stringify(message))
  }
}
