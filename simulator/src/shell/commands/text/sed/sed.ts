/** `sed [-n] [-E] [-i[SUFFIX]] SCRIPT [FILE...]`, without labels and branches. */
import type { Process } from '../../../../containers/process.js'
import type { Sink } from '../../../../containers/stream.js'
import { command, complain, eachLines, readFile, resolve, stop } from '../../command.js'
import { LONGEST_SEARCHED } from '../expression.js'
import { type Action, type Address, type Edit, parseSed, SedError } from './parse.js'

interface Called {
  script: string | undefined
  quiet: boolean
  extended: boolean
  /** The suffix of the copy that stays; undefined where files are left alone. */
  inPlace: string | undefined
  files: string[]
}

async function read(process: Process, args: string[]): Promise<Called> {
  const called: Called = { script: undefined, quiet: false, extended: false, inPlace: undefined, files: [] }
  const add = (text: string) => {
    called.script = called.script === undefined ? text : `${called.script}\n${text}`
  }
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const long = /^--(expression|in-place|quiet|silent|regexp-extended)(?:=(.*))?$/s.exec(arg)
    const short = long
      ? { expression: 'e', 'in-place': 'i', quiet: 'n', silent: 'n', 'regexp-extended': 'E' }[long[1] as 'quiet']
      : ''
    const letters = long ? `${short}${long[2] ?? ''}` : arg.startsWith('-') && arg !== '-' ? arg.slice(1) : undefined
    if (letters === undefined) {
      called.files.push(arg)
      continue
    }
    for (let index = 0; index < letters.length; index++) {
      const letter = letters[index] ?? ''
      if (letter === 'n') called.quiet = true
      else if (letter === 'E' || letter === 'r') called.extended = true
      else if (letter === 'i') called.inPlace = letters.slice(index + 1)
      else if (letter === 'e' || letter === 'f') {
        const value = letters.slice(index + 1) || (rest.shift() ?? '')
        add(letter === 'e' ? value : await readFile(process, value))
      }
      if ('ief'.includes(letter)) break
    }
  }
  called.script ??= called.files.shift()
  return called
}

export const sed = command(async (process, args) => {
  const { script, quiet, extended, inPlace, files } = await read(process, args)
  if (script === undefined) {
    await process.stderr.write('Usage: sed [-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...\n')
    return 1
  }
  const { fs } = process.machine
  try {
    const edits = parseSed(script, extended)
    let code = 0
    const status = await eachLines(process, files, async (lines, path) => {
      const edited: string[] = []
      const out: Sink = inPlace === undefined ? process.stdout : { write: (data) => void edited.push(data) }
      const editor = new Editor(process, edits, { quiet, out })
      const full = resolve(process, path)
      if (inPlace) fs.write(`${full}${inPlace}`, fs.read(full))
      await lines.each((line) => editor.next(line))
      await editor.finish()
      code = editor.code || code
      if (inPlace !== undefined) fs.write(full, edited.join(''))
    })
    return code || status
  } catch (error) {
    if (!(error instanceof SedError)) throw error
    complain(process, error.message)
    return 1
  }
})

/** Which line is the last one is seen when another comes or none, so a line is held until then. */
class Editor {
  readonly #inside = new Map<Edit, number>()
  #held: string | undefined
  #number = 0
  #space = ''
  /** Joined with the next line by `N`, or fetched by `n`: where the script goes on. */
  #waiting: { at: number; before: string } | undefined
  #over = false
  code = 0

  constructor(
    readonly process: Process,
    readonly edits: Edit[],
    readonly options: { quiet: boolean; out: Sink },
  ) {}

  async next(line: string): Promise<unknown> {
    if (this.#held !== undefined) await this.#cycle(this.#held, false)
    if (this.#over) return stop
    this.#held = line
    return undefined
  }
  async finish(): Promise<void> {
    if (this.#held !== undefined && !this.#over) await this.#cycle(this.#held, true)
  }

  async #cycle(line: string, isLast: boolean): Promise<void> {
    this.#number++
    const waiting = this.#waiting
    this.#waiting = undefined
    const cycle: Cycle = { text: `${waiting?.before ?? ''}${line}`, isLast, after: '', deleted: false }
    for (let at = waiting?.at ?? 0; at < this.edits.length; at++) {
      const edit = this.edits[at] as Edit
      const applies = this.#applies(edit, cycle) !== edit.negated
      if (edit.action.verb === '{' && !applies) at = this.#endOf(at)
      if (!applies || edit.action.verb === '{' || edit.action.verb === '}') continue
      const { verb } = edit.action
      if ((verb === 'n' || verb === 'N') && !isLast) {
        if (verb === 'n' && !this.options.quiet) await this.#write(cycle.text)
        this.#waiting = { at: at + 1, before: verb === 'N' ? `${cycle.text}\n` : '' }
        return
      }
      if (await this.#apply(edit.action, cycle, edit)) break
    }
    if (!cycle.deleted && !this.options.quiet) await this.#write(cycle.text)
    if (cycle.after) await this.options.out.write(cycle.after)
  }

  #endOf(start: number): number {
    let depth = 0
    for (let at = start; at < this.edits.length; at++) {
      const verb = this.edits[at]?.action.verb
      if (verb === '{') depth++
      if (verb === '}' && --depth === 0) return at
    }
    throw new SedError('unmatched {')
  }

  #write(text: string): void | Promise<void> {
    return this.options.out.write(`${text}\n`)
  }

  #meets(address: Address, { text, isLast }: Cycle): boolean {
    if (address === '$') return isLast
    return typeof address === 'number' ? address === this.#number : address.test(text.slice(0, LONGEST_SEARCHED))
  }

