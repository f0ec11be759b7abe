/** The options of a program: one line of usage says which there are, reads them, and is shown to who gives another. */

/** An option that a program does not have, or that lacks its value. */
export class UsageError extends Error {}

/** Words of the user that mean nothing, such as a number that is none: told without the usage. */
export class WordError extends Error {}

/** That there is no such letter. */
export const unknownLetter = (letter: string): UsageError => new UsageError(`invalid option -- '${letter}'`)
/** That there is no such long name. */
export const unknownName = (name: string): UsageError => new UsageError(`unrecognized option '--${name}'`)

export interface Options {
  flags: Set<string>
  /** The last value of each. */
  values: Map<string, string>
  /** Every option in the order in which it came, with its value. */
  given: [name: string, value: string | undefined][]
  operands: string[]
}

interface Grammar {
  flags: Set<string>
  valued: Set<string>
  /** Long ones that may bear a value: `--color[=WHEN]`. */
  mayBear: Set<string>
  /** Long names of letters. */
  long: Record<string, string>
  /** Options end at the first operand, which names another program. */
  leading: boolean
  /** So many operands there are at least. */
  least: number
}

const OPTION = /(--?)([\w-]+|~)(\[=\w+\]|[= ](?=[A-Z])[^\]\s]+)?/g
const INNERMOST = /\[[^[\]]*\](?:\.{3})?/g

/** `[-lr] [-n N] [--color[=WHEN]] FILE...` */
function grammarOf(usage: string, long: Record<string, string>): Grammar {
  const grammar: Grammar = {
    flags: new Set(),
    valued: new Set(),
    mayBear: new Set(),
    long,
    leading: /\b(PROG|COMMAND)\b/.test(usage),
    least: 0,
  }
  for (const [, dashes, name = '', value] of usage.matchAll(OPTION)) {
    if (value?.startsWith('[')) grammar.mayBear.add(name)
    else if (value) grammar.valued.add(name)
    else for (const each of dashes === '--' ? [name] : name) grammar.flags.add(each)
  }
  let needed = usage
  while (/\[[^[\]]*\]/.test(needed)) needed = needed.replace(INNERMOST, '')
  grammar.least = needed.replace(OPTION, '').split(/\s+/).filter(Boolean).length
  return grammar
}

const grammars = new Map<string, Grammar>()
function grammarFor(usage: string, long: Record<string, string>): Grammar {
  const known = grammars.get(usage)
  if (known) return known
  const grammar = grammarOf(usage, long)
  grammars.set(usage, grammar)
  return grammar
}

class Reader {
  readonly options: Options = { flags: new Set(), values: new Map(), given: [], operands: [] }
  readonly #rest: string[]
  constructor(
    args: string[],
    readonly grammar: Grammar,
  ) {
    this.#rest = [...args]
  }

  read(): Options {
    for (let arg = this.#rest.shift(); arg !== undefined; arg = this.#rest.shift()) {
      if (arg === '--') break
      if (arg.startsWith('--')) this.#long(arg.slice(2))
      else if (arg.startsWith('-') && arg.length > 1) this.#letters(arg.slice(1))
      else {
        this.options.operands.push(arg)
        if (this.grammar.leading) break
      }
    }
    this.options.operands.push(...this.#rest)
    return this.options
  }

  #take(name: string, value?: string): void {
    this.options.given.push([name, value])
    if (value === undefined) this.options.flags.add(name)
    else this.options.values.set(name, value)
  }

  #following(problem: string): string {
    const value = this.#rest.shift()
    if (value === undefined) throw new UsageError(problem)
    return value
  }

  #long(text: string): void {
    const [written = '', ...parts] = text.split('=')
    const value = parts.length > 0 ? parts.join('=') : undefined
    const name = this.grammar.long[written] ?? written
    const { flags, valued, mayBear } = this.grammar
    // A letter is no long name of its own.
    const isKnown = name !== written || written.length > 1
    if (isKnown && valued.has(name)) this.#take(name, value ?? this.#following(`option '--${written}' requires an argument`))
    else if (isKnown && mayBear.has(name)) this.#take(name, value)
    else if (!isKnown || !flags.has(name)) throw unknownName(written)
    else if (value !== undefined) throw new UsageError(`option '--${written}' doesn't allow an argument`)
    else this.#take(name)
  }

  #letters(text: string): void {
    for (let index = 0; index < text.length; index++) {
      const letter = text[index] ?? ''
      if (this.grammar.valued.has(letter)) {
        this.#take(letter, text.slice(index + 1) || this.#following(`option requires an argument -- '${letter}'`))
        return
      }
      if (!this.grammar.flags.has(letter)) throw unknownLetter(letter)
      this.#take(letter)
    }
  }
}

/**
 * Reads options as getopt does: everything that `usage` does not name is refused.
 * @param usage as BusyBox shows it, without the name of the program: `[-lr] [-n N] FILE...`
 * @param long long names of letters
 * @throws UsageError with an empty text where operands are missing
 */
export function readOptions(
  args: string[],
  usage: string,
  { long = {}, least }: { long?: Record<string, string>; least?: number } = {},
): Options {
  const grammar = grammarFor(usage, long)
  const options = new Reader(args, grammar).read()
  if (options.operands.length < (least ?? grammar.least)) throw new UsageError('')
  return options
}

/** A whole number. @throws WordError */
export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new WordError(`invalid number '${text}'`)
}
