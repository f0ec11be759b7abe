/** The language of nginx' configuration: words, blocks and `include`. @see src/core/ngx_conf_file.c */
import { type FileSystem, normalize, parentOf } from '../../containers/file-system.js'
import { matchesPattern } from '../../shell/pattern.js'

/** Why nginx does not start, in its words. */
export class EmergencyError extends Error {}

export interface Place {
  file: string
  line: number
}

export interface Directive extends Place {
  name: string
  args: string[]
  /** What stands between its braces. */
  block?: Directive[]
}

export const at = (text: string, { file, line }: Place): EmergencyError => new EmergencyError(`${text} in ${file}:${line}`)

type Token = { text: string; line: number; isQuoted: boolean } | { end: true; line: number }

function* tokensOf(text: string): Generator<Token> {
  let line = 1
  for (let index = 0; index < text.length; ) {
    const letter = text[index] ?? ''
    if (letter === '\n') line++
    if (/\s/.test(letter)) index++
    else if (letter === '#') index = endOfLine(text, index)
    else if ('{};'.includes(letter)) {
      yield { text: letter, line, isQuoted: false }
      index++
    } else {
      const word = wordAt(text, index)
      yield { text: word.text, line, isQuoted: word.isQuoted }
      line += text.slice(index, word.end).split('\n').length - 1
      index = word.end
    }
  }
  yield { end: true, line }
}

const endOfLine = (text: string, index: number): number => {
  const end = text.indexOf('\n', index)
  return end < 0 ? text.length : end
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '"': '"', "'": "'", '\\': '\\' }

/** A word up to the next blank or sign, or what stands in quotes; `${name}` belongs to it. */
function wordAt(text: string, start: number): { text: string; end: number; isQuoted: boolean } {
  const quote = `"'`.includes(text[start] ?? '') ? text[start] : undefined
  let word = ''
  for (let index = quote ? start + 1 : start; index < text.length; index++) {
    const letter = text[index] ?? ''
    if (letter === '\\' && index + 1 < text.length) {
      const next = text[++index] ?? ''
      word += ESCAPES[next] ?? `\\${next}`
    } else if (letter === quote) return { text: word, end: index + 1, isQuoted: true }
    else if (letter === '{' && text[index - 1] === '$') {
      const end = text.indexOf('}', index)
      word += text.slice(index, end < 0 ? undefined : end + 1)
      index = end < 0 ? text.length : end
    } else if (!quote && /[\s;{]/.test(letter)) return { text: word, end: index, isQuoted: false }
    else word += letter
  }
  return { text: word, end: text.length, isQuoted: quote !== undefined }
}

/** Folders within folders: a file that includes itself ends here. */
const MOST_INCLUDES = 10

class Parser {
  readonly #tokens: Iterator<Token>
  constructor(
    readonly fs: FileSystem,
    readonly file: string,
    readonly depth: number,
  ) {
    this.#tokens = tokensOf(fs.read(file))
  }

  /** Up to the end of the file, or the brace that closes the block. @throws EmergencyError */
  block(isInner: boolean): Directive[] {
    const directives: Directive[] = []
    for (;;) {
      const words: { text: string; line: number }[] = []
      for (;;) {
        const token = this.#tokens.next().value as Token
        const place = { file: this.file, line: token.line }
        if ('end' in token) {
          if (words.length > 0) throw at('unexpected end of file, expecting ";" or "}"', place)
          if (isInner) throw at('unexpected end of file, expecting "}"', place)
          return directives
        }
        const sign = token.isQuoted ? '' : token.text
        if (sign === ';' || sign === '{') {
          if (words.length === 0) throw at(`unexpected "${sign}"`, place)
          directives.push(...this.#directive(words, sign === '{'))
          break
        }
        if (sign === '}') {
          if (words.length > 0 || !isInner) throw at('unexpected "}"', place)
          return directives
        }
        words.push(token)
      }
    }
  }

  #directive(words: { text: string; line: number }[], hasBlock: boolean): Directive[] {
    const [first, ...rest] = words
    const directive = {
      name: first?.text ?? '',
      args: rest.map(({ text }) => text),
      file: this.file,
      line: words.at(-1)?.line ?? 0,
    }
    if (hasBlock) return [{ ...directive, block: this.block(true) }]
    return directive.name === 'include' ? this.#included(directive) : [directive]
  }

  #included(directive: Directive): Directive[] {
    const [pattern = ''] = directive.args
    if (directive.args.length !== 1) throw at('invalid number of arguments in "include" directive', directive)
    if (this.depth >= MOST_INCLUDES) throw at('too many open files', directive)
    const path = normalize(pattern, '/etc/nginx')
    return filesOf(this.fs, path, directive).flatMap((file) => new Parser(this.fs, file, this.depth + 1).block(false))
  }
}

/** A pattern may fit nothing; a name must be there. */
function filesOf(fs: FileSystem, path: string, place: Place): string[] {
  if (!/[*?[]/.test(path)) {
    if (fs.stat(path)?.type === 'file') return [path]
    throw at(`open() "${path}" failed (2: No such file or directory)`, place)
  }
  const folder = parentOf(path)
  const names = fs.isDirectory(folder) ? fs.list(folder) : []
  return names
    .map((name) => normalize(name, folder))
    .filter((each) => !/\/\.[^/]*$/.test(each) && matchesPattern(path, each) && fs.stat(each)?.type === 'file')
}

/** @throws EmergencyError */
export function readConfiguration(fs: FileSystem, file: string): Directive[] {
  if (fs.stat(file)?.type !== 'file') throw new EmergencyError(`open() "${file}" failed (2: No such file or directory)`)
  return new Parser(fs, file, 0).block(false)
}
