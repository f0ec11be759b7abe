/** Redirections: which files and streams stand behind the descriptors of a command. */
import { FileError, normalize } from '../containers/file-system.js'
import { empty, nowhere, type Sink, TextSource } from '../containers/stream.js'
import { expandText, type Substitute } from './expand.js'
import type { Descriptor, Io, Shell } from './shell.js'
import type { Redirection } from './syntax.js'

/** The streams of a command while it is redirected. */
class Descriptors {
  readonly io: Io
  constructor(io: Io) {
    this.io = { ...io, more: new Map(io.more) }
  }

  get(number: number): Descriptor | undefined {
    if (number === 0) return { source: this.io.stdin }
    if (number === 1 || number === 2) return { sink: number === 1 ? this.io.stdout : this.io.stderr }
    return this.io.more?.get(number)
  }
  set(number: number, { source, sink }: Descriptor): void {
    if (number === 0) this.io.stdin = source ?? empty
    else if (number === 1) this.io.stdout = sink ?? nowhere
    else if (number === 2) this.io.stderr = sink ?? nowhere
    else this.io.more = new Map(this.io.more).set(number, { ...(source && { source }), ...(sink && { sink }) })
  }
  close(number: number): void {
    if (number < 3) this.set(number, {})
    else this.io.more = new Map([...(this.io.more ?? [])].filter(([each]) => each !== number))
  }
}

/** @throws Error with the shell's words */
export async function redirect(
  shell: Shell,
  redirections: Redirection[],
  { io, substitute }: { io: Io; substitute: Substitute },
): Promise<Io> {
  const descriptors = new Descriptors(io)
  for (const redirection of redirections)
    apply(shell, redirection, { descriptors, text: await expandText(shell, redirection.target, substitute) })
  // Who reads a file is not typed to.
  if (descriptors.io.stdin !== io.stdin) descriptors.io.terminal = undefined
  return descriptors.io
}

interface Applied {
  descriptors: Descriptors
  text: string
}

function apply(shell: Shell, { descriptor, operator }: Redirection, { descriptors, text }: Applied): void {
  const isNumber = text === '-' || /^\d$/.test(text)
  if (operator === '<<' || operator === '<<<')
    descriptors.set(descriptor ?? 0, { source: new TextSource(operator === '<<<' ? `${text}\n` : text) })
  else if (operator === '<') descriptors.set(descriptor ?? 0, fileSource(shell, text))
  else if (operator === '<>') descriptors.set(descriptor ?? 0, bothWays(shell, text))
  else if (operator === '<&' || (operator === '>&' && isNumber))
    duplicate(descriptors, text, descriptor ?? (operator === '<&' ? 0 : 1))
  else {
    const sink = worded('create', text, () => fileSink(shell, text, operator === '>>'))
    descriptors.set(descriptor ?? 1, { sink })
    if (operator === '&>' || operator === '>&') descriptors.set(2, { sink })
  }
}

function fileSource(shell: Shell, text: string): Descriptor {
  const path = normalize(text, shell.cwd)
  if (path === '/dev/null') return { source: empty }
  return { source: new TextSource(worded('open', text, () => shell.machine.fs.read(path))) }
}
function bothWays(shell: Shell, text: string): Descriptor {
  return { ...worded('create', text, () => ({ sink: fileSink(shell, text, true) })), ...fileSource(shell, text) }
}

/** `2>&1`, `3<&-` */
function duplicate(descriptors: Descriptors, text: string, to: number): void {
  const found = text === '-' ? undefined : descriptors.get(Number(text))
  if (text === '-') descriptors.close(to)
  else if (found) descriptors.set(to, found)
  else throw new Error(`${text}: Bad file descriptor`)
}

/** As BusyBox' shell complains, which has words of its own for what is not there. */
function worded<T>(verb: 'open' | 'create', path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const missing = verb === 'open' ? 'no such file' : 'nonexistent directory'
    throw new Error(`can't ${verb} ${path}: ${error.code === 'ENOENT' ? missing : error.message}`)
  }
}

function fileSink(shell: Shell, path: string, append: boolean): Sink {
  const { fs, log } = shell.machine
  const full = normalize(path, shell.cwd)
  if (full === '/dev/null') return nowhere
  if (['/dev/stdout', '/dev/stderr', '/proc/1/fd/1', '/proc/1/fd/2'].includes(full)) return log
  if (!append || !fs.exists(full)) fs.write(full, '')
  return { write: (data) => fs.write(full, data, { append: true }) }
}
