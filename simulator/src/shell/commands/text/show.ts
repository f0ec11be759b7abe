/** nl, rev, fold, paste, hexdump, od, split and what shows files page by page. */
import { command, eachInput, eachLines, linesOf, readFile, readOptions, resolve } from '../command.js'

export const nl = command((process, args) => {
  const { values, operands } = readOptions(args, ['b', 'w', 's', 'v', 'i'])
  let count = Number(values.get('v') ?? 1)
  return eachLines(process, operands, (lines) =>
    lines.each((line) => {
      if (line === '' && values.get('b') !== 'a') return process.stdout.write('       \n')
      return process.stdout.write(`${String(count++).padStart(Number(values.get('w') ?? 6))}${values.get('s') ?? '\t'}${line}\n`)
    }),
  )
})

export const rev = command((process, args) =>
  eachLines(process, args, (lines) => lines.each((line) => process.stdout.write(`${[...line].reverse().join('')}\n`))),
)

export const fold = command((process, args) => {
  const { values, operands } = readOptions(args, ['w'])
  const width = Math.max(1, Number(values.get('w') ?? 80))
  return eachLines(process, operands, (lines) =>
    lines.each((line) => process.stdout.write(`${(line.match(new RegExp(`.{1,${width}}`, 'g')) ?? ['']).join('\n')}\n`)),
  )
})

export const paste = command(async (process, args) => {
  const { flags, values, operands } = readOptions(args, ['d'])
  const delimiter = values.get('d') ?? '\t'
  const files: string[][] = []
  for (const path of operands.length > 0 ? operands : ['-']) files.push(linesOf(await readFile(process, path)))
  const rows = flags.has('s')
    ? files
    : Array.from({ length: Math.max(...files.map((lines) => lines.length)) }, (_, row) => files.map((lines) => lines[row] ?? ''))
  await process.stdout.write(rows.map((row) => `${row.join(delimiter)}\n`).join(''))
  return 0
})

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
const codes = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0))
const chunksOf = (data: string): string[] => data.match(/[\s\S]{1,16}/g) ?? []

export const hexdump = command((process, args) => {
  const { flags, operands } = readOptions(args)
  return eachInput(process, operands, (data) => {
    const lines = chunksOf(data).map((chunk, index) => {
      if (!flags.has('C')) {
        const words = (chunk.match(/[\s\S]{1,2}/g) ?? []).map((pair) =>
          hex((pair.charCodeAt(1) || 0) * 256 + pair.charCodeAt(0), 4),
        )
        return `${hex(index * 16, 7)} ${words.join(' ')}\n`
      }
      const bytes = codes(chunk).map((code) => hex(code, 2))
      const columns = `${bytes.slice(0, 8).join(' ').padEnd(23)}  ${bytes.slice(8).join(' ').padEnd(23)}`
      return `${hex(index * 16, 8)}  ${columns}  |${chunk.replace(/[^\x20-\x7e]/g, '.')}|\n`
    })
    const end = hex(data.length, flags.has('C') ? 8 : 7)
    return process.stdout.write(`${lines.join('')}${data ? `${end}\n` : ''}`)
  })
})

const NAMES: Record<string, string> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\0': '\\0' }

export const od = command((process, args) => {
  const { flags, values, operands } = readOptions(args, ['A', 't', 'N'])
  const isText = flags.has('c') || values.get('t') === 'c'
  const isHex = flags.has('x') || (values.get('t') ?? '').startsWith('x')
  const address = (offset: number) => (values.get('A') === 'n' ? '' : offset.toString(8).padStart(7, '0'))
  const shown = (code: number) => {
    const letter = String.fromCharCode(code)
    if (isText) return (NAMES[letter] ?? (code >= 32 && code < 127 ? letter : code.toString(8).padStart(3, '0'))).padStart(4)
    return ` ${isHex ? hex(code, 2) : code.toString(8).padStart(3, '0')}`
  }
  return eachInput(process, operands, (data) => {
    const wanted = data.slice(0, Number(values.get('N') ?? data.length))
    const lines = chunksOf(wanted).map((chunk, index) => `${address(index * 16)}${codes(chunk).map(shown).join('')}\n`)
    return process.stdout.write(`${lines.join('')}${address(wanted.length) ? `${address(wanted.length)}\n` : ''}`)
  })
})

export const split = command(async (process, args) => {
  const { values, operands } = readOptions(args, ['l', 'b', 'a'])
  const [path = '-', prefix = 'x'] = operands
  const data = await readFile(process, path)
  const size = Math.max(1, Number(values.get('l') ?? 1000))
  const lines = linesOf(data)
  for (let part = 0; part * size < lines.length; part++) {
    const name = String.fromCharCode(97 + Math.floor(part / 26), 97 + (part % 26))
    const text = lines.slice(part * size, (part + 1) * size).map((line) => `${line}\n`)
    process.machine.fs.write(resolve(process, `${prefix}${name}`), text.join(''))
  }
  return 0
})

/** Without a keyboard to turn pages with, all of it. */
export const page = command((process, args) =>
  eachInput(process, readOptions(args).operands, (data) => process.stdout.write(data)),
)
