/** `seq`: numbers in steps. */
import { EXIT, exitCodeOf } from '../../containers/process.js'
import { Pace } from '../../time/steps.js'
import { command, readOptions, UsageError, WordError } from './command.js'

const USAGE = '[-w] [-s SEP] [FIRST [INC]] LAST'

/** A negative number is an option only where it comes first. */
const isNumber = (word: string): boolean => /^-?(\d+\.?\d*|\.\d+)$/.test(word)

/** Digits behind the point. */
const placesOf = (word: string): number => word.split('.')[1]?.length ?? 0

export const seq = command(
  async (process, args) => {
    const start = args.findIndex((arg, index) => isNumber(arg) && (!arg.startsWith('-') || index > 0) && args[index - 1] !== '-s')
    const { flags, values, operands } = readOptions(
      start < 0 ? args : [...args.slice(0, start), '--', ...args.slice(start)],
      USAGE,
    )
    const bad = operands.find((word) => !isNumber(word))
    if (bad !== undefined) throw new WordError(`invalid number '${bad}'`)
    if (operands.length > 3) throw new UsageError('')
    const numbers = operands.map(Number)
    const [first = 1, step = 1] = numbers.length === 1 ? [] : numbers.length === 2 ? [numbers[0]] : numbers
    const last = numbers.at(-1) ?? 0
    const places = Math.max(0, ...operands.slice(0, 2).map(placesOf))
    const width = flags.has('w') ? Math.max(...[first, last].map((number) => number.toFixed(places).length)) : 0
    const { signal, stdout } = process
    // Sums of fractions come out a little beside the number that is meant.
    const rounded = (value: number) => Number(value.toFixed(Math.min(places + 3, 20)))
    const pace = new Pace()
    for (
      let count = 0, value = first;
      step > 0 ? value <= last : step < 0 && value >= last;
      value = rounded(first + ++count * step)
    ) {
      if (signal.aborted || stdout.broken) return signal.aborted ? exitCodeOf(signal) : EXIT.sigpipe
      const isLast = step > 0 ? rounded(value + step) > last : rounded(value + step) < last
      await stdout.write(`${value.toFixed(places).padStart(width, '0')}${isLast ? '\n' : (values.get('s') ?? '\n')}`)
      await pace.step()
    }
    return 0
  },
  { usage: USAGE },
)
