/** `awk [-F SEPARATOR] [-v NAME=VALUE] PROGRAM [FILE...]`, without functions of one's own, `getline` and pipes. */
import type { Process } from '../../../../containers/process.js'
import { FormatError } from '../../../format.js'
import { command, complain, eachLines, readFile, readOptions, resolve, stop, UsageError } from '../../command.js'
import { AwkMachine } from './machine.js'
import { parseAwk } from './parse.js'
import { AwkError, unescaped } from './syntax.js'
import { Read } from './values.js'

export const awk = command(
  async (process, args) => {
    const { variables, program, operands } = await read(process, args)
    try {
      const machine = new AwkMachine(parseAwk(program), outputOf(process))
      for (const [name, value] of variables) machine.variables.set(name, new Read(unescaped(value)))
      for (const [name, value] of process.env) machine.array('ENVIRON').set(name, new Read(value))
      await machine.begin()
      let status = 0
      if (machine.reads && !machine.isOver) status = await overLines(process, machine, operands)
      await machine.end()
      return machine.code || status
    } catch (error) {
      if (!(error instanceof AwkError || error instanceof FormatError)) throw error
      complain(process, `cmd. line:1: ${error.message}`)
      return error.message.startsWith('this awk') ? 2 : 1
    }
  },
  { usage: '[-v VAR=VAL] [-F SEP] [-f FILE] [AWK_PROGRAM] [FILE]...' },
)

const USAGE = '[-v VAR=VAL]... [-F SEP] [-f FILE]... [-e AWK_PROGRAM] [PROG ARGS]'

/** Options come before the program; `-v` may come several times, and so may `-f`. */
async function read(process: Process, args: string[]) {
  const { given, operands } = readOptions(args, USAGE)
  const variables: [string, string][] = []
  const programs: string[] = []
  for (const [name, value = ''] of given) {
    if (name === 'F') variables.push(['FS', value === 't' ? '\t' : value])
    else if (name === 'v') variables.push([value.split('=')[0] ?? '', value.slice(value.indexOf('=') + 1)])
    else programs.push(name === 'f' ? await readFile(process, value) : value)
  }
  const program = programs.length > 0 ? programs.join('\n') : operands.shift()
  if (program === undefined) throw new UsageError('')
  return { variables, program, operands }
}

/** An operand `NAME=VALUE` is no file: it sets a variable before those that follow it. */
async function overLines(process: Process, machine: AwkMachine, operands: string[]): Promise<number> {
  const isFile = (operand: string) => !/^[A-Za-z_]\w*=/.test(operand)
  const set = (assignment: string) => {
    const [name = '', ...value] = assignment.split('=')
    machine.variables.set(name, new Read(unescaped(value.join('='))))
  }
  if (!operands.some(isFile)) {
    for (const operand of operands) set(operand)
    return overFiles(process, machine, [])
  }
  let status = 0
  for (const operand of operands) {
    if (!isFile(operand)) set(operand)
    else status = (await overFiles(process, machine, [operand])) || status
  }
  return status
}

async function overFiles(process: Process, machine: AwkMachine, operands: string[]): Promise<number> {
  return eachLines(process, operands, async (lines, path) => {
    if (machine.isOver) return
    machine.variables.set('FILENAME', path === '-' ? '' : path)
    machine.variables.set('FNR', 0)
    await lines.each(async (line) => {
      await machine.line(line)
      return machine.isOver ? stop : undefined
    })
  })
}

function outputOf(process: Process) {
  const { fs } = process.machine
  const opened = new Set<string>()
  return {
    print: (text: string) => process.stdout.write(text),
    toFile(path: string, text: string, append: boolean) {
      const full = resolve(process, path)
      if (full === '/dev/stderr') return void process.stderr.write(text)
      if (full === '/dev/stdout') return void process.stdout.write(text)
      fs.write(full, text, { append: append || opened.has(full) })
      opened.add(full)
    },
    nowMs: () => process.machine.clock.now(),
    chance: () => process.machine.random.below(1_000_000) / 1_000_000,
    isEnded: () => process.signal.aborted || process.stdout.broken === true,
  }
}
