/** `find [PATH...] [EXPRESSION]`, as BusyBox has it. */
import { baseName, fileBytes, type Node, normalize } from '../../containers/file-system.js'
import { findProgram, type Process } from '../../containers/process.js'
import { spawn } from '../../containers/process-table.js'
import { matchesPattern } from '../pattern.js'
import { command, complain, resolve } from './command.js'

interface Found {
  path: string
  /** As it is named in the output: from where the search began. */
  shown: string
  node: Node
}
type Test = (found: Found) => Promise<boolean> | boolean

class FindError extends Error {}

const KINDS = { directory: 'd', link: 'l', file: 'f' } as const
const SIZES: Record<string, number> = { c: 1, w: 2, '': 512, b: 512, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/** `+5`, `-5`, `5` */
function counts(text: string, word: string): (value: number) => boolean {
  const [, sign, digits] = /^([-+]?)(\d+)$/.exec(text) ?? []
  if (digits === undefined) throw new FindError(`bad arg to ${word}: ${text}`)
  const wanted = Number(digits)
  return (value) => (sign === '+' ? value > wanted : sign === '-' ? value < wanted : value === wanted)
}

class Expression {
  most = Number.POSITIVE_INFINITY
  least = 0
  deepFirst = false
  /** Commands that end with `+`: run once, with everything. */
  readonly gathered: { argv: string[]; paths: string[] }[] = []
  readonly test: Test
  #acts = false
  #at = 0

  constructor(
    readonly process: Process,
    readonly words: string[],
  ) {
    const test = words.length > 0 ? this.#either() : () => true
    if (this.#at < words.length) throw new FindError(`unrecognized: ${words[this.#at]}`)
    this.test = this.#acts ? test : async (found) => (await test(found)) && this.#print(found, '\n')
  }

  async #print({ shown }: Found, end: string): Promise<boolean> {
    await this.process.stdout.write(`${shown}${end}`)
    return true
  }

  #either(): Test {
    const left = this.#both()
    if (!['-o', '-or'].includes(this.words[this.#at] ?? '')) return left
    this.#at++
    const right = this.#either()
    return async (found) => (await left(found)) || (await right(found))
  }
  #both(): Test {
    const tests = [this.#one()]
    while (this.#at < this.words.length && !['-o', '-or', ')'].includes(this.words[this.#at] ?? '')) {
      if (['-a', '-and'].includes(this.words[this.#at] ?? '')) this.#at++
      tests.push(this.#one())
    }
    return async (found) => {
      for (const test of tests) if (!(await test(found))) return false
      return true
    }
  }
  #one(): Test {
    const word = this.words[this.#at++] ?? ''
    if (word === '!' || word === '-not') {
      const test = this.#one()
      return async (found) => !(await test(found))
    }
    if (word === '(') {
      const test = this.#either()
      if (this.words[this.#at++] !== ')') throw new FindError("unmatched '('")
      return test
    }
    return this.#action(word) ?? this.#property(word)
  }

  #value(word: string): string {
    const value = this.words[this.#at++]
    if (value === undefined) throw new FindError(`${word} requires an argument`)
    return value
  }

  #action(word: string): Test | undefined {
    if (word === '-exec' || word === '-ok') return this.#exec()
    if (word === '-maxdepth') this.most = Number(this.#value(word))
    else if (word === '-mindepth') this.least = Number(this.#value(word))
    else if (word === '-depth') this.deepFirst = true
    else if (word === '-xdev') return () => true
    else if (['-print', '-print0', '-delete'].includes(word)) {
      this.#acts = true
      if (word !== '-delete') return (found) => this.#print(found, word === '-print' ? '\n' : '\0')
      this.deepFirst = true
      return ({ path, node }) => {
        const { fs } = this.process.machine
        // An empty directory goes as a file does.
        fs.remove(path, node.type === 'directory' && fs.list(path).length === 0)
        return true
      }
    } else return undefined
    return () => true
  }

  #exec(): Test {
    this.#acts = true
    const end = this.words.findIndex(
      (word, index) => index >= this.#at && (word === ';' || (word === '+' && this.words[index - 1] === '{}')),
    )
    if (end < 0) throw new FindError('-exec requires an argument')
    const argv = this.words.slice(this.#at, end)
    this.#at = end + 1
    if (this.words[end] === ';')
      return async ({ shown }) =>
        (await run(
          this.process,
          argv.map((word) => word.replaceAll('{}', shown)),
        )) === 0
    const gathered = { argv: argv.slice(0, -1), paths: [] as string[] }
    this.gathered.push(gathered)
    return ({ shown }) => {
      gathered.paths.push(shown)
      return true
    }
  }

  #property(word: string): Test {
    const { fs, clock } = this.process.machine
    const ageIn = (unitMs: number) => {
      const fits = counts(this.#value(word), word)
      return ({ node }: Found) =>
        fits(Math.floor((clock.now() - ('mtimeMs' in node && node.mtimeMs ? node.mtimeMs : clock.now())) / unitMs))
    }
    switch (word) {
      case '-name':
      case '-iname': {
        const pattern = this.#value(word)
        const same = (text: string) => (word === '-iname' ? text.toLowerCase() : text)
        return ({ path }) => matchesPattern(same(pattern), same(baseName(path) || '/'))
      }
      case '-path': {
        const pattern = this.#value(word)
        return ({ shown }) => matchesPattern(pattern, shown)
      }
      case '-type': {
        const type = this.#value(word)
        return ({ node }) => KINDS[node.type] === type
      }
      case '-empty':
        return ({ node, path }) =>
          node.type === 'directory' ? fs.list(path).length === 0 : node.type === 'file' && fileBytes(node) === 0
      case '-size': {
        const [, number = '', unit = ''] = /^([-+]?\d+)([cwbkMG]?)$/.exec(this.#value(word)) ?? []
        const fits = counts(number, word)
        return ({ node }) => fits(Math.ceil((node.type === 'file' ? fileBytes(node) : 4096) / (SIZES[unit] ?? 512)))
      }
      case '-mmin':
        return ageIn(60_000)
      case '-mtime':
        return ageIn(86_400_000)
      case '-perm': {
        const mode = this.#value(word)
        const bits = Number.parseInt(mode.replace(/^[-/]/, ''), 8)
        if (Number.isNaN(bits)) throw new FindError(`invalid mode '${mode}'`)
        return ({ node }) => {
          const own = node.type === 'link' ? 0o777 : node.mode
          return mode.startsWith('-') ? (own & bits) === bits : mode.startsWith('/') ? (own & bits) !== 0 : own === bits
        }
      }
      default:
        throw new FindError(`unrecognized: ${word}`)
    }
  }
}

async function run(process: Process, argv: string[]): Promise<number> {
  const program = findProgram(process.machine, argv[0] ?? '')
  if (program) return spawn(program, { ...process, argv })
  complain(process, `${argv[0]}: No such file or directory`)
  return 127
}

export const find = command(async (process, args) => {
  const start = args.findIndex((arg) => /^[-(!]/.test(arg))
  const roots = args.slice(0, start < 0 ? undefined : start)
  const { fs } = process.machine
  let status = 0
  try {
    const expression = new Expression(process, start < 0 ? [] : args.slice(start))
    const visit = async (path: string, shown: string, depth: number): Promise<void> => {
      const node = fs.stat(path, false)
      if (!node) {
        complain(process, `${shown}: No such file or directory`)
        status = 1
        return
      }
      const look = async () => depth >= expression.least && (await expression.test({ path, shown, node }))
      if (!expression.deepFirst) await look()
      if (node.type === 'directory' && depth < expression.most)
        for (const name of fs.list(path)) await visit(normalize(name, path), `${shown.replace(/\/$/, '')}/${name}`, depth + 1)
      if (expression.deepFirst) await look()
    }
    for (const root of roots.length > 0 ? roots : ['.']) await visit(resolve(process, root), root, 0)
    for (const { argv, paths } of expression.gathered) if (paths.length > 0) await run(process, [...argv, ...paths])
    return status
  } catch (error) {
    if (!(error instanceof FindError)) throw error
    complain(process, error.message)
    return 1
  }
})
