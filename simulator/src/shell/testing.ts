/** For tests of the shell and its commands: a container of BusyBox, without a cluster. */

import { expect } from 'vitest'
import { Container } from '../containers/container.js'
import type { Mount } from '../containers/file-system.js'
import { LogBuffer } from '../containers/log-buffer.js'
import type { ContainerNetwork } from '../containers/network.js'
import { empty } from '../containers/stream.js'
import { Terminal } from '../containers/terminal.js'
import { lookUp } from '../images/catalogue.js'
import { ManualClock } from '../time/clock.js'
import { SeededRandom } from '../time/random.js'

const network = { address: '10.0.0.1', nameServer: '', search: [] } as unknown as ContainerNetwork

/** A container that nothing runs in yet. */
export function busybox(
  argv = ['sleep', 'infinity'],
  mounts: Mount[] = [],
): { container: Container; clock: ManualClock; log: LogBuffer } {
  const found = lookUp('busybox:1.37')
  if (!found.found) throw new Error('no busybox')
  const clock = new ManualClock()
  const log = new LogBuffer()
  const env = new Map([['HOME', '/root']])
  const container = new Container({
    image: found.image,
    argv,
    env,
    workingDirectory: '',
    hostname: 'box',
    mounts,
    readOnlyRoot: false,
    user: undefined,
    network,
    clock,
    random: new SeededRandom(),
    log,
  })
  return { container, clock, log }
}

export interface Ran {
  code: number
  out: string
  err: string
}

/** What a script prints in a container with these files. */
export async function runIn(script: string, files: Record<string, string> = {}, mounts: Mount[] = []): Promise<Ran> {
  const { container } = busybox(undefined, mounts)
  for (const [path, data] of Object.entries(files)) container.machine.fs.write(path, data)
  const out: string[] = []
  const err: string[] = []
  const to = (list: string[]) => ({ write: (data: string) => void list.push(data) })
  const streams = { stdin: empty, stdout: to(out), stderr: to(err) }
  const code = await container.exec(['sh', '-c', script], streams, new AbortController().signal)
  return { code, out: out.join(''), err: err.join('') }
}

/** A shell at a terminal; `screen` is what it has been sent so far. */
export function desk(argv = ['sh']) {
  const { container, clock } = busybox()
  let screen = ''
  const write = (data: string) => {
    screen += data
  }
  const terminal = new Terminal({ write }, () => {})
  const streams = { stdin: terminal.input, stdout: terminal.output, stderr: terminal.output, terminal }
  const ended = container.exec(argv, streams, new AbortController().signal)
  const shown = async (text: string) => {
    for (let turn = 0; turn < 1000 && !screen.includes(text); turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(screen).toContain(text)
    screen = ''
  }
  return { container, clock, ended, shown, type: (keys: string) => terminal.type(keys) }
}
