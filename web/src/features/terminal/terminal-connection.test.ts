import { numbered, PROGRESS, readNumbered, type TerminalMessage, type ViewerMessage } from '@wheelhouse/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ConnectionListener, TerminalConnection } from './terminal-connection'

/** Plays the server: keeps what the page says, says what the test wants. */
class ServerSide {
  static lines: ServerSide[] = []
  static readonly OPEN = 1
  readonly OPEN = 1
  readyState = 0
  binaryType = ''
  readonly heard: (ViewerMessage | { sequence: number; text: string })[] = []
  onopen: () => void = () => {}
  onmessage: (event: { data: unknown }) => void = () => {}
  onclose: () => void = () => {}
  constructor(readonly url: URL) {
    ServerSide.lines.push(this)
  }
  send(data: string | Uint8Array) {
    const typed = typeof data === 'string' ? null : readNumbered(data)
    this.heard.push(
      typed
        ? { sequence: typed.number, text: new TextDecoder().decode(typed.bytes) }
        : (JSON.parse(String(data)) as ViewerMessage),
    )
  }
  close() {
    if (this.readyState === 3) return
    this.readyState = 3
    this.onclose()
  }
  accept(mode: 'interactive' | 'read-only' = 'interactive') {
    this.readyState = 1
    this.onopen()
    this.say({ type: 'welcome', mode, state: { phase: 'running' } })
    return this
  }
  say(message: TerminalMessage) {
    this.onmessage({ data: JSON.stringify(message) })
  }
  print(offset: number, text: string) {
    this.onmessage({ data: numbered(offset, new TextEncoder().encode(text)).buffer })
  }
}

const latest = () => ServerSide.lines.at(-1) as ServerSide
const typed = (line: ServerSide) => line.heard.filter((message) => 'text' in message)
const said = (line: ServerSide, type: ViewerMessage['type']) =>
  line.heard.filter((message) => 'type' in message && message.type === type)
const snapshot = { type: 'snapshot', generation: 'k.1', offset: 0, columns: 80, rows: 24, screen: '' } as const
const bytes = (text: string) => new TextEncoder().encode(text)

