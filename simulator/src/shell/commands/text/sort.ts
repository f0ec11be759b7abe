/** `sort [-nrufbdgh] [-t SEPARATOR] [-k KEY]... [-o FILE] [FILE...]` */
import { command, eachInput, linesOf, resolve } from '../command.js'

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

function readKey(text: string): Key {
  const [, field = '1', letter, flags = '', toField, toLetter, toFlags = ''] =
    /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(text) ?? []
  return {
    from: { field: Number(field), letter: Number(letter ?? 1) },
    to: toField === undefined ? undefined : { field: Number(toField), letter: Number(toLetter ?? 0) },
    flags: flags + toFlags,
  }
}

function read(args: string[]): Called {
  const called: Called = { flags: '', keys: [], separator: undefined, output: undefined, paths: [] }
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!arg.startsWith('-') || arg === '-') {
      called.paths.push(arg)
      continue
    }
    for (let index = 1; index < arg.length; index++) {
      const letter = arg[index] ?? ''
      if (!'kto'.includes(letter)) {
        called.flags += letter
        continue
      }
      const value = arg.slice(index + 1) || (rest.shift() ?? '')
      if (letter === 'k') called.keys.push(readKey(value))
      else if (letter === 't') called.separator = value === '\\t' ? '\t' : value
      else called.output = value
      break
    }
  }
  return called
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

function compareParts(a: string, b: string, flags: string): number {
  if (flags.includes('h')) return sizeOf(a) - sizeOf(b)
  if (flags.includes('n') || flags.includes('g')) return (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0)
  if (flags.includes('V')) return a.localeCompare(b, 'en', { numeric: true })
  const plain = (text: string) => {
    const cut = flags.includes('b') ? text.trimStart() : text
    return flags.includes('f') ? cut.toUpperCase() : cut
  }
  const [left, right] = [plain(a), plain(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

export const sort = command(async (process, args) => {
  const { flags, keys, separator, output, paths } = read(args)
  let all: string[] = []
  const status = await eachInput(process, paths, (data) => {
    all = all.concat(linesOf(data))
  })
  const isOwn = (key: Key) => /[a-zA-Z]/.test(key.flags)
  const byKeys = (a: string, b: string): number => {
    for (const key of keys) {
      const own = isOwn(key) ? key.flags : flags
      const order = compareParts(partOf(a, key, separator), partOf(b, key, separator), own)
      if (order !== 0) return own.includes('r') ? -order : order
    }
    if (keys.length > 0) return 0
    const order = compareParts(a, b, flags)
    return flags.includes('r') ? -order : order
  }
  const whole = (a: string, b: string) => (flags.includes('r') ? -1 : 1) * (a < b ? -1 : a > b ? 1 : 0)
  const isStable = flags.includes('s') || flags.includes('u')
  const sorted = all.sort((a, b) => byKeys(a, b) || (isStable ? 0 : whole(a, b)))
  const shown = flags.includes('u')
    ? sorted.filter((line, index) => index === 0 || byKeys(line, sorted[index - 1] ?? '') !== 0)
    : sorted
  const text = shown.map((line) => `${line}\n`).join('')
  if (output) process.machine.fs.write(resolve(process, output), text)
  else await process.stdout.write(text)
  return status
})
