/** tee, xargs, digests, base64, tac. */
import { createHash } from 'node:crypto'
import { findProgram, type Process, type Program } from '../../../containers/process.js'
import { spawn } from '../../../containers/process-table.js'
import { empty, readAll, toBytes } from '../../../containers/stream.js'
import { applet, complain, eachInput, linesOf, resolve, WordError, wholeNumber } from '../command.js'

export const tee = applet(
  '[-a] [FILE]...',
  async (process, { flags, operands }) => {
    const paths = operands.map((path) => resolve(process, path))
    if (!flags.has('a')) for (const path of paths) process.machine.fs.write(path, '')
    for (let data = await process.stdin.read(); data !== null; data = await process.stdin.read()) {
      await process.stdout.write(data)
      for (const path of paths) process.machine.fs.write(path, data, { append: true })
    }
    return 0
  },
  { long: { append: 'a' } },
)

/** Words as a shell reads them: quotes hold them together. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/(?:"([^"]*)"|'([^']*)'|\\(.)|([^\s"'\\]))+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'|\\(.)/g, (_all, double, single, letter) => double ?? single ?? letter),
  )

/** @throws WordError where nothing closes a quote */
function itemsOf(text: string, { zeros, wholeLines }: { zeros: boolean; wholeLines: boolean }): string[] {
  if (zeros) return text.split('\0').filter(Boolean)
  if (wholeLines)
    return linesOf(text)
      .map((line) => line.trim())
      .filter(Boolean)
  const open = /["']/.exec(text.replace(/\\[\s\S]|"[^"]*"|'[^']*'/g, ''))?.[0]
  if (open) throw new WordError(`unmatched ${open === '"' ? 'double' : 'single'} quote`)
  return wordsOf(text)
}

interface Batch {
  argv: string[]
  program: Program
  showsIt: boolean
}

async function runBatch(process: Process, { argv, program, showsIt }: Batch): Promise<number> {
  if (showsIt) await process.stderr.write(`${argv.join(' ')}\n`)
  return spawn(program, { ...process, argv, stdin: empty })
}

/** Several at a time where it is asked for. @returns 123 where one of them failed */
async function runAll(process: Process, batches: Batch[], most: number): Promise<number> {
  let status = 0
  const waiting = [...batches]
  const work = async () => {
    for (let batch = waiting.shift(); batch && !process.signal.aborted; batch = waiting.shift())
      if ((await runBatch(process, batch)) !== 0) status = 123
  }
  await Promise.all(Array.from({ length: Math.min(most || batches.length, batches.length) }, work))
  return status
}

export const xargs = applet(
  '[-0rt] [-I STR] [-n N] [-L N] [-P N] [PROG ARGS]',
  async (process, { flags, values, operands: [name = 'echo', ...fixed] }) => {
    const mark = values.get('I')
    const items = itemsOf(await readAll(process.stdin), {
      zeros: flags.has('0'),
      wholeLines: mark !== undefined || values.has('L'),
    })
    if (items.length === 0 && (flags.has('r') || mark !== undefined)) return 0
    const size = mark !== undefined ? 1 : wholeNumber(values.get('n') ?? values.get('L') ?? String(items.length || 1))
    if (size === 0) throw new WordError(`invalid number '${values.get('n') ?? values.get('L')}'`)
    const program = findProgram(process.machine, name)
    if (!program) {
      complain(process, `${name}: No such file or directory`)
      return 127
    }
    const batches: Batch[] = []
    for (let index = 0; index < Math.max(items.length, 1); index += size) {
      const own = items.slice(index, index + size)
      const argv = mark ? [name, ...fixed.map((arg) => arg.replaceAll(mark, own[0] ?? ''))] : [name, ...fixed, ...own]
      batches.push({ argv, program, showsIt: flags.has('t') })
    }
    return runAll(process, batches, wholeNumber(values.get('P') ?? '1'))
  },
  { long: { null: '0', 'no-run-if-empty': 'r', replace: 'I', 'max-args': 'n', 'max-procs': 'P', verbose: 't' } },
)

const digestOf = (algorithm: string, data: string): string => createHash(algorithm).update(toBytes(data)).digest('hex')

/** `-c`: whether the files still have the digests that a list says. */
async function check(
  process: Process,
  { algorithm, paths, isSilent }: { algorithm: string; paths: string[]; isSilent: boolean },
): Promise<number> {
  const { fs } = process.machine
  const rows: (string | undefined)[] = []
  const status = await eachInput(process, paths, (data) => void rows.push(...linesOf(data)))
  let failed = 0
  for (const row of rows) {
    const [, digest = '', path = ''] = /^([0-9a-f]+) [ *](.+)$/i.exec(row ?? '') ?? []
    const node = path ? fs.stat(resolve(process, path)) : undefined
    const isGood = node?.type === 'file' && digestOf(algorithm, fs.read(resolve(process, path))) === digest.toLowerCase()
    if (!isGood) failed++
    if (path && !node) complain(process, `can't open '${path}': No such file or directory`)
    if (path && !isSilent) await process.stdout.write(`${path}: ${isGood ? 'OK' : 'FAILED'}\n`)
  }
  if (failed > 0 && !isSilent) complain(process, `WARNING: ${failed} of ${rows.length} computed checksums did NOT match`)
  return failed > 0 ? 1 : status
}

export const digest = (algorithm: string): Program =>
  applet(
    '[-cs] [FILE]...',
    (process, { flags, operands }) =>
      flags.has('c')
        ? check(process, { algorithm, paths: operands, isSilent: flags.has('s') })
        : eachInput(process, operands, (data, path) => process.stdout.write(`${digestOf(algorithm, data)}  ${path}\n`)),
    { long: { check: 'c', status: 's' } },
  )

/** What is no letter of it is passed over; what is left of the last four is lost. */
async function writeDecoded(process: Process, data: string): Promise<void> {
  const text = data.replace(/[^A-Za-z0-9+/=]/g, '')
  const whole = text.slice(0, text.length - (text.length % 4))
  await process.stdout.write(Buffer.from(whole, 'base64').toString('latin1'))
  if (whole.length < text.length) throw new WordError('truncated input')
}

export const base64 = applet(
  '[-d] [-w COL] [FILE]',
  (process, { flags, values, operands }) => {
    const width = wholeNumber(values.get('w') ?? '76')
    return eachInput(process, operands, (data) => {
      if (flags.has('d')) return writeDecoded(process, data)
      const text = toBytes(data).toString('base64')
      return process.stdout.write(width === 0 ? text : `${(text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join('\n')}\n`)
    })
  },
  { long: { decode: 'd', wrap: 'w' } },
)

export const tac = applet('[FILE]...', (process, { operands }) =>
  eachInput(process, operands, (data) =>
    process.stdout.write(
      linesOf(data)
        .reverse()
        .map((line) => `${line}\n`)
        .join(''),
    ),
  ),
)
