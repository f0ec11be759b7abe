/** nl, rev, fold, paste, split and what shows files page by page. */

import { applet, eachInput, eachLines, linesOf, readFile, resolve, WordError, wholeNumber } from '../command.js'
import { sizeIn } from '../disk.js'

export const nl = applet('[-b STYLE] [-i N] [-s STRING] [-v N] [-w N] [FILE]...', (process, { values, operands }) => {
  const style = values.get('b') ?? 't'
  if (!['a', 't', 'n'].includes(style)) throw new WordError(`invalid argument '${style}' to '-b'`)
  const [step, width] = [wholeNumber(values.get('i') ?? '1'), wholeNumber(values.get('w') ?? '6')]
  const separator = values.get('s') ?? '\t'
  let count = Number(values.get('v') ?? 1)
  return eachLines(process, operands, (lines) =>
    lines.each((line) => {
      if (style === 'n' || (style === 't' && line === ''))
        return process.stdout.write(`${' '.repeat(width + separator.length)}${line}\n`)
      const number = String(count).padStart(width)
      count += step
      return process.stdout.write(`${number}${separator}${line}\n`)
    }),
  )
})

export const rev = applet('[FILE]...', (process, { operands }) =>
  eachLines(process, operands, (lines) => lines.each((line) => process.stdout.write(`${[...line].reverse().join('')}\n`))),
)

/** Pieces of a line that are no wider, broken at blanks where `atBlanks` says so. */
function piecesOf(line: string, width: number, atBlanks: boolean): string[] {
  const pieces: string[] = []
  let rest = line
  while (rest.length > width) {
    const blank = atBlanks ? rest.slice(0, width).search(/\s\S*$/) : -1
    const end = blank >= 0 ? blank + 1 : width
    pieces.push(rest.slice(0, end))
    rest = rest.slice(end)
  }
  return [...pieces, rest]
}

export const fold = applet(
  '[-bs] [-w WIDTH] [FILE]...',
  (process, { flags, values, operands }) => {
    const width = Math.max(1, wholeNumber(values.get('w') ?? '80'))
    return eachLines(process, operands, (lines) =>
      lines.each((line) => process.stdout.write(`${piecesOf(line, width, flags.has('s')).join('\n')}\n`)),
    )
  },
  { long: { width: 'w', spaces: 's', bytes: 'b' } },
)

/** One delimiter after the other; `\\0` is none. */
const joined = (cells: string[], delimiters: string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell : (delimiters[(index - 1) % delimiters.length] ?? '') + cell)).join('')

const DELIMITERS: Record<string, string> = { '\\t': '\t', '\\n': '\n', '\\0': '', '\\\\': '\\' }

export const paste = applet(
  '[-d LIST] [-s] [FILE]...',
  async (process, { flags, values, operands }) => {
    const delimiters = (values.get('d') ?? '\t').match(/\\[\s\S]|[\s\S]/g)?.map((each) => DELIMITERS[each] ?? each) ?? ['']
    const files: string[][] = []
    for (const path of operands.length > 0 ? operands : ['-']) files.push(linesOf(await readFile(process, path)))
    const most = Math.max(...files.map((lines) => lines.length))
    const rows = flags.has('s') ? files : Array.from({ length: most }, (_, row) => files.map((lines) => lines[row] ?? ''))
    await process.stdout.write(rows.map((row) => `${joined(row, delimiters)}\n`).join(''))
    return 0
  },
  { long: { delimiters: 'd', serial: 's' } },
)

/** `aa`, `ab`, ... @throws WordError where the letters do not suffice */
function suffixOf(part: number, letters: number): string {
  let [text, left] = ['', part]
  for (let index = 0; index < letters; index++, left = Math.floor(left / 26)) text = String.fromCharCode(97 + (left % 26)) + text
  if (left > 0) throw new WordError('suffixes exhausted')
  return text
}

export const split = applet('[-b N[k|m]] [-l N] [-a N] [INPUT [PREFIX]]', async (process, { values, operands }) => {
  const [path = '-', prefix = 'x'] = operands
  const data = await readFile(process, path)
  const [bytes, letters] = [values.get('b'), wholeNumber(values.get('a') ?? '2')]
  const size = bytes === undefined ? wholeNumber(values.get('l') ?? '1000') : sizeIn(bytes)
  if (!(size > 0)) throw new WordError(`invalid number '${bytes ?? values.get('l')}'`)
  const units = bytes === undefined ? linesOf(data).map((line) => `${line}\n`) : undefined
  const count = Math.ceil((units ?? data).length / size)
  for (let part = 0; part < count; part++) {
    const piece = (units ?? data).slice(part * size, (part + 1) * size)
    process.machine.fs.write(
      resolve(process, prefix + suffixOf(part, letters)),
      typeof piece === 'string' ? piece : piece.join(''),
    )
  }
  return 0
})

/** Without a keyboard to turn pages with, all of it: what is about pages has nothing to do. */
const page = (usage: string) =>
  applet(usage, (process, { flags, operands }) => {
    let count = 0
    const numbered = (data: string) =>
      linesOf(data)
        .map((line) => `${String(++count).padStart(7)} ${line}\n`)
        .join('')
    return eachInput(process, operands, (data) => process.stdout.write(flags.has('N') ? numbered(data) : data))
  })
export const more = page('[FILE]...')
export const less = page('[-EFIMmNR] [FILE]...')
