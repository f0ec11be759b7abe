/** cut, uniq, wc, tr. */

import { decode } from '../../../containers/stream.js'
import { command, eachInput, linesOf, readOptions } from '../command.js'

export const cut = command((process, args) => {
  const { flags, values, operands } = readOptions(args, ['d', 'f', 'c', 'b'])
  const ranges = (values.get('f') ?? values.get('c') ?? values.get('b') ?? '1').split(',').map((range) => {
    const [from = '', to] = range.split('-')
    return { from: Number(from || 1), to: to === undefined ? Number(from) : Number(to || Number.POSITIVE_INFINITY) }
  })
  const isWanted = (_item: string, index: number) => ranges.some(({ from, to }) => index + 1 >= from && index + 1 <= to)
  const delimiter = values.get('d') ?? '\t'
  return eachInput(process, operands, (data) => {
    const lines = linesOf(data).flatMap((line) => {
      if (!values.has('f')) return [[...line].filter(isWanted).join('')]
      if (!line.includes(delimiter)) return flags.has('s') ? [] : [line]
      return [line.split(delimiter).filter(isWanted).join(delimiter)]
    })
    return process.stdout.write(lines.map((line) => `${line}\n`).join(''))
  })
})

export const uniq = command((process, args) => {
  const { flags, operands } = readOptions(args)
  const same = (a: string, b: string) => (flags.has('i') ? a.toLowerCase() === b.toLowerCase() : a === b)
  return eachInput(process, operands, (data) => {
    const groups: { line: string; count: number }[] = []
    for (const line of linesOf(data)) {
      const last = groups.at(-1)
      if (last && same(last.line, line)) last.count++
      else groups.push({ line, count: 1 })
    }
    const shown = groups.filter(({ count }) => (!flags.has('d') || count > 1) && (!flags.has('u') || count === 1))
    return process.stdout.write(
      shown.map(({ line, count }) => `${flags.has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`).join(''),
    )
  })
})

export const wc = command(async (process, args) => {
  const { flags, operands } = readOptions(args)
  const total = new Map<string, number>()
  const show = (counts: Map<string, number>, name: string) => {
    const wanted = [...counts].filter(([flag]) => flags.size === 0 || flags.has(flag)).map(([, count]) => count)
    const text =
      wanted.length === 1 && operands.length < 2 ? String(wanted[0]) : wanted.map((count) => String(count).padStart(9)).join(' ')
    return process.stdout.write(`${text}${name ? ` ${name}` : ''}\n`)
  }
  const status = await eachInput(process, operands, (data, path) => {
    const counts = new Map([
      ['l', data.split('\n').length - 1],
      ['w', data.split(/\s+/).filter(Boolean).length],
      ['m', decode(data).length],
      ['c', data.length],
    ])
    if (!flags.has('m')) counts.delete('m')
    for (const [flag, count] of counts) total.set(flag, (total.get(flag) ?? 0) + count)
    return show(counts, path === '-' ? '' : path)
  })
  if (operands.length > 1) await show(total, 'total')
  return status
})

function letters(set: string): string[] {
  const plain = set
    .replace(
      /\[:(\w+):\]/g,
      (_all, name: string) => ({ upper: 'A-Z', lower: 'a-z', digit: '0-9', space: ' \t\n', alpha: 'A-Za-z' })[name] ?? '',
    )
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\0/g, '\0')
    .replace(/\\r/g, '\r')
  const result: string[] = []
  for (let index = 0; index < plain.length; index++) {
    if (plain[index + 1] === '-' && plain[index + 2] !== undefined) {
      for (let code = plain.charCodeAt(index); code <= plain.charCodeAt(index + 2); code++) result.push(String.fromCharCode(code))
      index += 2
    } else result.push(plain[index] ?? '')
  }
  return result
}

export const tr = command(async (process, args) => {
  const { flags, operands } = readOptions(args)
  const [from = '', to = ''] = operands
  const source = letters(from)
  const target = letters(to)
  const isIn = (letter: string) => source.includes(letter) !== flags.has('c')
  let last = ''
  for (let data = await process.stdin.read(); data !== null; data = await process.stdin.read()) {
    let text = ''
    for (const letter of data) {
      if (flags.has('d') && isIn(letter)) continue
      const mapped = !flags.has('d') && to && isIn(letter) ? (target[source.indexOf(letter)] ?? target.at(-1) ?? letter) : letter
      if (flags.has('s') && mapped === last && isIn(letter)) continue
      text += mapped
      last = mapped
    }
    await process.stdout.write(text)
  }
  return 0
})
