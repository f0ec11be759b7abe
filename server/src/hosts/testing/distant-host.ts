/**
 * An execution host that stands for another computer, for contract tests. It runs on this one, yet
 *
 * - its folder exists for its own commands alone, in a mount namespace of theirs: a path that was not put there, or a folder of ours
 *   that is mounted into a container, is not found;
 * - its loopback is not ours: a port is reached only at the address that `openPort` gives, which is counted and can be looked at.
 *
 * Needs Linux and root (for `unshare --mount`).
 */
import { mkdir } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import type { ExecutionHost, HostCommand, HostProcess, HostTerminal, OpenedPort, TerminalSize } from '../execution-host.js'
import { ThisComputer } from '../this-computer.js'

/** Where the host's folder is for its own commands. Here it must not exist, or a forgotten local path would go unnoticed. */
const THERE = '/srv/wheelhouse-distant-host'

/** An address of this computer's loopback that nobody else uses: what is not opened is not reached at it. */
const ADDRESS = '127.0.77.1'

/** Mounts the real folder where the host has it, then becomes the command. */
const ENTER = 'mount -t tmpfs none /srv && mkdir -p "$1" && mount --bind "$0" "$1" && shift && exec "$@"'

export class DistantHost implements ExecutionHost {
  readonly name = 'a distant host'
  readonly directory = THERE
  readonly opened: OpenedPort[] = []
  readonly #inner: ThisComputer

  private constructor(private readonly root: string) {
    this.#inner = new ThisComputer(root)
  }

  /** @param root  a folder of this computer that holds the host's own */
  static async make(root: string): Promise<DistantHost> {
    await mkdir(root, { recursive: true, mode: 0o700 })
    return new DistantHost(root)
  }

  platform() {
    return this.#inner.platform()
  }

  async which(program: string): Promise<string | null> {
    const said = await this.run({ argv: ['sh', '-c', 'command -v -- "$1"', 'which', program] })
    return said.exitCode === 0 ? said.stdout.trim() : null
  }

  run(command: HostCommand) {
    return this.#inner.run({ ...command, argv: this.#enter(command) })
  }

  spawn(command: Omit<HostCommand, 'stdin' | 'timeoutMs' | 'onOutput'>): HostProcess {
    return this.#inner.spawn({ ...command, argv: this.#enter(command) })
  }

  pty(command: Pick<HostCommand, 'argv' | 'env'>, size: TerminalSize): HostTerminal {
    return this.#inner.pty({ ...command, argv: this.#enter(command) }, size)
  }

  putFile(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
    return this.#inner.putFile(this.#here(path), content, mode)
  }

  getFile(path: string): Promise<Buffer> {
    return this.#inner.getFile(this.#here(path))
  }

  removeFile(path: string): Promise<void> {
    return this.#inner.removeFile(this.#here(path))
  }

  /** A forwarder, as ssh would be one: what it answers at is not the port itself. */
  async openPort(port: number): Promise<OpenedPort> {
    const server = createServer((socket) => {
      const onward = connect(port, '127.0.0.1')
      for (const [from, to] of [[socket, onward] as const, [onward, socket] as const]) {
        from.on('error', () => to.destroy())
        from.pipe(to)
      }
    })
    const opened = { host: ADDRESS, port: await listen(server), close: () => closed(server) }
    this.opened.push(opened)
    return opened
  }

  #here(path: string): string {
    if (!path.startsWith(`${THERE}/`)) throw new Error(`${path} is not in the folder that was given to this installation`)
    return join(this.root, path.slice(THERE.length))
  }

  /** `env` alone would look the program up on our PATH: kind is given one of its own. */
  #enter({ argv, env }: Pick<HostCommand, 'argv' | 'env'>): [string, ...string[]] {
    const path = env?.PATH === undefined ? [] : ['/usr/bin/env', `PATH=${env.PATH}`]
    return [
      '/usr/bin/unshare',
      '--mount',
      '--propagation=private',
      '/bin/sh',
      '-c',
      `PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH; ${ENTER}`,
      this.root,
      THERE,
      ...path,
      ...argv,
    ]
  }
}

const listen = (server: Server) =>
  new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, ADDRESS, () => resolve((server.address() as AddressInfo).port))
  })

const closed = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()))
