import { command, complain, eachLines, readOptions } from '../command.js'
import { LONGEST_SEARCHED } from './expression.js'

/** `awk '{print $1, $3}'`, with a separator and a pattern before it: what labs use of it. */
export const awk = command(async (process, args) => {
  const { values, operands } = readOptions(args, ['F', 'v'])
  const program = operands.shift() ?? ''
  const match = /^\s*(?:\/((?:[^/\\]|\\.)*)\/|NR\s*(==|>|<)\s*(\d+))?\s*(?:\{\s*print\s*([^}]*)\})?\s*$/.exec(program)
  if (!match) {
    complain(process, 'this awk of the simulated cluster knows PATTERN { print FIELDS } alone')
    return 2
  }
  const [, pattern, operator, count, fields = ''] = match
  const separator = values.get('F')
  const expression = pattern === undefined ? undefined : new RegExp(pattern)
  return eachLines(process, operands, (lines) =>
    lines.each(async (line, index) => {
      if (expression && !expression.test(line.slice(0, LONGEST_SEARCHED))) return
      if (operator && !compareNumbers(index + 1, operator, Number(count))) return
      await process.stdout.write(`${fields.trim() ? printed(fields, line, separator) : line}\n`)
    }),
  )
})

function printed(fields: string, line: string, separator: string | undefined): string {
  const parts = separator ? line.split(separator) : line.trim().split(/\s+/)
  const terms = (field: string) => field.trim().split(/\s+/)
  const shown = (field: string) => terms(field).map((term) => awkTerm(term, line, parts))
  return fields
    .split(',')
    .map((field) => shown(field).join(''))
    .join(' ')
}

const compareNumbers = (left: number, operator: string, right: number): boolean =>
  operator === '==' ? left === right : operator === '>' ? left > right : left < right

function awkTerm(term: string, line: string, parts: string[]): string {
  if (term === '$0') return line
  if (term === '$NF') return parts.at(-1) ?? ''
  if (term === 'NF') return String(parts.length)
  if (term.startsWith('$')) return parts[Number(term.slice(1)) - 1] ?? ''
  return term.replace(/^"|"$/g, '')
}
