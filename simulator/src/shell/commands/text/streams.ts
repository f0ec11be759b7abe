/** tee, xargs, digests, base64, tac. */
import { createHash } from 'node:crypto'
import { findProgram, type Program } from '../../../containers/process.js'
import { spawn } from '../../../containers/process-table.js'
import { readAll, toBytes } from '../../../containers/stream.js'
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

export const xargs = command(async (process, args) => {
  const { values, operands } = readOptions(args.slice(0, firstOperand(args)), ['n', 'I'])
  const [name = 'echo', ...fixed] = [...operands, ...args.slice(firstOperand(args))]
  const items = (await readAll(process.stdin)).split(/\s+/).filter(Boolean)
  const size = values.has('I') ? 1 : Number(values.get('n') ?? (items.length || 1))
  const program = findProgram(process.machine, name)
  if (!program) {
    complain(process, `${name}: No such file or directory`)
    return 127
  }
  let status = 0
  for (let index = 0; index < items.length; index += size) {
    const batch = items.slice(index, index + size)
    const mark = values.get('I')
    const argv = mark ? [name, ...fixed.map((arg) => arg.replaceAll(mark, batch[0] ?? ''))] : [name, ...fixed, ...batch]
    status = (await spawn(program, { ...process, argv })) || status
  }
  return status
})

function firstOperand(args: string[]): number {
  let index = 0
  while (args[index]?.startsWith('-')) index += /^-[nI]$/.test(args[index] ?? '') ? 2 : 1
  return index
}

export const digest = (algorithm: string): Program =>
  command((process, args) =>
    eachInput(process, readOptions(args).operands, (data, path) =>
      process.stdout.write(`${createHash(algorithm).update(toBytes(data)).digest('hex')}  ${path}\n`),
    ),
  )

export const base64 = command((process, args) => {
  const { flags, operands } = readOptions(args, ['w'])
  return eachInput(process, operands, (data) => {
    if (flags.has('d')) return process.stdout.write(Buffer.from(data, 'base64').toString('latin1'))
    return process.stdout.write(
      `${(
        toBytes(data)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      ).join('\n')}\n`,
    )
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
