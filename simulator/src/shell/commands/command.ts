/** What the small programs share: options, files, complaints. */
import { FileError, normalize } from '../../containers/file-system.js'
import type { Process, Program } from '../../containers/process.js'
import { type Data, encode, LineReader, readAll, type Source, TextSource } from '../../containers/stream.js'
import { Pace } from '../../time/steps.js'

/** An option that a program does not have, as a letter or a long name, or one without its value. */
export class UsageError extends Error {
  constructor(option: string, problem?: string) {
    super(problem ?? (option.length > 1 ? `unrecognized option '--${option}'` : `invalid option -- '${option}'`))
  }
}

/** The value that follows an option. @throws UsageError where there is none */
function valueAfter(option: string, rest: string[]): string {
  const value = rest.shift()
  if (value !== undefined) return value
  throw new UsageError(
    option,
    `option${option.length > 1 ? ` '--${option}'` : ''} requires an argument${option.length > 1 ? '' : ` -- '${option}'`}`,
  )
}

export interface Options {
  flags: Set<string>
  values: Map<string, string>
  operands: string[]
}

/**
 * Reads options as getopt does.
 * @param withValue letters or long names that take a value
 */
export function readOptions(args: string[], withValue: string[] = []): Options {
  const options: Options = { flags: new Set(), values: new Map(), operands: [] }
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      options.operands.push(...rest)
      break
    }
    if (arg.startsWith('--')) readLong(options, arg.slice(2), withValue, rest)
    else if (arg.startsWith('-') && arg.length > 1) readShort(options, arg.slice(1), withValue, rest)
    else options.operands.push(arg)
  }
  return options
}

function readLong(options: Options, text: string, withValue: string[], rest: string[]): void {
  const [name = '', ...value] = text.split('=')
  if (text.includes('=')) options.values.set(name, value.join('='))
  else if (withValue.includes(name)) options.values.set(name, valueAfter(name, rest))
  else options.flags.add(name)
}

function readShort(options: Options, text: string, withValue: string[], rest: string[]): void {
  for (let index = 0; index < text.length; index++) {
    const letter = text[index] ?? ''
    if (!withValue.includes(letter)) options.flags.add(letter)
    else {
      options.values.set(letter, text.slice(index + 1) || valueAfter(letter, rest))
      return
    }
  }
}

export const resolve = (process: Process, path: string): string => normalize(path, process.cwd)

export const complain = (process: Process, text: string): void =>
  void process.stderr.write(encode(`${process.argv[0]}: ${text}\n`))

/** Letters of an input that has to be there as a whole, as for `sort`: what writes into a pipe may never end. */
const MOST_AT_ONCE = 4 * 1024 * 1024

/** The content of a file; `-` is the input. @throws FileError */
export const readFile = (process: Process, path: string): Promise<Data> | Data =>
  path === '-' ? readAll(process.stdin, MOST_AT_ONCE) : process.machine.fs.read(resolve(process, path))

/** The lines of a file, or of the input as they come. */
export interface Lines {
  /** Runs `work` for one after the other until it says `stop`; others have their turns in between. */
  each(work: (line: Data, index: number) => unknown): Promise<void>
}

export const stop = Symbol('stop')

/** Ends early where the program is killed, or where nobody reads what it writes. */
function linesFrom(source: Source, { signal, stdout }: Process): Lines {
  return {
    async each(work) {
      const [reader, pace] = [new LineReader(source), new Pace()]
      for (let index = 0; !signal.aborted && !stdout.broken; index++) {
        const line = await reader.next()
        if (line === null || (await work(line, index)) === stop) return
        await pace.step()
      }
    },
  }
}

/** As `eachInput`, line by line. */
export const eachLines = (process: Process, paths: string[], work: (lines: Lines, path: string) => void | Promise<void>) =>
  eachOf(paths, process, async (path) => {
    const source = path === '-' ? process.stdin : new TextSource(process.machine.fs.read(resolve(process, path)))
    await work(linesFrom(source, process), path)
  })

/** Runs `work` for each named file, or for the input where none is named, and tells of those that cannot be read. */
export async function eachInput(
  process: Process,
  paths: string[],
  work: (data: Data, path: string) => void | Promise<void>,
): Promise<number> {
  return eachOf(paths, process, async (path) => work(await readFile(process, path), path))
}

async function eachOf(paths: string[], process: Process, work: (path: string) => Promise<void>): Promise<number> {
  let status = 0
  for (const path of paths.length > 0 ? paths : ['-']) {
    try {
      await work(path)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      complain(process, whyUnread(error, path))
      status = 1
    }
  }
  return status
}

function whyUnread({ code, message }: FileError, path: string): string {
  if (code === 'ENOMEM') return 'out of memory'
  return code === 'EISDIR' ? `read error: ${message}` : `can't open '${path}': ${message}`
}

/** A program whose file errors become complaints. */
export const command =
  (run: (process: Process, args: string[]) => Promise<number> | number): Program =>
  async (process) => {
    try {
      return await run(process, process.argv.slice(1))
    } catch (error) {
      if (error instanceof UsageError) {
        complain(process, error.message)
        await process.stderr.write(`BusyBox v1.37.0 multi-call binary.\n`)
        return 1
      }
      if (!(error instanceof FileError)) throw error
      complain(process, `${error.path}: ${error.message}`)
      return 1
    }
  }

export const linesOf = (data: Data): string[] => {
  const lines = data.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
