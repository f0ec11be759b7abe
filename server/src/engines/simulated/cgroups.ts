/**
 * A control group for each sandbox, where this account may make any: the system itself then bounds the memory and the processes of all
 * its programs together. Both of the kernel's interfaces are spoken; whether it works is found out by doing it.
 */
import { spawn } from 'node:child_process'
import { access, constants, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface GroupBounds {
  memoryBytes: number
  processes: number
}

const PREFIX = 'wheelhouse-'
/** A group is empty a moment after its last process has been killed. */
const TRIES_TO_REMOVE = 50
const PAUSE_MS = 20

/** The folders in which groups can be made: one by the newer interface, one for memory and one for processes by the older. */
export class Cgroups {
  private constructor(
    readonly folders: readonly string[],
    readonly version: 1 | 2,
  ) {}

  /** @returns null where this account can make none that hold */
  static async find(): Promise<Cgroups | null> {
    if (process.platform !== 'linux') return null
    for (const candidate of await candidates()) if (await candidate.works()) return candidate
    return null
  }

  static at(folders: readonly string[], version: 1 | 2): Cgroups {
    return new Cgroups(folders, version)
  }

  group(name: string): Cgroup {
    return new Cgroup(
      this.folders.map((folder) => join(folder, `${PREFIX}${name}`)),
      this.version,
    )
  }

  /** Makes one, puts a process of ours in, takes it away. */
  async works(): Promise<boolean> {
    const group = this.group(`probe-${process.pid}`)
    try {
      await group.make({ memoryBytes: 1e8, processes: 10 })
      const [program, ...words] = group.enter()
      const child = spawn(program, [...words, 'true'], { stdio: 'ignore' })
      const code = await new Promise((resolve) => child.on('error', () => resolve(1)).on('close', resolve))
      return code === 0
    } catch {
      return false
    } finally {
      await group.remove()
    }
  }
}

/** The bounds of one sandbox. */
export class Cgroup {
  constructor(
    readonly folders: readonly string[],
    readonly version: 1 | 2,
  ) {}

  /** Safe to repeat. @throws Error where the system does not let us */
  async make({ memoryBytes, processes }: GroupBounds): Promise<void> {
    for (const folder of this.folders) await mkdir(folder).catch(ignoreExisting)
    const memory = this.version === 2 ? 'memory.max' : 'memory.limit_in_bytes'
    await this.#set(memory, String(memoryBytes))
    await this.#set('pids.max', String(processes))
    // Where there is none to bound, that is no loss.
    await this.#set(this.version === 2 ? 'memory.swap.max' : 'memory.swappiness', '0').catch(() => undefined)
  }

  /** Into whichever of the folders has it. */
  async #set(file: string, value: string): Promise<void> {
    for (const folder of this.folders) if (await isWritable(join(folder, file))) return writeFile(join(folder, file), value)
    throw new Error(`no ${file} in ${this.folders.join(', ')}`)
  }

  /** What puts a program into it: before the program's own words. */
  enter(): [string, ...string[]] {
    const lists = this.folders.map((folder) => join(folder, 'cgroup.procs'))
    const script = `for list in "$@"; do [ "$list" = -- ] && break; echo $$ > "$list" || exit 1; shift; done; shift; exec "$@"`
    return ['sh', '-c', script, 'sh', ...lists, '--']
  }

  /** Once nothing runs in it. @returns the folders that could not be removed, such as one in which something still runs after a second */
  async remove(): Promise<string[]> {
    const gone = await Promise.all(this.folders.map((folder) => isRemoved(folder)))
    return this.folders.filter((_, index) => !gone[index])
  }
}

async function isRemoved(folder: string): Promise<boolean> {
  for (let tried = 0; tried < TRIES_TO_REMOVE; tried++) {
    const code = await rmdir(folder).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    )
    if (code !== 'EBUSY') return code === undefined || code === 'ENOENT'
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  return false
}

/** Where groups may be had: beside this process's own or anywhere above, the nearest first. */
async function candidates(): Promise<Cgroups[]> {
  const [groups, mounts] = await Promise.all([
    readFile('/proc/self/cgroup', 'utf8'),
    readFile('/proc/self/mounts', 'utf8'),
  ]).catch(() => ['', ''] as const)
  const own = new Map(
    groups
      .trim()
      .split('\n')
      .map((line) => line.split(':'))
      .map(([, controllers = '', path = '/']) => [controllers, path]),
  )
  const unified = mountOf(mounts, 'cgroup2', null)
  const newer = unified ? ancestors(own.get('') ?? '/').map((path) => Cgroups.at([join(unified, path)], 2)) : []
  const [memory, pids] = ['memory', 'pids'].map((controller) => {
    const at = mountOf(mounts, 'cgroup', controller)
    return at && join(at, own.get(controller) ?? '/')
  })
  return [...newer, ...(memory && pids ? [Cgroups.at([memory, pids], 1)] : [])]
}

const ancestors = (path: string): string[] => (path === '/' || path === '.' ? ['/'] : [path, ...ancestors(dirname(path))])

function mountOf(mounts: string, type: string, controller: string | null): string | undefined {
  return mounts
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, , kind, options = '']) => kind === type && (controller === null || options.split(',').includes(controller)))?.[1]
}

const isWritable = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  )

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
