import { createHash } from 'node:crypto'
import type { Process, Program } from '../../containers/process.js'
import { findProgram } from '../../containers/process.js'
import { readAll, toBytes } from '../../containers/stream.js'
import { command, complain, eachInput, linesOf, readOptions, resolve } from './command.js'

/** Longer lines are searched no further: a learner's expression must not hold up the others. */
const LONGEST_SEARCHED = 10_000

/** A POSIX expression as one of JavaScript's. */
function toRegExp(pattern: string, extended: boolean, flags: string): RegExp {
  const classes = pattern
    .replace(/\[\[:(\w+):\]\]/g, (_all, name: string) => `[${CLASSES[name] ?? ''}]`)
    .replace(/\[:(\w+):\]/g, (_all, name: string) => CLASSES[name] ?? '')
  if (extended) return new RegExp(classes, flags)
  return new RegExp(
    classes.replace(/\\?[(){}|+?]/g, (found) => (found.startsWith('\\') ? found.slice(1) : `\\${found}`)),
    flags,
  )
}
const CLASSES: Record<string, string> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
}

const grep = command(async (process, args) => {
  const name = process.argv[0] ?? 'grep'
  const options = readOptions(args, ['e', 'm', 'A', 'B', 'C', 'f'])
  const { flags, values } = options
  const patterns = values.has('e') ? [values.get('e') ?? ''] : [options.operands.shift() ?? '']
  const isFixed = flags.has('F') || name === 'fgrep'
  const expressions = patterns
    .flatMap((pattern) => pattern.split('\n'))
    .map((pattern) => {
      const source = isFixed ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : pattern
      const whole = flags.has('w') ? `\\b(?:${source})\\b` : flags.has('x') ? `^(?:${source})$` : source
      return toRegExp(
        whole,
        isFixed || flags.has('E') || flags.has('P') || name === 'egrep' || flags.has('w') || flags.has('x'),
        flags.has('i') ? 'i' : '',
      )
    })
  const hits = (line: string) =>
    expressions.some((expression) => expression.test(line.slice(0, LONGEST_SEARCHED))) !== flags.has('v')
  const paths = flags.has('r') || flags.has('R') ? filesBelow(process, options.operands[0] ?? '.') : options.operands
  const withName = (paths.length > 1 || flags.has('H') || flags.has('r')) && !flags.has('h')
  let found = 0
  const most = Number(values.get('m') ?? Number.POSITIVE_INFINITY)
  const status = await eachInput(process, paths, async (data, path) => {
    let count = 0
    for (const [index, line] of linesOf(data).entries()) {
      if (!hits(line) || count >= most) continue
      count++
      if (flags.has('q') || flags.has('c') || flags.has('l')) continue
      const head = `${withName ? `${path}:` : ''}${flags.has('n') ? `${index + 1}:` : ''}`
      const shown = flags.has('o') ? (expressions.map((expression) => expression.exec(line)?.[0]).find(Boolean) ?? line) : line
      await process.stdout.write(`${head}${shown}\n`)
    }
    if (flags.has('c')) await process.stdout.write(`${withName ? `${path}:` : ''}${count}\n`)
    if (flags.has('l') && count > 0) await process.stdout.write(`${path}\n`)
    found += count
  })
  return found > 0 ? 0 : status || 1
})

function filesBelow(process: Process, start: string): string[] {
  const { fs } = process.machine
  const visit = (path: string): string[] =>
    fs.isDirectory(resolve(process, path)) ? fs.list(resolve(process, path)).flatMap((name) => visit(`${path}/${name}`)) : [path]
  return visit(start)
}

const cut = command((process, args) => {
  const { values, operands } = readOptions(args, ['d', 'f', 'c', 'b'])
  const ranges = (values.get('f') ?? values.get('c') ?? values.get('b') ?? '1').split(',').map((range) => {
    const [from = '', to] = range.split('-')
    return { from: Number(from || 1), to: to === undefined ? Number(from) : Number(to || Number.POSITIVE_INFINITY) }
  })
  const isWanted = (_item: string, index: number) => ranges.some(({ from, to }) => index + 1 >= from && index + 1 <= to)
  const delimiter = values.get('d') ?? '\t'
  return eachInput(process, operands, (data) => {
    const lines = linesOf(data).map((line) => {
      if (!values.has('f')) return [...line].filter(isWanted).join('')
      return line.includes(delimiter) ? line.split(delimiter).filter(isWanted).join(delimiter) : line
    })
    return process.stdout.write(lines.map((line) => `${line}\n`).join(''))
  })
})

