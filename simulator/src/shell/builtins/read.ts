/** `read [-r] [-s] [-p PROMPT] [-n COUNT] [-d LETTER] [-t SECONDS] [-u DESCRIPTOR] [NAME...]` */
import { encode, type Source } from '../../containers/stream.js'
import { sleep } from '../../time/clock.js'
import type { Io, Shell } from '../shell.js'
import { complain } from './builtin.js'

interface Called {
  names: string[]
  isRaw: boolean
  values: Map<string, string>
}

/** @returns the option that `read` does not have */
function readArguments(args: string[]): Called | string {
  const called: Called = { names: [], isRaw: false, values: new Map() }
  const rest = [...args]
  while (/^-./.test(rest[0] ?? '')) {
    const arg = rest.shift() ?? ''
    if (arg === '--') break
    for (let index = 1; index < arg.length; index++) {
      const letter = arg[index] ?? ''
      if ('pndtu'.includes(letter)) {
        called.values.set(letter, arg.slice(index + 1) || (rest.shift() ?? ''))
        break
      }
      if (letter === 'r') called.isRaw = true
      else if (letter !== 's') return letter
    }
  }
  called.names.push(...rest)
  return called
}

/** As many fields as there are names; the last has all that is left. */
function fieldsFor(line: string, separators: string, count: number): string[] {
  const isBlank = (letter: string | undefined) => letter !== undefined && ' \t\n'.includes(letter) && separators.includes(letter)
  const isMark = (letter: string | undefined) => letter !== undefined && letter !== '' && separators.includes(letter)
  let rest = line
  const trimStart = () => {
    while (isBlank(rest[0])) rest = rest.slice(1)
  }
  const fields: string[] = []
  trimStart()
  while (fields.length < count - 1 && rest !== '') {
    let end = 0
    while (end < rest.length && !isMark(rest[end])) end++
    fields.push(rest.slice(0, end))
    rest = rest.slice(end)
    trimStart()
    if (isMark(rest[0]) && !isBlank(rest[0])) rest = rest.slice(1)
    trimStart()
  }
  while (isBlank(rest.at(-1))) rest = rest.slice(0, -1)
  return [...fields, rest]
}

/** Nothing came within the time of `-t`. */
const LATE: unique symbol = Symbol('late')

/** What a `read` that ran out of time still waits for: it belongs to the next. */
const pending = new WeakMap<Source, Promise<string | null>>()

async function nextOf(shell: Shell, source: Source, { values }: Called): Promise<string | null | typeof LATE> {
  const reader = shell.linesOf(source)
  const count = values.has('n') ? Math.max(0, Number(values.get('n')) || 0) : undefined
  const mark = values.has('d') ? values.get('d')?.[0] || '\0' : '\n'
  const text = pending.get(source) ?? (count === undefined ? reader.next(mark) : reader.letters(count))
  pending.delete(source)
  const seconds = values.get('t')
  if (seconds === undefined) return text
  const over = new AbortController()
  const late = sleep(shell.machine.clock, Number(seconds) * 1000, over.signal).then((): typeof LATE => LATE)
  const first = await Promise.race([text, late])
  over.abort()
  if (first === LATE) pending.set(source, text)
  return first
}

/** A backslash makes the next letter itself, and at the end of the line goes on with the next line. */
async function wholeLine(shell: Shell, source: Source, called: Called): Promise<string | null | typeof LATE> {
  let line = await nextOf(shell, source, called)
  while (!called.isRaw && line !== null && line !== LATE && /(^|[^\\])(\\\\)*\\$/.test(line) && !called.values.has('n')) {
    const more = await nextOf(shell, source, called)
    line = line.slice(0, -1) + (more === LATE ? '' : (more ?? ''))
    if (more === null) break
  }
  return line
}

export async function read(shell: Shell, args: string[], io: Io): Promise<number> {
  const called = readArguments(args)
  if (typeof called === 'string') {
    await complain(shell, io, `read: illegal option -${called}`)
    return 2
  }
  const descriptor = called.values.get('u')
  const source = descriptor === undefined || descriptor === '0' ? io.stdin : io.more?.get(Number(descriptor))?.source
  if (!source) {
    await complain(shell, io, 'read error: Bad file descriptor')
    return 1
  }
  const prompt = called.values.get('p')
  if (prompt && io.terminal) await io.stderr.write(encode(prompt))
  const line = await wholeLine(shell, source, called)
  const text = line === null || line === LATE ? '' : called.isRaw ? line : line.replace(/\\(.)/g, '$1')
  const targets = called.names.length > 0 ? called.names : ['REPLY']
  const values = fieldsFor(text, shell.get('IFS') ?? ' \t\n', targets.length)
  for (const [index, name] of targets.entries()) shell.set(name, values[index] ?? '')
  return line === null || line === LATE || shell.linesOf(source).endedEarly ? 1 : 0
}
