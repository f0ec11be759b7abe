/** tee, xargs, digests, base64, tac. */
import { createHash } from 'node:crypto'
import { findProgram, type Program } from '../../../containers/process.js'
import { spawn } from '../../../containers/process-table.js'
import { empty, readAll, toBytes } from '../../../containers/stream.js'
import { command, complain, eachInput, linesOf, readOptions, resolve } from '../command.js'

export const tee = command(async (process, args) => {
  const { flags, operands } = readOptions(args)
  const paths = operands.map((path) => resolve(process, path))
  if (!flags.has('a')) for (const path of paths) process.machine.fs.write(path, '')
  for (let data = await process.stdin.read(); data !== null; data = await process.stdin.read()) {
    await process.stdout.write(data)
    for (const path of paths) process.machine.fs.write(path, data, { append: true })
  }
  return 0
})

/** Words as a shell reads them: quotes hold them together. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/(?:"([^"]*)"|'([^']*)'|\\(.)|([^\s"'\\]))+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'|\\(.)/g, (_all, double, single, letter) => double ?? single ?? letter),
  )

/** A quote that nothing closes. */
const openQuote = (text: string): string | undefined => /["']/.exec(text.replace(/\\[\s\S]|"[^"]*"|'[^']*'/g, ''))?.[0]

export const xargs = command(async (process, args) => {
  const { flags, values } = readOptions(args.slice(0, firstOperand(args)), ['n', 'I', 'L', 'P', 'd'])
  const [name = 'echo', ...fixed] = args.slice(firstOperand(args))
  const mark = values.get('I')
  const text = await readAll(process.stdin)
  const items = flags.has('0')
    ? text.split('\0').filter(Boolean)
    : mark !== undefined || values.has('L')
      ? linesOf(text)
          .map((line) => line.trim())
          .filter(Boolean)
      : wordsOf(text)
  const open = mark === undefined && !values.has('L') && !flags.has('0') ? openQuote(text) : undefined
  if (open) {
    complain(process, `unmatched ${open === '"' ? 'double' : 'single'} quote`)
    return 1
  }
  if (items.length === 0 && (flags.has('r') || mark !== undefined)) return 0
  const size = mark !== undefined ? 1 : Number(values.get('n') ?? values.get('L') ?? (items.length || 1))
  const program = findProgram(process.machine, name)
  if (!program) {
    complain(process, `${name}: No such file or directory`)
    return 127
  }
  let status = 0
  for (let index = 0; index < Math.max(items.length, 1); index += size) {
    const batch = items.slice(index, index + size)
    const argv = mark ? [name, ...fixed.map((arg) => arg.replaceAll(mark, batch[0] ?? ''))] : [name, ...fixed, ...batch]
    if (flags.has('t')) await process.stderr.write(`${argv.join(' ')}\n`)
    status = (await spawn(program, { ...process, argv, stdin: empty })) === 0 ? status : 123
  }
  return status
})

function firstOperand(args: string[]): number {
  let index = 0
  while (args[index]?.startsWith('-')) index += /^-[0rtpx]*[nILPd]$/.test(args[index] ?? '') ? 2 : 1
  return index
}

export const digest = (algorithm: string): Program =>
  command((process, args) =>
    eachInput(process, readOptions(args).operands, (data, path) =>
      process.stdout.write(`${createHash(algorithm).update(toBytes(data)).digest('hex')}  ${path}\n`),
    ),
  )

export const base64 = command((process, args) => {
  const { flags, values, operands } = readOptions(args, ['w'])
  return eachInput(process, operands, (data) => {
    if (flags.has('d') || flags.has('decode')) return process.stdout.write(Buffer.from(data, 'base64').toString('latin1'))
    const width = Number(values.get('w') ?? 76)
    const text = toBytes(data).toString('base64')
    return process.stdout.write(width === 0 ? text : `${(text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join('\n')}\n`)
  })
})

export const tac = command((process, args) =>
  eachInput(process, args, (data) =>
    process.stdout.write(
      linesOf(data)
        .reverse()
        .map((line) => `${line}\n`)
        .join(''),
    ),
  ),
)