const sort = command(async (process, args) => {
  const { flags, values, operands } = readOptions(args, ['k', 't'])
  const all: string[] = []
  const status = await eachInput(process, operands, (data) => void all.push(...linesOf(data)))
  const field = Number.parseInt(values.get('k') ?? '0', 10)
  const keyOf = (line: string) => (field ? (line.trim().split(values.get('t') ?? /\s+/)[field - 1] ?? '') : line)
  const compare = (a: string, b: string) =>
    flags.has('n')
      ? Number.parseFloat(keyOf(a)) - Number.parseFloat(keyOf(b)) || 0
      : keyOf(a) < keyOf(b)
        ? -1
        : keyOf(a) > keyOf(b)
          ? 1
          : 0
  const sorted = all.sort(compare)
  if (flags.has('r')) sorted.reverse()
  const shown = flags.has('u') ? sorted.filter((line, index) => line !== sorted[index - 1]) : sorted
  await process.stdout.write(shown.map((line) => `${line}\n`).join(''))
  return status
})

const uniq = command((process, args) => {
  const { flags, operands } = readOptions(args)
  return eachInput(process, operands, (data) => {
    const groups: { line: string; count: number }[] = []
    for (const line of linesOf(data)) {
      const last = groups.at(-1)
      if (last?.line === line) last.count++
      else groups.push({ line, count: 1 })
    }
    const shown = groups.filter((group) => !flags.has('d') || group.count > 1)
    return process.stdout.write(
      shown.map(({ line, count }) => `${flags.has('c') ? `${String(count).padStart(7)} ` : ''}${line}\n`).join(''),
    )
  })
})

