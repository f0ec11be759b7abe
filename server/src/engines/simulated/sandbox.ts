/**
 * Where the learner's shells run in the simulated engine: Linux namespaces of their own, held by one process that outlives the server.
 *
 * Inside there are no other processes, no network but loopback, a read-only system, and a home and /tmp of the environment's own.
 * Every command and shell enters by `nsenter`. Where the server is root, they become an account number that owns nothing else.
 */
import { createHash } from 'node:crypto'
import { chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CommandTimeout, type ExecutionHost } from '../../hosts/execution-host.js'
import type { Cluster } from '../engine.js'
import type { Base } from './base.js'
import { HOLDER_SCRIPT } from './sandbox-script.js'

/** The first of the account numbers that own nothing on any system that we know; used where the server itself is root. */
const FIRST_ACCOUNT = 61_000
const ACCOUNTS = 4_000
export const MOST_PROCESSES = 512
const LARGEST_FILE_BYTES = 2 ** 30
/** Of addresses: programs written in Go reserve a gigabyte and more that they never touch. */
const MOST_ADDRESS_BYTES = 4 * 2 ** 30
/** What the system holds each process to. Shells differ in what their `ulimit` knows; this is the system's own program for it. */
const BOUNDS = [
  'prlimit',
  `--nproc=${MOST_PROCESSES}`,
  `--fsize=${LARGEST_FILE_BYTES}`,
  `--as=${MOST_ADDRESS_BYTES}`,
  '--core=0',
] as const
const START_TIMEOUT_MS = 10_000

const KINDS = ['--net', '--mount', '--pid', '--uts', '--ipc']

export interface SandboxParts {
  host: ExecutionHost
  /** The environment's folder on this computer: `home`, `tmp`, and what the engine keeps. */
  directory: string
  /** Programs that must be reachable inside under their own names. */
  tools: Record<string, string>
  /** Names that lead to the API server on loopback. */
  hosts: string[]
  /** Folders of this computer that nobody inside may see. */
  hidden: string[]
}

const isRoot = (): boolean => process.getuid?.() === 0
/** An ordinary account needs a user namespace to be root inside; the server's own root does not. */
const userNamespace = (): string[] => (isRoot() ? [] : ['--user', '--map-root-user'])
const unshare = (): string[] => ['unshare', ...userNamespace(), ...KINDS, '--fork', '--kill-child']
/**
 * An account number of the environment's own: the system counts processes by account, and what one environment leaves behind is no
 * other's to read. Of two environments in four thousand that share one, neither sees the other all the same.
 */
export function accountOf(directory: string): number {
  const [first = 0, second = 0] = createHash('sha256').update(basename(directory)).digest()
  return FIRST_ACCOUNT + ((first * 256 + second) % ACCOUNTS)
}

/** Inside, a server that is root becomes an account that owns nothing, for good. */
const asNobody = (account: number): string[] =>
  isRoot()
    ? [
        'setpriv',
        `--reuid=${account}`,
        `--regid=${account}`,
        '--clear-groups',
        '--no-new-privs',
        '--bounding-set=-all',
        '--inh-caps=-all',
      ]
    : []

/** Whether this computer can do it, by doing it. @returns why not, where it cannot */
export async function sandboxMissing(host: ExecutionHost): Promise<string | null> {
  const [program = 'unshare', ...rest] = unshare()
  const probe = `${HOLDER_SCRIPT.loopback}\nmount -t proc proc /proc\n${BOUNDS.join(' ')} true`
  try {
    const { exitCode, stderr } = await host.run({ argv: [program, ...rest, 'sh', '-c', probe], timeoutMs: START_TIMEOUT_MS })
    return exitCode === 0 ? null : stderr.trim() || `unshare ended with ${exitCode}`
  } catch (error) {
    return error instanceof CommandTimeout ? 'unshare did not answer' : 'unshare (util-linux) is not there'
  }
}

export class Sandbox implements Base {
  constructor(readonly parts: SandboxParts) {}

  get folders(): { home: string; tmp: string } {
    return { home: join(this.parts.directory, 'home'), tmp: join(this.parts.directory, 'tmp') }
  }

