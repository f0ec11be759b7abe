import { command, complain, eachInput, linesOf, readOptions } from '../command.js'

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
  return eachInput(process, operands, (data) => {
    const lines = linesOf(data).flatMap((line, index) => {
      if (pattern !== undefined && !new RegExp(pattern).test(line)) return []
      if (operator && !compareNumbers(index + 1, operator, Number(count))) return []
      const parts = separator ? line.split(separator) : line.trim().split(/\s+/)
      if (!fields.trim()) return [line]
      return [
        fields
          .split(',')
          .map((field) =>
            field
              .trim()
              .split(/\s+/)
              .map((term) => awkTerm(term, line, parts))
              .join(''),
          )
          .join(' '),
      ]
    })
    return process.stdout.write(lines.map((line) => `${line}\n`).join(''))
  })
})

const compareNumbers = (left: number, operator: string, right: number): boolean =>
  operator === '==' ? left === right : operator === '>' ? left > right : left < right

function awkTerm(term: string, line: string, parts: string[]): string {
  if (term === '$0') return line
  if (term === '$NF') return parts.at(-1) ?? ''
  if (term === 'NF') return String(parts.length)
  if (term.startsWith('$')) return parts[Number(term.slice(1)) - 1] ?? ''
  return term.replace(/^"|"$/g, '')
}
