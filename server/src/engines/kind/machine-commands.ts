/** Commands and files on one machine of an environment, through the container engine's `exec`. */
import { randomUUID } from 'node:crypto'
import { LabError } from '@wheelhouse/protocol'
import { type CommandResult, CommandTimeout, type ExecutionHost } from '../../hosts/execution-host.js'
import type { MachineCommand } from '../engine.js'
import { CommandFailed } from '../step-reporter.js'
import type { ContainerCli } from './container-cli.js'

/** The variable by which a command, with all that it started, is found again on the machine. */
const RUN_VARIABLE = 'WHEELHOUSE_RUN'

/** What the machine itself adds before it kills a command whose server is gone. */
const SERVER_GONE_MS = 5_000

const HOMES = { root: '/root', candidate: '/home/candidate' } as const

/**
 * Runs a command on a machine.
 *
 * Killing the `exec` client leaves the command running inside the container. So the command bears a mark in its environment, which
 * its children inherit, and at the limit or on abort everything with that mark is killed there. `timeout` on the machine is the
 * second line, for a server that dies meanwhile.
 */
export async function runOnMachine(cli: ContainerCli, container: string, command: MachineCommand): Promise<CommandResult> {
  const mark = randomUUID()
  const { timeoutMs, user, signal } = command
  const kill = () => killMarked(cli, container, mark)
  const started = performance.now()
  try {
    const limit = `${(timeoutMs + SERVER_GONE_MS) / 1000}`
    const result = await cli.host.run({
      argv: [
        ...([cli.program, 'exec', '-i', ...identity(user), '-e', `${RUN_VARIABLE}=${mark}`, container] as [string, ...string[]]),
        ...['timeout', '--signal=KILL', limit, ...command.argv],
      ],
      timeoutMs,
      ...(command.stdin === undefined ? {} : { stdin: command.stdin }),
      ...(signal ? { signal } : {}),
    })
    if (result.exitCode !== 0 && CLIENT_WORDS.test(result.stderr)) await throwIfUnreached(cli, container, command.machine)
    return result
  } catch (error) {
    if (error instanceof MachineUnreached || error instanceof LabError) throw error
    await kill()
    if (error instanceof CommandTimeout)
      throw new CommandTimeout(command.argv, Math.round(performance.now() - started), error.output)
    throw error
  }
}

/** How the client itself, and not the command, begins to speak: "Cannot connect to", "Error response from daemon", "Error: No such container". */
const CLIENT_WORDS = /^(cannot connect to|error during connect|error response from daemon|error: )/im

/** The machine was stopped or removed. */
export class MachineUnreached extends Error {
  override readonly name = 'MachineUnreached'
}

/**
 * What sounds like the client may have been said by the command: only where engine and machine are really away is it no answer.
 *
 * @throws LabError `ENGINE_UNAVAILABLE`; MachineUnreached
 */
async function throwIfUnreached(cli: ContainerCli, container: string, machine: string): Promise<void> {
  await cli.ping()
  const { exitCode, stdout } = await cli.ask(['inspect', '--format', '{{.State.Status}}', container])
  const state = exitCode === 0 ? stdout.trim() : 'gone'
  if (state !== 'running') throw new MachineUnreached(`${machine} is ${state}`)
}

const identity = (user: 'candidate' | 'root'): string[] => [
  ...['-u', user === 'root' ? '0' : 'candidate', '-w', HOMES[user]],
  ...['-e', `HOME=${HOMES[user]}`, '-e', `USER=${user}`, '-e', `LOGNAME=${user}`],
]

/** Kills what bears the mark until nothing does, for a process may start another between our look and our blow. */
const KILL_MARKED = `
for round in 1 2 3 4 5; do
  found=$(grep -lszxF -e "$MARK" /proc/[0-9]*/environ | cut -d/ -f3)
  [ -n "$found" ] || exit 0
  kill -KILL $found 2>/dev/null || true
done
`

/** Once as each user: on `base`, which has no rights of a node, not even root sees the environment of another's process. */
async function killMarked(cli: ContainerCli, container: string, mark: string): Promise<void> {
  const as = (user: string) =>
    cli.ask(['exec', '-i', '-u', user, '-e', `MARK=${RUN_VARIABLE}=${mark}`, container, 'sh', '-s'], { stdin: KILL_MARKED })
  // A machine that is gone has nothing left to kill.
  await Promise.allSettled([as('0'), as('candidate')])
}

export interface MachineFile {
  user: 'candidate' | 'root'
  path: string
  content: string | Uint8Array
  mode: number
}

const PUT = `
set -eu
umask 077
mkdir -p -m 0755 "$(dirname "$1")"
fresh="$1.$$.new"
trap 'rm -f "$fresh"' EXIT
cat >"$fresh"
chmod "$2" "$fresh"
mv -f "$fresh" "$1"
`

/** Writes by rename. @throws CommandFailed where the user may not */
export async function putOnMachine(cli: ContainerCli, container: string, file: MachineFile): Promise<void> {
  const script = ['sh', '-c', PUT, 'put', file.path, file.mode.toString(8)]
  await cli.run(['exec', '-i', ...identity(file.user), container, ...script], { stdin: file.content })
}

/** Reads as root. @throws CommandFailed where there is no such file */
export async function getFromMachine(cli: ContainerCli, container: string, path: string): Promise<Buffer> {
  const argv = [cli.program, 'exec', '-u', '0', container, 'cat', '--', path] as const
  return readAll(cli.host, argv)
}

async function readAll(host: ExecutionHost, argv: readonly [string, ...string[]]): Promise<Buffer> {
  const running = host.spawn({ argv })
  running.stdin.end()
  const [bytes, said, { exitCode }] = await Promise.all([drain(running.stdout), drain(running.stderr), running.ended])
  if (exitCode !== 0) throw new CommandFailed(argv, exitCode, said.toString('utf8'))
  return bytes
}

export async function drain(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
