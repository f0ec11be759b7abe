/** Where nginx writes: files, which may be links to the container's output. */
import { FileError, type FileSystem, normalize, parentOf } from '../../containers/file-system.js'
import type { Process } from '../../containers/process.js'
import { encode } from '../../containers/stream.js'

/** `2026/11/28 10:00:00` */
export const errorTime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')

const OUTPUTS: Record<string, 'stdout' | 'stderr'> = {
  '/dev/stdout': 'stdout',
  '/dev/stderr': 'stderr',
  '/proc/self/fd/1': 'stdout',
  '/proc/self/fd/2': 'stderr',
  '/dev/fd/1': 'stdout',
  '/dev/fd/2': 'stderr',
}

/** Where a path leads, link by link. */
function endOf(fs: FileSystem, path: string): string {
  let full = normalize(path, '/etc/nginx')
  for (let links = 0; links < 20 && !OUTPUTS[full]; links++) {
    const node = fs.stat(full, false)
    if (node?.type !== 'link') break
    full = normalize(node.target, parentOf(full))
  }
  return full
}

export class Log {
  constructor(readonly process: Process) {}

  /** @returns why it cannot be written to */
  open(path: string): string | undefined {
    const { fs } = this.process.machine
    const full = endOf(fs, path)
    if (OUTPUTS[full] || path === 'stderr' || path === 'off') return undefined
    try {
      fs.write(full, '', { append: true })
      return undefined
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      const number = { ENOENT: 2, ENOTDIR: 20, EISDIR: 21, EROFS: 30, ENOSPC: 28 }[error.code as string] ?? 5
      return `open() "${path}" failed (${number}: ${error.message})`
    }
  }

  write(path: string, line: string): void {
    if (path === 'off' || path === '/dev/null') return
    const { machine, stdout, stderr } = this.process
    const full = endOf(machine.fs, path)
    const output = path === 'stderr' ? 'stderr' : OUTPUTS[full]
    if (output) return void (output === 'stdout' ? stdout : stderr).write(encode(`${line}\n`))
    try {
      machine.fs.write(full, encode(`${line}\n`), { append: true })
    } catch (error) {
      // A full disk loses what nginx has to say.
      if (!(error instanceof FileError)) throw error
    }
  }

  /** A line of the error log. */
  say(path: string, level: string, text: string): void {
    this.write(path, `${errorTime(this.process.machine.clock.now())} [${level}] 1#1: ${text}`)
  }
}
