/** The processes of one sandbox as this computer sees them: what they use, and how one of them is told and ended. */
import { open, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

export interface SandboxProcess {
  /** As the sandbox numbers it. */
  pid: number
  name: string
  /** Memory of its own, without what it shares with others. */
  memoryBytes: number
}

const PAGE_BYTES = 4096
/** The holder of the namespaces and what it waits with; no learner's. */
const HOLDER = 1

/** @param holder  the sandbox's first process as this computer numbers it */
export async function processesOf(holder: number): Promise<SandboxProcess[]> {
  const proc = `/proc/${holder}/root/proc`
  const names = await readdir(proc).catch(() => [])
  const found = names.filter((name) => /^\d+$/.test(name)).map((name) => processAt(join(proc, name), Number(name)))
  return (await Promise.all(found)).flatMap((process) => process ?? []).filter(({ pid }) => pid !== HOLDER)
}

async function processAt(folder: string, pid: number): Promise<SandboxProcess | null> {
  try {
    const [statm, name] = await Promise.all([readFile(join(folder, 'statm'), 'utf8'), readFile(join(folder, 'comm'), 'utf8')])
    const [, resident = 0, shared = 0] = statm.split(' ').map(Number)
    return { pid, name: name.trim(), memoryBytes: Math.max(0, resident - shared) * PAGE_BYTES }
  } catch {
    // It has ended meanwhile.
    return null
  }
}

/** Says something on the terminal of a process, where it has one. Never throws: a message is not worth a failure. */
export async function tell(holder: number, pid: number, text: string): Promise<void> {
  try {
    const stderr = `/proc/${holder}/root/proc/${pid}/fd/2`
    if (!/^\/dev\/(pts\/|tty)/.test(await readlink(stderr))) return
    const terminal = await open(stderr, 'a')
    await terminal.write(`\r\n${text}\r\n`)
    await terminal.close()
  } catch {
    // Ended, or without a terminal.
  }
}
