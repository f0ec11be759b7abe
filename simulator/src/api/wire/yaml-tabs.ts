/** Where Go's scanner of YAML takes no tab, and ours takes one or says something else. Models go.yaml.in/yaml/v2 scannerc.go. */

/** What Go's reader says of a text that ours may read. */
export class GoYamlProblem extends Error {
  /** @param line counted from none; the first is not named */
  constructor(
    readonly line: number,
    problem: string,
  ) {
    super(`yaml: ${line > 0 ? `line ${line + 1}: ` : ''}${problem}`)
  }
}

const NO_TOKEN = 'found character that cannot start any token'
const IN_PLAIN = 'found a tab character that violates indentation'
const IN_BLOCK = 'found a tab character where an indentation space is expected'

/** What stands before a line. */
interface Before {
  /** The column of the innermost mapping or list. */
  indent: number
  /** The line before ends within a plain text, which the next may continue. */
  isPlain: boolean
  /** A text after `|` or `>`: the column where its lines begin, once one has been seen. */
  block?: { parent: number; column: number | undefined } | undefined
  /** Open brackets and the quote that is open. */
  depth: number
  quote: string
}

/** Brackets and quotes of a line. */
function follow(before: Before, line: string): void {
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] ?? ''
    if (before.quote) {
      if (letter === '\\' && before.quote === '"') at++
      else if (letter === before.quote) before.quote = ''
    } else if (letter === '#' && /^$|\s/.test(line[at - 1] ?? '')) return
    else if ((letter === '"' || letter === "'") && /^$|[\s[{,:-]/.test(line[at - 1] ?? '')) before.quote = letter
    else if (letter === '[' || letter === '{') before.depth++
    else if (letter === ']' || letter === '}') before.depth = Math.max(0, before.depth - 1)
  }
}

/** @returns whether the line belongs to the text after `|` or `>`, or the problem that it has */
function inBlock(before: Before, line: string): boolean | string {
  const { block } = before
  if (!block) return false
  const column = /^ */.exec(line)?.[0].length ?? 0
  if (column === line.length) return true
  if (line[column] === '\t' && column < (block.column ?? Number.POSITIVE_INFINITY)) return IN_BLOCK
  if (column <= block.parent) {
    before.block = undefined
    return false
  }
  block.column ??= column
  return true
}

/** Notes what the line leaves behind. */
function read(before: Before, line: string): void {
  const [, lead = '', rest = ''] = /^( *(?:[-?] +)*)(.*)$/.exec(line) ?? []
  const dash = lead.lastIndexOf('-')
  if (/^[^\s"'[{#][^#]*:(\s|$)/.test(rest)) before.indent = lead.length
  else if (dash >= 0) before.indent = dash
  follow(before, line)
  const value = rest.replace(/^[^#]*?:(?=\s|$)/, '').trim()
  if (/^[|>][-+\d]*(\s+#.*)?$/.test(value)) before.block = { parent: before.indent, column: undefined }
  before.isPlain = before.depth === 0 && !before.quote && /^[^\s"'[{#&*!|>-]/.test(value) && !/\s#/.test(value)
}

/** The first tab that Go does not take. */
export function misplacedTab(text: string): GoYamlProblem | undefined {
  if (!/^[ ?-]*\t/m.test(text)) return undefined
  const before: Before = { indent: -1, isPlain: false, depth: 0, quote: '' }
  for (const [index, line] of text.split('\n').entries()) {
    const found = inBlock(before, line)
    if (typeof found === 'string') return new GoYamlProblem(index, found)
    if (found) continue
    if (before.depth === 0 && !before.quote && /^ *(?:[-?] +)*[-?]?\t/.test(line)) {
      const isViolation = before.isPlain && /^ *\t/.test(line) && line.indexOf('\t') <= before.indent
      return new GoYamlProblem(index, isViolation ? IN_PLAIN : NO_TOKEN)
    }
    if (line.trim() !== '') read(before, line)
  }
  return undefined
}
