/** A program of this computer under a pseudo-terminal. */
import * as nodePty from '@lydell/node-pty'
import type { HostCommand, HostTerminal, TerminalSize } from './execution-host.js'

export function startLocalPty(command: Pick<HostCommand, 'argv' | 'env'>, size: TerminalSize): HostTerminal {
  const [program, ...rest] = command.argv
  const pty = nodePty.spawn(program, rest, {
    name: 'xterm-256color',
    cols: size.columns,
    rows: size.rows,
    env: { ...process.env, ...command.env },
    encoding: null,
  })
  let isRunning = true
  const ended = new Promise<{ exitCode: number }>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      isRunning = false
      resolve({ exitCode: signal ? 128 + signal : exitCode })
    })
  })
  return {
    // Its types say string, yet with `encoding: null` bytes go in and come out.
    write: (data) => pty.write((typeof data === 'string' ? data : Buffer.from(data)) as string),
    resize: (to) => {
      if (isRunning) pty.resize(to.columns, to.rows)
    },
    pause: () => pty.pause(),
    resume: () => pty.resume(),
    onData: (listener) => {
      const subscription = pty.onData((data) => listener(data as unknown as Uint8Array))
      return () => subscription.dispose()
    },
    ended,
    kill: () => {
      if (isRunning) pty.kill('SIGKILL')
    },
  }
}
