/**
 * Where the learner's shells run in the simulated engine: Linux namespaces of their own, held by one process that outlives the server.
 *
 * Inside there are no other processes, no network but loopback, a read-only system, and a home and /tmp of the environment's own.
 * Every command and shell enters by `nsenter`. Where the server is root, they become an account number that owns nothing else.
 */
import { createHash } from 'node:crypto'
import { lchown, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ExecutionHost } from '../../hosts/execution-host.js'
import type { Cluster } from '../engine.js'
import type { Base } from './base.js'
import type { Cgroup } from './cgroups.js'
import { writeEtc } from './sandbox-etc.js'
import { type HolderKind, type HolderParts, isRoot, launchOf, nsenter } from './sandbox-holder.js'
import type { SandboxBounds } from './sandbox-watch.js'

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

/** Starts the holder apart from this process, and tells its process 1 as this computer numbers it when the sandbox is furnished. */
const LAUNCH = `log=$1/sandbox.log
shift
: > "$log"
setsid "$@" </dev/null >"$log" 2>&1 &
pid=$!
until grep -qx ready "$log"; do
  kill -0 $pid 2>/dev/null || { cat "$log" >&2; exit 1; }
  sleep 0.02
done
pgrep -P $pid || cat /proc/$pid/task/$pid/children`

/** A program may ask for more than its bounds for a moment: the watch ends what goes on, and this is where the system stops it. */
const PROCESSES_BEYOND = 64

export interface SandboxParts extends HolderParts {
  host: ExecutionHost
  holder: HolderKind
  /** Holds all programs inside together; absent where this account can make none. */
  cgroup?: Cgroup
  bounds: SandboxBounds
}

/**
 * An account number of the environment's own: the system counts processes by account, and what one environment leaves behind is no
 * other's to read. Of two environments in four thousand that share one, neither sees the other all the same.
 */
export function accountOf(directory: string): number {
  const [first = 0, second = 0] = createHash('sha256').update(basename(directory)).digest()
  return FIRST_ACCOUNT + ((first * 256 + second) % ACCOUNTS)
}

const POWERLESS = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'] as const

/**
 * Inside, nobody has any capability, for good: who had them in the sandbox's own user namespace could take the covers away. A server
 * that is root becomes an account that owns nothing; an ordinary account is root inside where unshare made the namespace.
 */
function withoutPowers(account: number, holder: HolderKind): string[] {
  if (isRoot()) return ['setpriv', `--reuid=${account}`, `--regid=${account}`, '--clear-groups', ...POWERLESS]
  // Not root inside by bubblewrap: the capabilities are gone with the first program.
  return ['setpriv', ...(holder === 'unshare' ? POWERLESS : ['--no-new-privs'])]
}

export class Sandbox implements Base {
  constructor(readonly parts: SandboxParts) {}

  get folders(): { home: string; tmp: string } {
    return { home: join(this.parts.directory, 'home'), tmp: join(this.parts.directory, 'tmp') }
  }

  /** Starts what holds the namespaces, where it does not run. */
  async start(): Promise<void> {
    if (await this.isRunning()) return
    await this.#makeFolders()
    const { directory, host, holder, cgroup, bounds } = this.parts
    await writeEtc(directory, { hosts: this.parts.hosts, account: this.#accountInside })
    await cgroup?.make({ ...bounds, processes: bounds.processes + PROCESSES_BEYOND })
    const { argv, env } = launchOf(holder, this.parts)
    const words = [...(cgroup?.enter() ?? []), ...argv]
    const { exitCode, stdout, stderr } = await host.run({
      argv: ['sh', '-c', LAUNCH, 'sh', directory, ...words],
      env,
      timeoutMs: START_TIMEOUT_MS,
    })
    const pid = Number(stdout.trim().split(/\s+/)[0])
    if (exitCode !== 0 || !pid) throw new Error(`the sandbox did not start: ${stderr.trim() || stdout.trim()}`)
    await writeFile(pidFile(directory), `${pid} ${await startTime(pid)}`, { mode: 0o600 })
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

  /** An ordinary account of the server is itself in the sandbox of bubblewrap, and root of that of unshare. */
  get #accountInside(): number {
    if (isRoot()) return this.#account
    return this.parts.holder === 'unshare' ? 0 : (process.getuid?.() ?? 0)
  }

  /** The holder's process, as this computer numbers it; null where it does not run. */
  pid = (): Promise<number | null> => pidOf(this.parts.directory)
  async isRunning(): Promise<boolean> {
    return (await this.pid()) !== null
  }

  /** What runs a program inside: put it before the program's own words. @throws Error where the sandbox does not run */
  async enter(machine: string): Promise<[string, ...string[]]> {
    const pid = await this.pid()
    if (pid === null) throw new Error('the sandbox does not run')
    const [program, ...rest] = [...this.#bounded, ...nsenter(pid), ...BOUNDS, ...withoutPowers(this.#account, this.parts.holder)]
    return [program ?? 'nsenter', ...rest, 'env', '-i', ...environment(machine), 'sh', '-c', 'cd "$HOME" && exec "$@"', 'sh']
  }

  get #bounded(): string[] {
    return this.parts.cgroup?.enter() ?? []
  }

  /** What runs a program of this computer in the sandbox's network alone. @throws Error where the sandbox does not run */
  async enterNetwork(): Promise<[string, ...string[]]> {
    const pid = await this.pid()
    if (pid === null) throw new Error('the sandbox does not run')
    return nsenter(pid, ['--net'])
  }

  /** Ends a process inside by the number that it has there; -1 ends all but the holder. */
  async kill(inside: number): Promise<void> {
    const pid = await this.pid()
    if (pid === null) return
    await this.parts.host.run({
      argv: [...nsenter(pid, ['--pid', '--mount']), 'sh', '-c', `kill -s KILL -- ${inside}`],
      timeoutMs: START_TIMEOUT_MS,
    })
  }

  /** Gives a file that the server wrote to the account that works inside. */
  async own(path: string): Promise<void> {
    if (isRoot()) await lchown(path, this.#account, this.#account)
  }

  /** Clusters and paths are inside as their own views say. */
  seen = (cluster: Cluster): Cluster => cluster
  said = (text: string): string => text
}

/** Ends the sandbox of an environment's folder, whoever started it. Idempotent. */
export async function stopSandbox(directory: string): Promise<void> {
  const pid = await pidOf(directory)
  if (pid === null) return
  // Process 1 of its namespace: everything inside ends with it.
  process.kill(pid, 'SIGKILL')
  while ((await pidOf(directory)) !== null) await new Promise((resolve) => setImmediate(resolve))
}

const pidFile = (directory: string) => join(directory, 'sandbox.pid')

async function pidOf(directory: string): Promise<number | null> {
  const text = await readFile(pidFile(directory), 'utf8').catch(() => '')
  const [pid, started] = text.trim().split(' ')
  if (!pid || !started) return null
  return (await startTime(Number(pid))) === started ? Number(pid) : null
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
