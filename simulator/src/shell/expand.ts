/** Expansions: parameters, commands, arithmetic, splitting, file names. */
import { FileError, normalize } from '../containers/file-system.js'
import { evaluate } from './arithmetic.js'
import { isPattern, matchesPattern, replacePattern, strip } from './pattern.js'
import { MOST_LETTERS, MOST_WORDS, type Shell } from './shell.js'
import type { Piece, Script, Word } from './syntax.js'

/** Runs a command substitution and gives what it printed. */
export type Substitute = (script: Script) => Promise<string>

interface Part {
  text: string
  quoted: boolean
  /** A field boundary stands before it: `"$@"`. */
  boundary?: boolean
}

async function partsOf(shell: Shell, word: Word, substitute: Substitute): Promise<Part[]> {
  const parts: Part[] = []
  for (const [index, piece] of word.entries()) {
    if (piece.type === 'text')
      parts.push({ text: index === 0 && !piece.quoted ? tilde(shell, piece.text) : piece.text, quoted: piece.quoted })
    else if (piece.type === 'command')
      parts.push({ text: (await substitute(piece.script)).replace(/\n+$/, ''), quoted: piece.quoted })
    else if (piece.type === 'arithmetic')
      parts.push({
        text: String(evaluate(await expandText(shell, piece.text, substitute), variables(shell))),
        quoted: piece.quoted,
      })
    else parts.push(...(await parameter(shell, piece, substitute)))
    if (sizeOf(parts) > MOST_LETTERS) throw new FileError('ENOMEM', '-')
  }
  return parts
}

const sizeOf = (parts: Part[]): number => parts.reduce((sum, { text }) => sum + text.length, 0)

const variables = (shell: Shell) => ({
  get: (name: string) => shell.get(name),
  set: (name: string, value: string) => shell.set(name, value),
})
const tilde = (shell: Shell, text: string): string =>
  text === '~' || text.startsWith('~/') ? `${shell.get('HOME') ?? '/'}${text.slice(1)}` : text

async function parameter(shell: Shell, piece: Extract<Piece, { type: 'parameter' }>, substitute: Substitute): Promise<Part[]> {
  const { name, operator, quoted, length } = piece
  if ((name === '@' || name === '*') && !operator && !length) {
    if (quoted && name === '*') return [{ text: shell.arguments.join(' '), quoted }]
    return shell.arguments.map((text, index) => ({ text, quoted, boundary: index > 0 }))
  }
  const value = shell.get(name)
  if (length) return [{ text: String(name === '@' || name === '*' ? shell.arguments.length : (value ?? '').length), quoted }]
  const word = async () => (piece.word ? expandText(shell, piece.word, substitute) : '')
  const isMissing = operator.startsWith(':') && operator.length === 2 ? !value : value === undefined
  switch (operator.replace(/^:(?=.)/, '')) {
    case '-':
      return isMissing ? withQuotes(await partsOf(shell, piece.word ?? [], substitute), quoted) : [{ text: value ?? '', quoted }]
    case '=':
      if (isMissing) shell.set(name, await word())
      return [{ text: shell.get(name) ?? '', quoted }]
    case '+':
      return isMissing ? [{ text: '', quoted }] : withQuotes(await partsOf(shell, piece.word ?? [], substitute), quoted)
    case '?':
      if (isMissing) throw new Error(`${name}: ${(await word()) || 'parameter not set'}`)
      return [{ text: value ?? '', quoted }]
    case '#':
    case '##':
    case '%':
    case '%%':
      return [
        { text: strip(value ?? '', piece.word ? await expandPattern(shell, piece.word, substitute) : '', operator), quoted },
      ]
    case '/':
    case '//': {
      const text = piece.word ? await expandPattern(shell, piece.word, substitute) : ''
      // An escaped slash belongs to the pattern.
      const [, pattern = '', replacement = ''] = /^((?:\\[\s\S]|[^/\\])*)(?:\/([\s\S]*))?$/.exec(text) ?? []
      return [
        { text: replacePattern(value ?? '', pattern, replacement.replace(/\\([*?[\]\\])/g, '$1'), operator === '//'), quoted },
      ]
    }
    case ':':
      return [{ text: slice(value ?? '', await word(), shell), quoted }]
  }
  if (value === undefined && shell.options.nounset) throw new Error(`${name}: parameter not set`)
  return [{ text: value ?? '', quoted }]
}