const wc = command(async (process, args) => {
  const { flags, operands } = readOptions(args)
  return eachInput(process, operands, (data, path) => {
    const counts: [string, number][] = [
      ['l', data.split('\n').length - 1],
      ['w', data.split(/\s+/).filter(Boolean).length],
      ['c', data.length],
    ]
    const wanted = counts.filter(([flag]) => flags.size === 0 || flags.has(flag))
    const text =
      wanted.length === 1 && operands.length === 0
        ? String(wanted[0]?.[1])
        : wanted.map(([, count]) => String(count).padStart(9)).join(' ')
    return process.stdout.write(`${text}${path === '-' ? '' : ` ${path}`}\n`)
  })
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

const tr = command(async (process, args) => {
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

interface Edit {
  address: RegExp | number | '$' | undefined
  last?: RegExp | number | '$' | undefined
  apply: 'p' | 'd' | { expression: RegExp; replacement: string; print: boolean }
}

function parseEdit(text: string, extended: boolean): Edit {
  const match = /^(?:(\d+|\$|\/(?:[^/\\]|\\.)*\/)(?:,(\d+|\$|\/(?:[^/\\]|\\.)*\/))?)?\s*([spd])(.*)$/s.exec(text.trim())
  if (!match) throw new Error(`bad expression: ${text}`)
  const [, first, last, verb, rest = ''] = match
  const address = (part: string | undefined): Edit['address'] =>
    part === undefined
      ? undefined
      : part === '$'
        ? '$'
        : part.startsWith('/')
          ? toRegExp(part.slice(1, -1), extended, '')
          : Number(part)
  const range = { address: address(first), ...(last ? { last: address(last) } : {}) }
  if (verb !== 's') return { ...range, apply: verb as 'p' | 'd' }
  const separator = rest[0] ?? '/'
  const parts = rest.slice(1).split(new RegExp(`(?<!\\\\)\\${separator}`))
  const [pattern = '', replacement = '', flags = ''] = parts
  const source = pattern.replaceAll(`\\${separator}`, separator)
  return {
    ...range,
    apply: {
      expression: toRegExp(
        source,
        extended,
        `${flags.includes('g') ? 'g' : ''}${flags.includes('I') || flags.includes('i') ? 'i' : ''}`,
      ),
      replacement,
      print: flags.includes('p'),
    },
  }
}

const sed = command(async (process, args) => {
  const options = readOptions(args, ['e', 'f'])
  const script = options.values.get('e') ?? options.operands.shift() ?? ''
  const extended = options.flags.has('E') || options.flags.has('r')
  const edits = script
    .split(/;(?![^/]*\/[gpI]*(?:;|$))|\n/)
    .filter((part) => part.trim())
    .map((part) => parseEdit(part, extended))
  const edit = (data: string): string => {
    const lines = linesOf(data)
    const inside = new Set<Edit>()
    return lines
      .map((line, index) =>
        editLine(edits, { line, number: index + 1, isLast: index === lines.length - 1, inside, quiet: options.flags.has('n') }),
      )
      .join('')
  }
  if (!options.flags.has('i')) return eachInput(process, options.operands, (data) => process.stdout.write(edit(data)))
  for (const path of options.operands)
    process.machine.fs.write(resolve(process, path), edit(process.machine.fs.read(resolve(process, path))))
  return 0
})

interface SedLine {
  line: string
  number: number
  isLast: boolean
  inside: Set<Edit>
  quiet: boolean
}

function editLine(edits: Edit[], { line, number, isLast, inside, quiet }: SedLine): string {
  let text = line
  let extra = ''
  const meets = (address: Edit['address']) =>
    address === undefined
      ? true
      : address === '$'
        ? isLast
        : typeof address === 'number'
          ? address === number
          : address.test(text)
  for (const edit of edits) {
    const applies = edit.last === undefined ? meets(edit.address) : inside.has(edit) || meets(edit.address)
    if (edit.last !== undefined && applies) {
      if (inside.has(edit) && meets(edit.last)) inside.delete(edit)
      else if (edit.last !== number) inside.add(edit)
    }
    if (!applies) continue
    if (edit.apply === 'd') return extra
    if (edit.apply === 'p') extra += `${text}\n`
    else {
      const { expression, replacement, print } = edit.apply
      const next = text.replace(expression, (...found) => substituted(replacement, found))
      if (print && next !== text) extra += `${next}\n`
      text = next
    }
  }
  return `${extra}${quiet ? '' : `${text}\n`}`
}

const substituted = (replacement: string, found: unknown[]): string =>
  replacement.replace(/\\(\d)|\\n|\\(.)|&/g, (all, group: string | undefined, literal: string | undefined) =>
    group ? String(found[Number(group)] ?? '') : all === '&' ? String(found[0]) : all === '\\n' ? '\n' : (literal ?? ''),
  )

/** `awk '{print $1, $3}'`, with a separator and a pattern before it: what labs use of it. */
const awk = command(async (process, args) => {
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

const tee = command(async (process, args) => {
  const { flags, operands } = readOptions(args)
  const paths = operands.map((path) => resolve(process, path))
  if (!flags.has('a')) for (const path of paths) process.machine.fs.write(path, '')
  for (let data = await process.stdin.read(); data !== null; data = await process.stdin.read()) {
    await process.stdout.write(data)
    for (const path of paths) process.machine.fs.write(path, data, { append: true })
  }
  return 0
})

const xargs = command(async (process, args) => {
  const { values, operands } = readOptions(args.slice(0, firstOperand(args)), ['n', 'I'])
  const [name = 'echo', ...fixed] = [...operands, ...args.slice(firstOperand(args))]
  const items = (await readAll(process.stdin)).split(/\s+/).filter(Boolean)
  const size = values.has('I') ? 1 : Number(values.get('n') ?? (items.length || 1))
  const program = findProgram(process.machine, name)
  if (!program) {
    complain(process, `${name}: No such file or directory`)
    return 127
  }
  let status = 0
  for (let index = 0; index < items.length; index += size) {
    const batch = items.slice(index, index + size)
    const mark = values.get('I')
    const argv = mark ? [name, ...fixed.map((arg) => arg.replaceAll(mark, batch[0] ?? ''))] : [name, ...fixed, ...batch]
    status = (await program({ ...process, argv })) || status
  }
  return status
})

function firstOperand(args: string[]): number {
  let index = 0
  while (args[index]?.startsWith('-')) index += /^-[nI]$/.test(args[index] ?? '') ? 2 : 1
  return index
}

const digest = (algorithm: string): Program =>
  command((process, args) =>
    eachInput(process, readOptions(args).operands, (data, path) =>
      process.stdout.write(`${createHash(algorithm).update(toBytes(data)).digest('hex')}  ${path}\n`),
    ),
  )

const base64 = command((process, args) => {
  const { flags, operands } = readOptions(args, ['w'])
  return eachInput(process, operands, (data) => {
    if (flags.has('d')) return process.stdout.write(Buffer.from(data, 'base64').toString('latin1'))
    return process.stdout.write(
      `${(
        toBytes(data)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      ).join('\n')}\n`,
    )
  })
})

const tac = command((process, args) =>
  eachInput(process, args, (data) =>
    process.stdout.write(
      linesOf(data)
        .reverse()
        .map((line) => `${line}\n`)
        .join(''),
    ),
  ),
)

export const textCommands: Record<string, Program> = {
  grep,
  egrep: grep,
  fgrep: grep,
  cut,
  sort,
  uniq,
  wc,
  tr,
  sed,
  awk,
  tee,
  xargs,
  base64,
  tac,
  md5sum: digest('md5'),
  sha1sum: digest('sha1'),
  sha256sum: digest('sha256'),
}
