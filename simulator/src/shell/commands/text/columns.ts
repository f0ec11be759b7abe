/** cut, uniq, wc. */
import { decode } from '../../../containers/stream.js'
import { applet, eachInput, linesOf, type Options, readFile, resolve, WordError, wholeNumber } from '../command.js'

interface Range {
  from: number
  to: number
}

/** `1,3-5,7-` @throws WordError */
const rangesOf = (list: string): Range[] =>
  list.split(',').map((range) => {
    const [, from, dash, to] = /^(\d*)(-?)(\d*)$/.exec(range) ?? []
    if (dash === undefined || (!from && !to)) throw new WordError(`invalid number '${range}'`)
    return { from: Number(from || 1), to: dash ? Number(to || Number.POSITIVE_INFINITY) : Number(from) }
  })

function listOf({ values }: Options): string {
  const lists = ['f', 'c', 'b'].flatMap((letter) => values.get(letter) ?? [])
  if (lists.length === 1) return lists[0] ?? ''
  throw new WordError(
    lists.length === 0 ? 'expected a list of bytes, characters, or fields' : 'only one type of list may be specified',
  )
}

export const cut = applet(
  '[-b LIST] [-c LIST] [-f LIST] [-d SEP] [-O SEP] [-s] [FILE]...',
  (process, options) => {
    const { flags, values, operands } = options
    const ranges = rangesOf(listOf(options))
    const isWanted = (_item: string, index: number) => ranges.some(({ from, to }) => index + 1 >= from && index + 1 <= to)
    const delimiter = values.get('d')?.slice(0, 1) || '\t'
    const between = values.get('O') ?? delimiter
    return eachInput(process, operands, (data) => {
      const lines = linesOf(data).flatMap((line) => {
        if (!values.has('f')) return [[...line].filter(isWanted).join('')]
        if (!line.includes(delimiter)) return flags.has('s') ? [] : [line]
        return [line.split(delimiter).filter(isWanted).join(between)]
      })
      return process.stdout.write(lines.map((line) => `${line}\n`).join(''))
    })
  },
  { long: { bytes: 'b', characters: 'c', fields: 'f', delimiter: 'd', 'only-delimited': 's', 'output-delimiter': 'O' } },
)

export const uniq = applet(
  '[-cdui] [-f N] [-s N] [-w N] [FILE [OUTFILE]]',
  async (process, { flags, values, operands: [path = '-', output] }) => {
    const [fields, letters, width] = [...'fsw'].map((letter) => wholeNumber(values.get(letter) ?? '0'))
    const behindFields = new RegExp(`^(?:\\s*\\S+){0,${fields}}`)
    const compared = (line: string) => {
      const text = (fields ? line.replace(behindFields, '') : line).slice(letters)
      const part = width ? text.slice(0, width) : text
      return flags.has('i') ? part.toLowerCase() : part
    }
    const groups: { line: string; key: string; count: number }[] = []
    for (const line of linesOf(await readFile(process, path))) {
      const key = compared(line)
      const last = groups.at(-1)
      if (last?.key === key) last.count++
      else groups.push({ line, key, count: 1 })
    }
    const shown = groups.filter(({ count }) => (!flags.has('d') || count > 1) && (!flags.has('u') || count === 1))
    const text = shown.map(({ line, count }) => `${flags.has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`).join('')
    if (output !== undefined && output !== '-') process.machine.fs.write(resolve(process, output), text)
    else await process.stdout.write(text)
    return 0
  },
  {
    long: {
      count: 'c',
      repeated: 'd',
      unique: 'u',
      'ignore-case': 'i',
      'skip-fields': 'f',
      'skip-chars': 's',
      'check-chars': 'w',
    },
  },
)

const COUNTS: [letter: string, count: (data: string) => number][] = [
  ['l', (data) => data.split('\n').length - 1],
  ['w', (data) => data.split(/\s+/).filter(Boolean).length],
  ['m', (data) => decode(data).length],
  ['c', (data) => data.length],
  ['L', (data) => linesOf(data).reduce((most, line) => Math.max(most, decode(line).length), 0)],
]

export const wc = applet(
  '[-clwmL] [FILE]...',
  async (process, { flags, operands }) => {
    const wanted = COUNTS.filter(([letter]) => (flags.size === 0 ? 'lwc' : [...flags].join('')).includes(letter))
    const total = wanted.map(() => 0)
    const show = (counts: number[], name: string) => {
      const text =
        counts.length === 1 && operands.length < 2
          ? String(counts[0])
          : counts.map((count) => String(count).padStart(9)).join(' ')
      return process.stdout.write(`${text}${name ? ` ${name}` : ''}\n`)
    }
    const status = await eachInput(process, operands, (data, path) => {
      const counts = wanted.map(([, count]) => count(data))
      for (const [index, [letter]] of wanted.entries()) {
        const [before = 0, count = 0] = [total[index], counts[index]]
        total[index] = letter === 'L' ? Math.max(before, count) : before + count
      }
      return show(counts, path === '-' ? '' : path)
    })
    if (operands.length > 1) await show(total, 'total')
    return status
  },
  { long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm', 'max-line-length': 'L' } },
)
