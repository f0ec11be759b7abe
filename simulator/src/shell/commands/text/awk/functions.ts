/** The functions that awk brings. */

import { replaced } from '../expression.js'
import { splitBy, splitText } from './fields.js'
import type { AwkMachine } from './machine.js'
import { AwkError, type Expression, type Place } from './syntax.js'
import { Read, sprintf, textOf, toNumber, type Value } from './values.js'

type Fn = (machine: AwkMachine, args: Expression[]) => Value

const text = (machine: AwkMachine, args: Expression[], index = 0): string => {
  const arg = args[index]
  return arg ? textOf(machine.evaluate(arg)) : textOf(machine.read(LINE))
}
const number = (machine: AwkMachine, args: Expression[], index = 0): number =>
  toNumber(args[index] ? machine.evaluate(args[index]) : 0)
const LINE: Place = { type: 'field', of: { type: 'number', value: 0 } }

/** `sub` and `gsub`: how many were replaced. */
function substitute(machine: AwkMachine, args: Expression[], all: boolean): number {
  const place = (args[2] ?? LINE) as Place
  const found = machine.patternOf(args[0])
  const by = text(machine, args, 1)
  const before = textOf(machine.read(place))
  let count = 0
  const after = replaced(found, before, ({ groups: [match = ''] }, number) => {
    if (number > 1 && !all) return undefined
    count++
    return by.replace(/\\\\|\\&|&/g, (mark) => (mark === '&' ? match : mark.slice(1)))
  })
  if (count > 0) machine.write(place, after)
  return count
}

function split(machine: AwkMachine, args: Expression[]): number {
  const target = args[1]
  if (target?.type !== 'variable') throw new AwkError('split: second argument is no array')
  const separator = args[2]
  const parts =
    separator?.type === 'regexp'
      ? splitBy(machine.patternOf(separator), text(machine, args))
      : splitText(
          text(machine, args),
          separator ? text(machine, args, 2) : textOf(machine.read({ type: 'variable', name: 'FS' })),
        )
  const array = machine.array(target.name)
  array.clear()
  for (const [index, part] of parts.entries()) array.set(String(index + 1), new Read(part))
  return parts.length
}

function match(machine: AwkMachine, args: Expression[]): number {
  const found = machine.patternOf(args[1]).find(text(machine, args))
  machine.variables.set('RSTART', found ? found.index + 1 : 0)
  machine.variables.set('RLENGTH', found ? found.end - found.index : -1)
  return found ? found.index + 1 : 0
}

function substring(machine: AwkMachine, args: Expression[]): string {
  const start = Math.round(number(machine, args, 1))
  const end = args[2] ? start + Math.round(number(machine, args, 2)) : Number.POSITIVE_INFINITY
  return text(machine, args).slice(Math.max(start, 1) - 1, Math.max(end - 1, 0))
}

const FUNCTIONS: Record<string, Fn> = {
  length: (machine, args) => {
    const [first] = args
    return first?.type === 'variable' && machine.arrays.has(first.name)
      ? machine.array(first.name).size
      : text(machine, args).length
  },
  substr: substring,
  index: (machine, args) => text(machine, args).indexOf(text(machine, args, 1)) + 1,
  toupper: (machine, args) => text(machine, args).toUpperCase(),
  tolower: (machine, args) => text(machine, args).toLowerCase(),
  int: (machine, args) => Math.trunc(number(machine, args)),
  sqrt: (machine, args) => Math.sqrt(number(machine, args)),
  exp: (machine, args) => Math.exp(number(machine, args)),
  log: (machine, args) => Math.log(number(machine, args)),
  sin: (machine, args) => Math.sin(number(machine, args)),
  cos: (machine, args) => Math.cos(number(machine, args)),
  split,
  match,
  sub: (machine, args) => substitute(machine, args, false),
  gsub: (machine, args) => substitute(machine, args, true),
  fflush: () => 0,
  close: () => 0,
  rand: (machine) => machine.output.chance(),
  srand: () => 0,
  systime: (machine) => Math.floor(machine.output.nowMs() / 1000),
  sprintf: (machine, args) =>
    sprintf(
      text(machine, args),
      args.slice(1).map((each) => machine.evaluate(each)),
    ),
}

/** @throws AwkError */
export function callFunction(machine: AwkMachine, name: string, args: Expression[]): Value {
  const found = FUNCTIONS[name]
  if (!found) throw new AwkError(`this awk of the simulated cluster has no function ${name}`)
  return found(machine, args)
}
