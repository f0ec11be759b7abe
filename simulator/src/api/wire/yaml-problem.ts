/** What Go's reader of YAML says where ours cannot read a text. Models the scanner and parser of go.yaml.in/yaml, as far as theirs can be told. */
import { YAMLException } from 'js-yaml'

interface Place {
  text: string
  line: number
  column: number
}

const letterAt = ({ text, line, column }: Place): string => text.split('\n')[line]?.[column] ?? ''

/** The scanner counts lines from one, the parser from none; neither names the first. */
const scanner = ({ line }: Place, problem: string): string => `yaml: ${line > 0 ? `line ${line + 1}: ` : ''}${problem}`
const parser = ({ line }: Place, problem: string): string => `yaml: ${line > 0 ? `line ${line}: ` : ''}${problem}`

/** The closing letter of the innermost collection that is open at the end of what was read. */
function closingOf({ text, line, column }: Place): string {
  const read = [...text.split('\n').slice(0, line), text.split('\n')[line]?.slice(0, column) ?? ''].join('\n')
  const open: string[] = []
  for (const letter of read) {
    if (letter === '[' || letter === '{') open.push(letter)
    else if (letter === ']' || letter === '}') open.pop()
  }
  return open.at(-1) === '{' ? '}' : ']'
}

const IN_MAPPING = 'bad indentation of a mapping entry'
const CANNOT_START = 'found character that cannot start any token'

/** A line that does not fit below those before it. */
function misplaced(place: Place, [reason]: RegExpExecArray): string {
  const isAfterValue = reason === IN_MAPPING && !/:\s*$/.test(place.text.split('\n')[place.line]?.slice(0, place.column) ?? '')
  const letter = letterAt(place)
  if (letter === ':') return scanner(place, 'mapping values are not allowed in this context')
  if (letter && '@`%'.includes(letter)) return scanner(place, CANNOT_START)
  if (letter && ']},'.includes(letter) && !isAfterValue) return parser(place, 'did not find expected node content')
  const isList = /^\s*-\s/.test(place.text)
  return parser(place, isList ? "did not find expected '-' indicator" : 'did not find expected key')
}

const WORDS: [RegExp, (place: Place, found: RegExpExecArray) => string][] = [
  [
    /within a flow collection|missed comma between/,
    (place) =>
      parser(
        place,
        /:\s*$/.test(place.text) ? 'did not find expected node content' : `did not find expected ',' or '${closingOf(place)}'`,
      ),
  ],
  [
    /within a (single|double) quoted scalar/,
    // Where the text itself ends: ours reads a line more.
    (place) => scanner({ ...place, line: place.text.split('\n').length - 1 }, 'found unexpected end of stream'),
  ],
  [/unidentified alias "(.*)"/, (_place, [, name]) => `yaml: unknown anchor '${name}' referenced`],
  [/tab characters/, (place) => scanner(place, CANNOT_START)],
  [/bad indentation of a mapping entry|bad indentation|document separator is expected/, misplaced],
  [/unknown escape sequence/, (place) => scanner(place, 'found unknown escape character')],
  [/expected valid JSON character|non-printable/, () => 'yaml: control characters are not allowed'],
  [/a line break is expected/, (place) => scanner(place, 'did not find expected comment or line break')],
  [/cannot merge mappings/, () => 'yaml: map merge requires map or sequence of maps as the value'],
  [/incomplete explicit mapping pair/, (place) => parser(place, 'did not find expected key')],
  [/expected hexadecimal character/, (place) => scanner(place, 'did not find expected hexdecimal number')],
  [/directives end mark/, () => 'yaml: found unknown directive name'],
]

export function yamlProblem(error: unknown, text: string): string {
  if (!(error instanceof YAMLException)) return error instanceof Error ? error.message : String(error)
  const place = { text, line: error.mark?.line ?? 0, column: error.mark?.column ?? 0 }
  for (const [pattern, say] of WORDS) {
    const found = pattern.exec(error.reason)
    if (found) return say(place, found)
  }
  return parser(place, error.reason)
}
