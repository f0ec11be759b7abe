import type { Process } from '../../../containers/process.js'
import {
  command,
  complain,
  eachLines,
  type Lines,
  linesOf,
  readFile,
  readOptions,
  resolve,
  stop,
  UsageError,
  wholeNumber,
} from '../command.js'
import { type Expression, ExpressionError, expressionOf, matchesOf } from './expression.js'

interface Called {
  flags: Set<string>
  patterns: string[]
  paths: string[]
  before: number
  after: number
  most: number
}

const LONG: Record<string, string> = {
  'ignore-case': 'i',
  'invert-match': 'v',
  count: 'c',
  'line-number': 'n',
  'files-with-matches': 'l',
  'files-without-match': 'L',
  'only-matching': 'o',
  quiet: 'q',
  silent: 'q',
  recursive: 'r',
  'word-regexp': 'w',
  'line-regexp': 'x',
  'extended-regexp': 'E',
  'fixed-strings': 'F',
  'no-filename': 'h',
  'with-filename': 'H',
  'no-messages': 's',
  regexp: 'e',
  'max-count': 'm',
  'after-context': 'A',
  'before-context': 'B',
  context: 'C',
  file: 'f',
}
const USAGE =
  '[-HhnlLoqvsrRiwxFEcaI] [-m N] [-A N] [-B N] [-C N] [-e PTRN] [-f FILE] [--color[=WHEN]] [--line-buffered] [PATTERN] [FILE]...'

/** Options may stand after the operands, and `-e` several times; `a` and `I` change nothing for text. */
async function read(process: Process, args: string[]): Promise<Called> {
  const { flags, values, given, operands } = readOptions(args, USAGE, { long: LONG })
  const patterns: string[] = []
  for (const [name, value = ''] of given) {
    if (name === 'e') patterns.push(...value.split('\n'))
    else if (name === 'f') patterns.push(...linesOf(await readFile(process, value)))
  }
  const isGiven = values.has('e') || values.has('f')
  const paths = isGiven ? operands : operands.slice(1)
  if (!isGiven && operands[0] === undefined) throw new UsageError('')
  if (!isGiven) patterns.push(...(operands[0] ?? '').split('\n'))
  const number = (...letters: string[]) => wholeNumber(letters.flatMap((letter) => values.get(letter) ?? []).at(0) ?? '0')
  const most = values.has('m') ? number('m') : Number.POSITIVE_INFINITY
  return { flags, patterns, paths, before: number('B', 'C'), after: number('A', 'C'), most }
}

function expressionsOf({ patterns, flags }: Called, name: string): Expression[] {
  const isFixed = flags.has('F') || name === 'fgrep'
  const extended = isFixed || flags.has('E') || name === 'egrep'
  const bounds = flags.has('x') ? 'line' : flags.has('w') ? 'word' : undefined
  return patterns.map((pattern) =>
    expressionOf(isFixed ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : pattern, {
      extended,
      ignoreCase: flags.has('i'),
      bounds,
    }),
  )
}

export const grep = command(
  async (process, args) => {
    const called = await read(process, args)
    const { flags } = called
    let expressions: Expression[]
    try {
      expressions = expressionsOf(called, process.argv[0] ?? 'grep')
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      complain(process, `bad regex '${called.patterns.join('\n')}': ${error.message}`)
      return 2
    }
    const isDeep = flags.has('r') || flags.has('R')
    const starts = isDeep && called.paths.length === 0 ? ['.'] : called.paths
    const paths = isDeep ? starts.flatMap((path) => filesBelow(process, path)) : starts
    const withName = (paths.length > 1 || flags.has('H') || isDeep) && !flags.has('h')
    const search = new Search(process, called, expressions)
    let found = 0
    const quiet = flags.has('s') ? { ...process, stderr: { write: () => {} } } : process
    const status = await eachLines(quiet, paths, async (lines, path) => {
      const count = await search.file(lines, withName ? path : undefined)
      if (flags.has('c')) await process.stdout.write(`${withName ? `${path}:` : ''}${count}\n`)
      const named = flags.has('l') ? count > 0 : flags.has('L') && count === 0
      if (named) await process.stdout.write(`${path}\n`)
      found += flags.has('L') ? Number(named) : count
    })
    return found > 0 && status === 0 ? 0 : status ? 2 : 1
  },
  { usage: '[-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...', status: 2 },
)

class Search {
  constructor(
    readonly process: Process,
    readonly called: Called,
    readonly expressions: Expression[],
  ) {}

  #hits(line: string): boolean {
    const found = this.expressions.some((expression) => expression.test(line))
    return found !== this.called.flags.has('v')
  }

  /** @param path stands before each line. @returns how many lines fit */
  async file(lines: Lines, path: string | undefined): Promise<number> {
    const { flags, most, before, after } = this.called
    const onlyCounts = ['q', 'l', 'L', 'c'].some((flag) => flags.has(flag))
    const withContext = before > 0 || after > 0
    let held: { line: string; index: number }[] = []
    let count = 0
    let left = 0
    let last = -1
    await lines.each(async (line, index) => {
      const isHit = count < most && this.#hits(line)
      if (isHit) count++
      if (isHit && (flags.has('q') || flags.has('l') || flags.has('L'))) return stop
      if (onlyCounts) return count >= most ? stop : undefined
      if (isHit) {
        const first = held[0]?.index ?? index
        if (withContext && last >= 0 && first > last + 1) await this.process.stdout.write('--\n')
        for (const each of held) await this.#show(each.line, each.index, { path, isHit: false })
        held = []
        await this.#show(line, index, { path, isHit: true })
        last = index
        left = after
      } else if (left > 0) {
        await this.#show(line, index, { path, isHit: false })
        last = index
        left--
      } else {
        held.push({ line, index })
        if (held.length > before) held.shift()
      }
      return count >= most && left === 0 ? stop : undefined
    })
    return count
  }

  async #show(line: string, index: number, { path, isHit }: { path: string | undefined; isHit: boolean }): Promise<void> {
    const { flags } = this.called
    const mark = isHit ? ':' : '-'
    const head = `${path === undefined ? '' : `${path}${mark}`}${flags.has('n') ? `${index + 1}${mark}` : ''}`
    if (!flags.has('o') || flags.has('v')) return void (await this.process.stdout.write(`${head}${line}\n`))
    const parts = this.expressions
      .flatMap((expression) => [...matchesOf(expression, line)])
      .filter(({ index, end }) => end > index)
      .sort((a, b) => a.index - b.index)
    await this.process.stdout.write(parts.map(({ groups: [text] }) => `${head}${text}\n`).join(''))
  }
}

function filesBelow(process: Process, start: string): string[] {
  const { fs } = process.machine
  const visit = (path: string): string[] =>
    fs.isDirectory(resolve(process, path))
      ? fs.list(resolve(process, path)).flatMap((name) => visit(`${path.replace(/\/$/, '')}/${name}`))
      : [path]
  return visit(start)
}
