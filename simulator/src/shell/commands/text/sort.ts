/** `sort`, by lines or by keys. */
import { applet, complain, eachInput, linesOf, type Options, resolve, WordError } from '../command.js'

interface Key {
  from: { field: number; letter: number }
  to: { field: number; letter: number } | undefined
  /** Its own letters, such as `n` of `-k2,2n`; without any those of the whole hold. */
  flags: string
}

interface Called {
  flags: string
  keys: Key[]
  separator: string | undefined
  output: string | undefined
  paths: string[]
}

/** `2`, `2,3n`, `1.2,1.4` @throws WordError */
function readKey(text: string): Key {
  const [all, field = '0', letter, flags = '', toField, toLetter, toFlags = ''] =
    /^(\d+)(?:\.(\d+))?([bdfghMnrV]*)(?:,(\d+)(?:\.(\d+))?([bdfghMnrV]*))?$/.exec(text) ?? []
  if (all === undefined || Number(field) === 0) throw new WordError('bad field specification')
  return {
    from: { field: Number(field), letter: Number(letter ?? 1) },
    to: toField === undefined ? undefined : { field: Number(toField), letter: Number(toLetter ?? 0) },
    flags: flags + toFlags,
  }
}

const USAGE = '[-nrugMcsbdfhV] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]]] [-t CHAR] [FILE]...'
const LONG = {
  'numeric-sort': 'n',
  reverse: 'r',
  unique: 'u',
  'human-numeric-sort': 'h',
  'version-sort': 'V',
  key: 'k',
  'field-separator': 't',
  output: 'o',
  check: 'c',
  stable: 's',
}

function calledWith({ flags, values, given, operands }: Options): Called {
  const separator = values.get('t')
  if (separator !== undefined && separator.length !== 1 && separator !== '\\t') throw new WordError('bad -t parameter')
  return {
    flags: [...flags].join(''),
    keys: given.flatMap(([name, value = '']) => (name === 'k' ? [readKey(value)] : [])),
    separator: separator === '\\t' ? '\t' : separator,
    output: values.get('o'),
    paths: operands,
  }
}

/** The part of a line that a key means: from its field to the end of the line, or of the field that it names. */
function partOf(line: string, { from, to }: Key, separator: string | undefined): string {
  const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator)
  const join = separator ?? ''
  const tail = fields.slice(from.field - 1)
  if (!to) return tail.join(join).slice(from.letter - 1)
  const chosen = fields.slice(from.field - 1, to.field)
  if (to.letter > 0) chosen[chosen.length - 1] = (chosen.at(-1) ?? '').slice(0, to.letter)
  return chosen.join(join).slice(from.letter - 1)
}

const SIZES = 'KMGTPE'
function sizeOf(text: string): number {
  const [, number = '0', unit = ''] = /^\s*(-?[\d.]+)\s*([a-zA-Z]?)/.exec(text) ?? []
  return Number(number) * 1024 ** (SIZES.indexOf(unit.toUpperCase() || ' ') + 1)
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const monthOf = (text: string): number => MONTHS.indexOf(text.trim().slice(0, 3).toUpperCase())

function compareParts(a: string, b: string, flags: string): number {
  if (flags.includes('h')) return sizeOf(a) - sizeOf(b)
  if (flags.includes('M')) return monthOf(a) - monthOf(b)
  if (flags.includes('n') || flags.includes('g')) return (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0)
  if (flags.includes('V')) return a.localeCompare(b, 'en', { numeric: true })
  const plain = (text: string) => {
    const cut = flags.includes('b') ? text.trimStart() : text
    const words = flags.includes('d') ? cut.replace(/[^\s\w]|_/g, '') : cut
    return flags.includes('f') ? words.toUpperCase() : words
  }
  const [left, right] = [plain(a), plain(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** By the keys, or the whole line. */
function orderOf({ flags, keys, separator }: Called): (a: string, b: string) => number {
  const turned = (order: number, own: string) => (own.includes('r') ? -order : order)
  return (a, b) => {
    for (const key of keys) {
      const own = /[a-zA-Z]/.test(key.flags) ? key.flags : flags
      const order = compareParts(partOf(a, key, separator), partOf(b, key, separator), own)
      if (order !== 0) return turned(order, own)
    }
    return keys.length > 0 ? 0 : turned(compareParts(a, b, flags), flags)
  }
}

/** `-c`: the first line that is out of order. */
function firstOutOfOrder(lines: string[], order: (a: string, b: string) => number, isUnique: boolean): number {
  return lines.findIndex((line, index) => index > 0 && order(lines[index - 1] ?? '', line) > (isUnique ? -1 : 0))
}

export const sort = applet(
  USAGE,
  async (process, options) => {
    const called = calledWith(options)
    const { flags, output } = called
    let all: string[] = []
    const status = await eachInput(process, called.paths, (data) => {
      all = all.concat(linesOf(data))
    })
    const order = orderOf(called)
    if (flags.includes('c')) {
      const wrong = firstOutOfOrder(all, order, flags.includes('u'))
      if (wrong > 0) complain(process, `Check line ${wrong}`)
      return wrong > 0 ? 1 : status
    }
    const whole = (a: string, b: string) => (flags.includes('r') ? -1 : 1) * (a < b ? -1 : a > b ? 1 : 0)
    const isStable = flags.includes('s') || flags.includes('u')
    const sorted = all.sort((a, b) => order(a, b) || (isStable ? 0 : whole(a, b)))
    const shown = flags.includes('u')
      ? sorted.filter((line, index) => index === 0 || order(line, sorted[index - 1] ?? '') !== 0)
      : sorted
    const text = shown.map((line) => `${line}\n`).join('')
    if (output) process.machine.fs.write(resolve(process, output), text)
    else await process.stdout.write(text)
    return status
  },
  { long: LONG, status: 2 },
)
