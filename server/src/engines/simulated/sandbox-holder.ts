/**
 * The two programs that can make a sandbox: bubblewrap where it is installed, else util-linux' unshare with a script of ours. Either
 * leaves a process 1 that holds the namespaces; everything else enters by `nsenter`, whichever made them.
 */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CommandTimeout, type ExecutionHost } from '../../hosts/execution-host.js'
import { OWN_ETC } from './sandbox-etc.js'
import { HOLDER_SCRIPT } from './sandbox-script.js'

export type HolderKind = 'bubblewrap' | 'unshare'
export const HOLDERS: readonly HolderKind[] = ['bubblewrap', 'unshare']

/** What of this computer is seen inside, and what is not. */
export interface HolderParts {
  /** The environment's folder: `home`, `tmp`, and what the engine keeps. */
  directory: string
  /** Programs that must be reachable inside under their own names. */
  tools: Record<string, string>
  /** Names that lead to the API server on loopback. */
  hosts: string[]
  /** Folders of this computer that nobody inside may see. */
  hidden: string[]
}

export interface Launch {
  argv: [string, ...string[]]
  env: Record<string, string>
}

const KINDS = ['--net', '--mount', '--pid', '--uts', '--ipc']
const START_TIMEOUT_MS = 10_000

export const isRoot = (): boolean => process.getuid?.() === 0
/** An ordinary account needs a user namespace to be root inside; the server's own root does not. */
const unshare = (): [string, ...string[]] => [
  'unshare',
  ...(isRoot() ? [] : ['--user', '--map-root-user']),
  ...KINDS,
  '--fork',
  '--kill-child',
]

/** What enters the namespaces of a holder. @param kinds  those that are entered; all where absent */
export const nsenter = (pid: number, kinds: readonly string[] = KINDS): [string, ...string[]] => [
  'nsenter',
  '--target',
  String(pid),
  ...(isRoot() ? [] : ['--user', '--preserve-credentials']),
  ...kinds,
  '--',
]

/** What starts the holder. It says `ready` when everything is in its place, and stays. */
export function launchOf(kind: HolderKind, parts: HolderParts): Launch {
  return kind === 'bubblewrap' ? { argv: bubblewrap(parts), env: {} } : byUnshare(parts)
}

function byUnshare({ directory, tools, hidden }: HolderParts): Launch {
  const env = {
    WH_DIRECTORY: directory,
    WH_ETC: OWN_ETC.join(' '),
    WH_TOOLS: Object.entries(tools)
      .map(([name, path]) => `${name}=${path}`)
      .join('\n'),
    WH_HIDDEN: hidden.join('\n'),
  }
  return { argv: [...unshare(), 'sh', '-c', HOLDER_SCRIPT.main], env }
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory()
/** These are covered as a whole. */
const COVERED = ['/home', '/tmp', '/run', '/root']
const isCovered = (path: string): boolean => COVERED.some((folder) => path === folder || path.startsWith(`${folder}/`))

function bubblewrap({ directory, tools, hidden }: HolderParts): [string, ...string[]] {
  const empty = (path: string) => ['--perms', '0700', '--tmpfs', path, '--remount-ro', path]
  return [
    'bwrap',
    '--unshare-net',
    '--unshare-pid',
    '--unshare-uts',
    '--unshare-ipc',
    ...(isRoot() ? [] : ['--unshare-user']),
    '--as-pid-1',
    ...['--hostname', 'base'],
    ...['--ro-bind', '/', '/', '--dev-bind', '/dev', '/dev', '--proc', '/proc'],
    ...['--tmpfs', '/home', '--bind', join(directory, 'home'), '/home/candidate'],
    ...Object.entries(tools).flatMap(([name, path]) => ['--ro-bind', path, `/home/tools/${name}`]),
    ...['--remount-ro', '/home', '--bind', join(directory, 'tmp'), '/tmp'],
    ...OWN_ETC.flatMap((name) => ['--ro-bind', join(directory, name), `/etc/${name}`]),
    ...['/run', '/root'].filter(isFolder).flatMap(empty),
    ...hidden.filter((path) => isFolder(path) && !isCovered(path)).flatMap(empty),
    ...['sh', '-c', HOLDER_SCRIPT.stay],
  ]
}

/** Which of them works here, by doing it: the first of `wanted` that does. @returns why not, where none does */
export async function findHolder(
  host: ExecutionHost,
  wanted: readonly HolderKind[] = HOLDERS,
): Promise<{ holder: HolderKind } | { missing: string }> {
  const reasons: string[] = []
  for (const holder of wanted) {
    const why = await missing(host, holder)
    if (why === null) return { holder }
    reasons.push(why)
  }
  return { missing: reasons.join('; ') }
}

async function missing(host: ExecutionHost, holder: HolderKind): Promise<string | null> {
  const [program, ...words] = PROBES[holder]()
  try {
    const { exitCode, stderr } = await host.run({ argv: [program, ...words], timeoutMs: START_TIMEOUT_MS })
    return exitCode === 0 ? null : `${program}: ${stderr.trim() || `ended with ${exitCode}`}`
  } catch (error) {
    return error instanceof CommandTimeout ? `${program} did not answer` : `${program} is not there`
  }
}

const PROBES: Record<HolderKind, () => [string, ...string[]]> = {
  bubblewrap: () => {
    const namespaces = ['--unshare-net', '--unshare-pid', ...(isRoot() ? [] : ['--unshare-user'])]
    const mounts = ['--ro-bind', '/', '/', '--dev-bind', '/dev', '/dev', '--proc', '/proc']
    return ['bwrap', ...namespaces, '--as-pid-1', ...mounts, 'sh', '-c', 'command -v nsenter prlimit']
  },
  unshare: () => [...unshare(), 'sh', '-c', `${HOLDER_SCRIPT.loopback}\nmount -t proc proc /proc\ncommand -v nsenter prlimit`],
}
