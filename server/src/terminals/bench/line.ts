/** Something that is typed into and listened to: a terminal of ours, or `docker exec -it`. */
import pty from '@lydell/node-pty'

export interface Line {
  onData: (bytes: Uint8Array) => void
  write(bytes: Uint8Array): void
  close(): void
}

/** What one would use without us: the container engine's own terminal, with a pty on this side too. */
export function dockerLine(container: string): Line {
  const argv = ['exec', '-it', '-u', 'candidate', '-w', '/home/candidate', container, '/bin/bash', '-l']
  const terminal = pty.spawn('docker', argv, { cols: 80, rows: 24, encoding: null })
  const line: Line = {
    onData: () => {},
    write: (bytes) => terminal.write(Buffer.from(bytes) as unknown as string),
    close: () => terminal.kill(),
  }
  terminal.onData((bytes) => line.onData(bytes as unknown as Uint8Array))
  return line
}

/** Types a command and resolves when `mark` has come back, with the milliseconds that took. */
export function untilSaid(line: Line, command: string, mark: string): Promise<number> {
  const startedAt = performance.now()
  let tail = ''
  return new Promise((resolve) => {
    line.onData = (bytes) => {
      tail = (tail + Buffer.from(bytes).toString('latin1')).slice(-200)
      if (tail.includes(mark)) resolve(performance.now() - startedAt)
    }
    line.write(Buffer.from(command))
  })
}

/** From now on each byte that is typed comes back as it is: nothing but the way is measured. */
export const makeEcho = (line: Line) => untilSaid(line, 'stty raw -echo; echo ec""ho-on; exec cat\n', 'echo-on')

/** Milliseconds until a typed byte is back. */
export function echo(line: Line): Promise<number> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    line.onData = () => resolve(performance.now() - startedAt)
    line.write(Buffer.from('x'))
  })
}