  #applies(edit: Edit, cycle: Cycle): boolean {
    const { address, last, more } = edit
    if (address === undefined) return true
    if (last === undefined && more === undefined) return this.#meets(address, cycle)
    const until = this.#inside.get(edit)
    if (until === undefined) {
      if (!this.#meets(address, cycle)) return false
      const end = more !== undefined ? this.#number + more : typeof last === 'number' ? last : Number.POSITIVE_INFINITY
      if (end > this.#number) this.#inside.set(edit, end)
      return true
    }
    const ends = this.#number >= until || (last !== undefined && typeof last !== 'number' && this.#meets(last, cycle))
    if (ends) this.#inside.delete(edit)
    return true
  }

  /** @returns whether the cycle ends here */
  async #apply(action: Action, cycle: Cycle, edit: Edit): Promise<boolean> {
    switch (action.verb) {
      case 'p':
      case 'P':
        await this.#write(action.verb === 'P' ? (cycle.text.split('\n')[0] ?? '') : cycle.text)
        return false
      case '=':
        await this.#write(String(this.#number))
        return false
      case 'd':
      case 'D':
        cycle.deleted = true
        return true
      case 'c':
        cycle.deleted = true
        if (!this.#inside.has(edit)) await this.#write(action.text)
        return true
      case 'i':
        await this.#write(action.text)
        return false
      case 'a':
        cycle.after += `${action.text}\n`
        return false
      case 'q':
        this.#over = true
        this.code = action.code
        return true
      case 'n':
      case 'N':
        // There is no next line: sed ends without looking at the rest of its script.
        return true
      case 's':
        return this.#substitute(action, cycle)
      case 'r': {
        const path = resolve(this.process, action.path)
        if (this.process.machine.fs.stat(path)?.type === 'file') cycle.after += this.process.machine.fs.read(path)
        return false
      }
      case 'w':
        this.process.machine.fs.write(resolve(this.process, action.path), `${cycle.text}\n`, { append: true })
        return false
      default:
        return this.#exchange(action, cycle)
    }
  }

  /** Pattern space and hold space. */
  #exchange(action: Action, cycle: Cycle): boolean {
    const { text } = cycle
    if (action.verb === 'y') cycle.text = [...text].map((each) => action.to[action.from.indexOf(each)] ?? each).join('')
    if (action.verb === 'g') cycle.text = this.#space
    if (action.verb === 'G') cycle.text = `${text}\n${this.#space}`
    if (action.verb === 'x') cycle.text = this.#space
    if (action.verb === 'h' || action.verb === 'x') this.#space = text
    if (action.verb === 'H') this.#space = `${this.#space}\n${text}`
    return false
  }

  async #substitute(action: Extract<Action, { verb: 's' }>, cycle: Cycle): Promise<boolean> {
    const { expression, replacement, nth, all, print } = action
    let count = 0
    let changed = false
    const searched = cycle.text.slice(0, LONGEST_SEARCHED).replace(expression, (...found) => {
      count++
      if (count < nth || (count > nth && !all)) return String(found[0])
      changed = true
      return substituted(replacement, found)
    })
    cycle.text = searched + cycle.text.slice(LONGEST_SEARCHED)
    if (changed && print) await this.#write(cycle.text)
    if (changed && action.path)
      this.process.machine.fs.write(resolve(this.process, action.path), `${cycle.text}\n`, { append: true })
    return false
  }
}

interface Cycle {
  text: string
  isLast: boolean
  /** What comes after the line. */
  after: string
  deleted: boolean
}

const substituted = (replacement: string, found: unknown[]): string =>
  replacement.replace(/\\(\d)|\\([\s\S])|&/g, (all, group: string | undefined, literal: string | undefined) =>
    group
      ? String(found[Number(group)] ?? '')
      : all === '&'
        ? String(found[0])
        : literal === 'n'
          ? '\n'
          : literal === 't'
            ? '\t'
            : (literal ?? ''),
  )