  get #pidFile(): string {
    return join(this.parts.directory, 'sandbox.pid')
  }

  /** Starts what holds the namespaces, where it does not run. */
  async start(): Promise<void> {
    if (await this.isRunning()) return
    const { directory, host, tools, hosts, hidden } = this.parts
    await this.#makeFolders()
    const env = {
      WH_DIRECTORY: directory,
      WH_HOSTS: hosts.join(' '),
      WH_TOOLS: Object.entries(tools)
        .map(([name, path]) => `${name}=${path}`)
        .join('\n'),
      WH_HIDDEN: hidden.join('\n'),
    }
    const [program = 'unshare', ...rest] = [...unshare(), 'sh', '-c', HOLDER_SCRIPT.main]
    // The shell starts the holder apart from this process and answers when the sandbox is furnished.
    const launch = [
      'sh',
      '-c',
      'rm -f "$1/ready"; shift_dir=$1; shift; setsid "$@" </dev/null >"$shift_dir/sandbox.log" 2>&1 & pid=$!; while [ ! -e "$shift_dir/ready" ]; do kill -0 $pid 2>/dev/null || { cat "$shift_dir/sandbox.log" >&2; exit 1; }; sleep 0.02; done; pgrep -P $pid || cat /proc/$pid/task/$pid/children',
    ]
    const { exitCode, stdout, stderr } = await host.run({
      argv: [...(launch as [string, ...string[]]), 'sh', directory, program, ...rest],
      env,
      timeoutMs: START_TIMEOUT_MS,
    })
    const pid = Number(stdout.trim().split(/\s+/)[0])
    if (exitCode !== 0 || !pid) throw new Error(`the sandbox did not start: ${stderr.trim() || stdout.trim()}`)
    await writeFile(this.#pidFile, `${pid} ${await startTime(pid)}`, { mode: 0o600 })
  }

  async #makeFolders(): Promise<void> {
    for (const name of ['home', 'tmp']) {
      const path = join(this.parts.directory, name)
      await mkdir(path, { recursive: true, mode: 0o755 })
      await this.#hand(path)
    }
  }

  /** With all that lies below where it was another account's. */
  async #hand(path: string): Promise<void> {
    if (!isRoot() || (await stat(path)).uid === this.#account) return
    await this.parts.host.run({ argv: ['chown', '-R', `${this.#account}:${this.#account}`, path], timeoutMs: START_TIMEOUT_MS })
  }

  get #account(): number {
    return accountOf(this.parts.directory)
  }

  /** The holder's process, as this computer numbers it; null where it does not run. */
  async pid(): Promise<number | null> {
    const text = await readFile(this.#pidFile, 'utf8').catch(() => '')
    const [pid, started] = text.trim().split(' ')
    if (!pid || !started) return null
    return (await startTime(Number(pid))) === started ? Number(pid) : null
  }
  async isRunning(): Promise<boolean> {
    return (await this.pid()) !== null
  }

  /** What runs a program inside: put it before the program's own words. @throws Error where the sandbox does not run */
  async enter(machine: string): Promise<[string, ...string[]]> {
    const pid = await this.pid()
    if (pid === null) throw new Error('the sandbox does not run')
    const user = isRoot() ? [] : ['--user', '--preserve-credentials']
    const [program = 'nsenter', ...rest] = [
      'nsenter',
      '--target',
      String(pid),
      ...user,
      ...KINDS,
      '--',
      ...BOUNDS,
      ...asNobody(this.#account),
    ]
    return [program, ...rest, 'env', '-i', ...environment(machine), 'sh', '-c', 'cd "$HOME" && exec "$@"', 'sh']
  }

  /** What runs a program of this computer in the sandbox's network alone. @throws Error where the sandbox does not run */
  async enterNetwork(): Promise<[string, ...string[]]> {
    const pid = await this.pid()
    if (pid === null) throw new Error('the sandbox does not run')
    return ['nsenter', '--target', String(pid), ...(isRoot() ? [] : ['--user', '--preserve-credentials']), '--net', '--']
  }

  /** Ends a process inside by the number that it has there; -1 ends all but the holder. */
  async kill(inside: number): Promise<void> {
    const pid = await this.pid()
    if (pid === null) return
    const user = isRoot() ? [] : ['--user', '--preserve-credentials']
    const enter = ['--target', String(pid), ...user, '--pid', '--mount', '--']
    await this.parts.host.run({
      argv: ['nsenter', ...enter, 'sh', '-c', `kill -s KILL -- ${inside}`],
      timeoutMs: START_TIMEOUT_MS,
    })
  }

  async stop(): Promise<void> {
    const pid = await this.pid()
    if (pid === null) return
    // Process 1 of its namespace: everything inside ends with it.
    process.kill(pid, 'SIGKILL')
    while (await this.isRunning()) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Gives a file that the server wrote to the account that works inside. */
  async own(path: string): Promise<void> {
    if (isRoot()) await chown(path, this.#account, this.#account)
  }

  /** Clusters and paths are inside as their own views say. */
  seen = (cluster: Cluster): Cluster => cluster
  said = (text: string): string => text
}

const environment = (machine: string): string[] => [
  'HOME=/home/candidate',
  'USER=candidate',
  'LOGNAME=candidate',
  'SHELL=/bin/bash',
  'TERM=xterm-256color',
  'LANG=C.UTF-8',
  'PATH=/home/tools:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'KUBECONFIG=/home/candidate/.kube/config',
  `WHEELHOUSE_MACHINE=${machine}`,
  'WHEELHOUSE_TOOLS=/home/tools',
]

/** When a process began, in ticks since the boot: with its number it tells processes apart. */
async function startTime(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // A zombie has ended.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return !fields[19] || fields[0] === 'Z' ? null : fields[19]
}