const withQuotes = (parts: Part[], quoted: boolean): Part[] => (quoted ? parts.map((part) => ({ ...part, quoted: true })) : parts)

function slice(text: string, range: string, shell: Shell): string {
  const [from = '0', count] = range.split(':')
  const start = Number(evaluate(from, variables(shell)))
  const begin = start < 0 ? text.length + start : start
  return count === undefined
    ? text.slice(begin)
    : text.slice(begin, endOf(text, begin, Number(evaluate(count, variables(shell)))))
}

/** A length below zero counts from the end. */
const endOf = (text: string, begin: number, count: number): number => (count < 0 ? text.length + count : begin + count)

/** A word as one text, without splitting and file names: assignments, redirections, `case`. */
export async function expandText(shell: Shell, word: Word, substitute: Substitute): Promise<string> {
  return (await partsOf(shell, word, substitute)).map((part) => (part.boundary ? ` ${part.text}` : part.text)).join('')
}

/** A word as a pattern: what was quoted matches itself. */
export async function expandPattern(shell: Shell, word: Word, substitute: Substitute): Promise<string> {
  return (await partsOf(shell, word, substitute))
    .map((part) => (part.quoted ? part.text.replace(/[*?[\]\\]/g, '\\$&') : part.text))
    .join('')
}

/** Words as fields. */
export async function expandWords(shell: Shell, words: Word[], substitute: Substitute): Promise<string[]> {
  const fields: string[] = []
  for (const word of words) {
    const parts = await partsOf(shell, word, substitute)
    for (const field of splitFields(shell, parts)) for (const text of glob(shell, field)) fields.push(text)
    if (fields.length > MOST_WORDS) throw new Error('Argument list too long')
  }
  return fields
}

interface FieldText {
  text: string
  pattern: string
  isPattern: boolean
}

function splitFields(shell: Shell, parts: Part[]): FieldText[] {
  const separators = shell.get('IFS') ?? ' \t\n'
  const fields: FieldText[] = []
  let current: FieldText | undefined
  const push = () => {
    if (current) fields.push(current)
    current = undefined
  }
  const add = (text: string, quoted: boolean) => {
    current ??= { text: '', pattern: '', isPattern: false }
    current.text += text
    current.pattern += quoted ? text.replace(/[*?[\]\\]/g, '\\$&') : text
    if (!quoted && isPattern(text)) current.isPattern = true
  }
  for (const part of parts) {
    if (part.boundary) push()
    if (part.quoted) {
      add(part.text, true)
      continue
    }
    let text = ''
    for (const letter of part.text) {
      if (!separators.includes(letter)) text += letter
      else {
        if (text) add(text, false)
        text = ''
        push()
      }
    }
    if (text) add(text, false)
  }
  push()
  return fields
}

function glob(shell: Shell, field: FieldText): string[] {
  if (!field.isPattern || shell.options.noglob) return [field.text]
  const isAbsolute = field.pattern.startsWith('/')
  let found = [isAbsolute ? '/' : '']
  for (const part of field.pattern.split('/').filter(Boolean)) found = found.flatMap((base) => step(shell, base, part))
  return found.length > 0 ? found.sort() : [field.text]
}

function step(shell: Shell, base: string, part: string): string[] {
  const join = (name: string) => (base === '' ? name : base === '/' ? `/${name}` : `${base}/${name}`)
  const { fs } = shell.machine
  const folder = normalize(base || '.', shell.cwd)
  if (!fs.isDirectory(folder)) return []
  return fs
    .list(folder)
    .filter((name) => (part.startsWith('.') || !name.startsWith('.')) && matchesPattern(part, name))
    .map(join)
}
