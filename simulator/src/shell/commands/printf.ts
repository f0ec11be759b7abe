/** `printf FORMAT [VALUE...]`: the format comes again as long as there are values. */
import type { Process, Program } from '../../containers/process.js'
import { CONVERSION, type Conversion, FormatError, formatNumber, formatText } from '../format.js'
import { complain } from './command.js'
import { unescaped } from './escapes.js'

const PARTS = new RegExp(`${CONVERSION.source}|\\\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)`, 'gs')

/** Ends all output, as of `\c`. */
const ENDS = '\x00end'

class Printer {
  status = 0
  #isOver = false
  constructor(
    readonly process: Process,
    readonly rest: string[],
  ) {}

  get isOver(): boolean {
    return this.#isOver
  }

  /** @throws FormatError */
  once(format: string): string {
    if (/%(?![-+ 0#\d*.hlLjzt]*[sdicfFeEgGoxXub%])/.test(format.replaceAll('%%', '')))
      throw new FormatError(`${format}: invalid format`)
    return format.replace(PARTS, (all: string, ...groups: (string | undefined)[]) => {
      if (this.#isOver) return ''
      return all.startsWith('\\') ? this.#escape(all) : this.#convert(groups.slice(0, 5))
    })
  }

  #escape(text: string): string {
    if (text !== '\\c') return unescaped(text)
    this.#isOver = true
    return ENDS
  }

  #convert([flags = '', width, dot, digits, kind = '']: (string | undefined)[]): string {
    if (kind === '%') return '%'
    const size = this.#size(width) ?? 0
    const conversion: Conversion = {
      flags: size < 0 ? `${flags}-` : flags,
      width: Math.abs(size),
      precision: dot ? (this.#size(digits) ?? 0) : undefined,
      kind,
    }
    const value = this.rest.shift() ?? ''
    if (kind === 's') return formatText(value, conversion)
    if (kind === 'c') return formatText(value.slice(0, 1), conversion)
    if (kind === 'b')
      return formatText(
        value.replace(/\\c[\s\S]*/, () => this.#escape('\\c')).replace(/\\(?:x[0-9a-fA-F]{1,2}|0?[0-7]{1,3}|.)/gs, unescaped),
        conversion,
      )
    return formatNumber(this.#number(value), conversion)
  }
  #size(text: string | undefined): number | undefined {
    return text === '*' ? this.#number(this.rest.shift() ?? '') : text === undefined ? undefined : Number(text)
  }

  /** `12`, `0x1f`, `017`, `'a`. */
  #number(text: string): number {
    const trimmed = text.trim()
    if (/^['"]./.test(trimmed)) return trimmed.charCodeAt(1)
    if (trimmed === '') return 0
    const octal = /^([-+]?)0([0-7]+)$/.exec(trimmed)
    const value = octal ? Number.parseInt(`${octal[1]}${octal[2]}`, 8) : Number(trimmed)
    if (!Number.isNaN(value)) return value
    complain(this.process, `invalid number '${text}'`)
    this.status = 1
    return 0
  }
}

export const printf: Program = async (process) => {
  const args = process.argv.slice(1)
  if (args[0] === '--') args.shift()
  const [format, ...rest] = args
  if (format === undefined) {
    await process.stderr.write('Usage: printf FORMAT [ARG]...\n')
    return 1
  }
  const printer = new Printer(process, rest)
  let text = ''
  try {
    for (let before = -1; before !== rest.length && !printer.isOver; ) {
      before = rest.length
      text += printer.once(format)
      if (rest.length === 0) break
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    complain(process, error.message)
    return 1
  }
  await process.stdout.write(text.split(ENDS)[0] ?? '')
  return printer.status
}