let connection: TerminalConnection
let listener: { [Name in keyof ConnectionListener]: ReturnType<typeof vi.fn<ConnectionListener[Name]>> }
const onDoubt = vi.fn()

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', ServerSide)
  ServerSide.lines = []
  onDoubt.mockReset()
  listener = { onSnapshot: vi.fn(), onSize: vi.fn(), onOutput: vi.fn((_, drawn) => drawn()) }
  const introduce = () => ({ columns: 80, rows: 24, language: 'en', foreground: '#ffffff', background: '#000000' }) as const
  connection = new TerminalConnection({ terminal: 't1', listener, introduce, onDoubt })
})
afterEach(() => {
  connection.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('it introduces itself and hands on what comes', () => {
  const line = latest().accept()
  expect(said(line, 'hello')).toMatchObject([{ columns: 80, rows: 24, language: 'en' }])
  line.say(snapshot)
  line.print(0, 'hello')
  expect(listener.onSnapshot).toHaveBeenCalledOnce()
  expect(new TextDecoder().decode(listener.onOutput.mock.calls[0]?.[0])).toBe('hello')
  expect(said(line, 'ack')).toEqual([])
  vi.advanceTimersByTime(PROGRESS.delayMs)
  expect(said(line, 'ack')).toEqual([{ type: 'ack', offset: 5 }])
  expect(connection.status.get()).toEqual({ line: 'open', state: { phase: 'running' }, mode: 'interactive' })
})

test('after a cut it comes back and goes on where it was', () => {
  const first = latest().accept()
  first.say(snapshot)
  first.print(0, 'hello')
  first.close()
  expect(connection.status.get().line).toBe('lost')
  vi.advanceTimersByTime(1_000)
  const second = latest().accept()
  expect(second).not.toBe(first)
  expect(said(second, 'hello')).toMatchObject([{ at: { generation: 'k.1', offset: 5 } }])
  const [before] = said(first, 'hello') as { writer: number }[]
  expect(said(second, 'hello')).toMatchObject([{ writer: before?.writer }])
})

test('what the shell has not taken is typed again, with the same sequence; what it has taken is not', () => {
  const first = latest().accept()
  first.say(snapshot)
  connection.type(bytes('abc'))
  connection.type(bytes('def'))
  first.say({ type: 'accepted', sequence: 3 })
  first.close()
  connection.type(bytes('ghi'))
  vi.advanceTimersByTime(1_000)
  const second = latest().accept()
  expect(typed(second)).toEqual([])
  second.say({ type: 'resume', generation: 'k.1', offset: 0, columns: 80, rows: 24 })
  expect(typed(second)).toEqual([
    { sequence: 3, text: 'def' },
    { sequence: 6, text: 'ghi' },
  ])
})

test('what was typed for a shell that is gone is not typed into the next one', () => {
  const first = latest().accept()
  first.say(snapshot)
  connection.type(bytes('rm '))
  first.close()
  vi.advanceTimersByTime(1_000)
  const second = latest().accept()
  second.say({ ...snapshot, generation: 'k.2' })
  connection.type(bytes('ls'))
  expect(typed(second)).toEqual([{ sequence: 3, text: 'ls' }])
})

test('a large paste waits for the shell, a window at a time', () => {
  const line = latest().accept()
  line.say(snapshot)
  connection.type(new Uint8Array(200 * 1024).fill(120))
  const sent = () => typed(line).reduce((sum, message) => sum + ('text' in message ? message.text.length : 0), 0)
  expect(sent()).toBe(64 * 1024)
  line.say({ type: 'accepted', sequence: 32 * 1024 })
  expect(sent()).toBe(96 * 1024)
  for (let sequence = 64; sequence <= 200; sequence += 8) line.say({ type: 'accepted', sequence: sequence * 1024 })
  expect(sent()).toBe(200 * 1024)
})

test('what is drawn slowly is acknowledged when it is drawn', () => {
  const drawn: (() => void)[] = []
  listener.onOutput.mockImplementation((_, done) => void drawn.push(done))
  const line = latest().accept()
  line.say(snapshot)
  line.print(0, 'x'.repeat(40_000))
  line.print(40_000, 'y')
  expect(said(line, 'ack')).toEqual([])
  drawn[0]?.()
  expect(said(line, 'ack')).toEqual([{ type: 'ack', offset: 40_000 }])
  drawn[1]?.()
  vi.advanceTimersByTime(PROGRESS.delayMs)
  expect(said(line, 'ack').at(-1)).toEqual({ type: 'ack', offset: 40_001 })
})

test('output with a gap makes it open the line anew', () => {
  const line = latest().accept()
  line.say(snapshot)
  line.print(7, 'late')
  expect(listener.onOutput).not.toHaveBeenCalled()
  expect(line.readyState).toBe(3)
})

test('a line that falls silent is opened anew; one that beats is not', () => {
  const line = latest().accept()
  for (let seconds = 0; seconds < 60; seconds += 5) {
    vi.advanceTimersByTime(5_000)
    line.say({ type: 'beat' })
  }
  expect(ServerSide.lines).toHaveLength(1)
  vi.advanceTimersByTime(21_000)
  expect(ServerSide.lines.length).toBeGreaterThan(1)
})

test('a page that is online again does not wait for the pause to end', () => {
  latest().close()
  const before = ServerSide.lines.length
  dispatchEvent(new Event('online'))
  expect(ServerSide.lines).toHaveLength(before + 1)
})

test('a line that fails again and again raises the doubt whether the terminal is there', () => {
  for (let attempt = 0; attempt < 3; attempt++) {
    latest().close()
    vi.advanceTimersByTime(10_000)
  }
  expect(onDoubt).toHaveBeenCalledOnce()
})

test('who only reads types nothing', () => {
  const line = latest().accept('read-only')
  connection.type(bytes('x'))
  expect(typed(line)).toEqual([])
})

test('closed, it lets go of everything', () => {
  const line = latest().accept()
  connection.close()
  expect(line.readyState).toBe(3)
  dispatchEvent(new Event('online'))
  vi.advanceTimersByTime(60_000)
  expect(ServerSide.lines).toHaveLength(1)
})
