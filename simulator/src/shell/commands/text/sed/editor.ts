/** Runs a sed script over lines. Which line is the last one is seen when another comes or none, so a line is held until then. */
import type { Process } from '../../../../containers/process.js'
import type { Sink } from '../../../../containers/stream.js'
import { Pace } from '../../../../time/steps.js'
import { resolve, stop } from '../../command.js'
import { replaced } from '../expression.js'
import { type Action, type Address, type Edit, SedError } from './parse.js'

interface Cycle {
  text: string
  isLast: boolean
  /** What comes after the line. */
  after: string
  deleted: boolean
  /** Whether a line has been changed since it was read, or since a jump asked. */
  changed: boolean
}

/** Longer than any text of an exercise: a script may join lines for ever. */
const LONGEST_TEXT = 4 * 1024 * 1024

export class Editor {
  readonly #inside = new Map<Edit, number>()
  readonly #pace = new Pace()
  #held: string | undefined
  #number = 0
  #space = ''
  /** Joined with the next line by `N`, or fetched by `n`: where the script goes on. */
  #waiting: { at: number; before: string; changed: boolean } | undefined
  #over = false
  code = 0
  out: Sink

  constructor(
    readonly process: Process,
    readonly edits: Edit[],
    readonly options: { quiet: boolean },
  ) {
    this.out = process.stdout
  }

  get isOver(): boolean {
    return this.#over
  }

  async next(line: string): Promise<unknown> {
    if (this.#held !== undefined) await this.#read(this.#held, false)
    if (this.#over) return stop
    this.#held = line
    return undefined
  }
  async finish(): Promise<void> {
    if (this.#held !== undefined && !this.#over) await this.#read(this.#held, true)
    this.#held = undefined
  }

  async #read(line: string, isLast: boolean): Promise<void> {
    this.#number++
    const waiting = this.#waiting
    this.#waiting = undefined
    const text = `${waiting?.before ?? ''}${line}`
    if (text.length > LONGEST_TEXT) throw new SedError('out of memory')
    const cycle: Cycle = { text, isLast, after: '', deleted: false, changed: waiting?.changed ?? false }
    // What `D` leaves goes through the script again.
    for (let at = waiting?.at ?? 0; await this.#cycle(cycle, at); at = 0) cycle.deleted = false
  }

  /** @returns whether it begins anew with the same text */
  async #cycle(cycle: Cycle, start: number): Promise<boolean> {
    let isAgain = false
    for (let at = start; at < this.edits.length; at++) {
      await this.#pace.step()
      if (this.process.signal.aborted || this.out.broken) this.#over = true
      if (this.#over) return false
      const edit = this.edits[at] as Edit
      const { action } = edit
      const applies = this.#applies(edit, cycle) !== edit.negated
      if (action.verb === '{' && !applies) at = this.#endOf(at)
      if (!applies || '{}:'.includes(action.verb)) continue
      if ((action.verb === 'n' || action.verb === 'N') && !cycle.isLast) return this.#await(action.verb, cycle, at)
      if ('label' in action) {
        at = this.#jump(action, cycle, at)
        continue
      }
      isAgain = action.verb === 'D' && cycle.text.includes('\n')
      if (await this.#apply(action, cycle, edit)) break
    }
    if (!cycle.deleted && !this.options.quiet) await this.#write(cycle.text)
    if (cycle.after) await this.out.write(cycle.after)
    cycle.after = ''
    if (isAgain) cycle.text = cycle.text.slice(cycle.text.indexOf('\n') + 1)
    return isAgain
  }

  /** The next line comes later: the script goes on with it then. */
  async #await(verb: 'n' | 'N', cycle: Cycle, at: number): Promise<false> {
    if (verb === 'n' && !this.options.quiet) await this.#write(cycle.text)
    if (cycle.after) await this.out.write(cycle.after)
    this.#waiting = { at: at + 1, before: verb === 'N' ? `${cycle.text}\n` : '', changed: cycle.changed }
    return false
  }

  /** @returns the place before the one that is next */
  #jump({ verb, label }: Extract<Action, { label: string }>, cycle: Cycle, at: number): number {
    const goes = verb === 'b' || cycle.changed === (verb === 't')
    if (verb !== 'b') cycle.changed = false
    if (!goes) return at
    if (label === '') return this.edits.length
    return this.edits.findIndex(({ action }) => action.verb === ':' && action.label === label)
  }

  #endOf(start: number): number {
    let depth = 0
    for (let at = start; at < this.edits.length; at++) {
      const verb = this.edits[at]?.action.verb
      if (verb === '{') depth++
      if (verb === '}' && --depth === 0) return at
    }
    return this.edits.length
  }

  #write(text: string): void | Promise<void> {
    return this.out.write(`${text}\n`)
  }

  #meets(address: Address, { text, isLast }: Cycle): boolean {
    if (address === '$') return isLast
    return typeof address === 'number' ? address === this.#number : address.test(text)
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
      case 'l':
        await this.#write(`${shown(cycle.text)}$`)
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
      case 'Q':
        this.#over = true
        this.code = action.code
        cycle.deleted ||= action.verb === 'Q'
        return true
      case 'n':
      case 'N':
        // There is no next line: sed ends without looking at the rest of its script.
        return true
      case 's':
        return this.#substitute(action, cycle)
      case 'r':
        cycle.after += this.#fileOf(action.path)
        return false
      case 'w':
        await this.#append(action.path, cycle.text)
        return false
      default:
        return this.#exchange(action, cycle)
    }
  }

  #fileOf(name: string): string {
    const path = resolve(this.process, name)
    return this.process.machine.fs.stat(path)?.type === 'file' ? this.process.machine.fs.read(path) : ''
  }
  async #append(name: string, text: string): Promise<void> {
    if (name === '/dev/stdout') await this.process.stdout.write(`${text}\n`)
    else if (name === '/dev/stderr') await this.process.stderr.write(`${text}\n`)
    else this.process.machine.fs.write(resolve(this.process, name), `${text}\n`, { append: true })
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
    if (this.#space.length + cycle.text.length > LONGEST_TEXT) throw new SedError('out of memory')
    return false
  }

  async #substitute(action: Extract<Action, { verb: 's' }>, cycle: Cycle): Promise<boolean> {
    const { expression, replacement, nth, all, print } = action
    let changed = false
    cycle.text = replaced(expression, cycle.text, ({ groups }, count) => {
      if (count < nth || (count > nth && !all)) return undefined
      changed = true
      return substituted(replacement, groups)
    })
    cycle.changed ||= changed
    if (changed && print) await this.#write(cycle.text)
    if (changed && action.path) await this.#append(action.path, cycle.text)
    return false
  }
}

const NAMED: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\x07': '\\a', '\b': '\\b' }
const shown = (text: string): string =>
  text.replace(/\\|[^ -~]/g, (letter) => NAMED[letter] ?? `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`)

const substituted = (replacement: string, groups: (string | undefined)[]): string =>
  replacement.replace(/\\(\d)|\\([\s\S])|&/g, (all, group: string | undefined, literal: string | undefined) => {
    if (group) return groups[Number(group)] ?? ''
    if (all === '&') return groups[0] ?? ''
    return literal === 'n' ? '\n' : literal === 't' ? '\t' : (literal ?? '')
  })
