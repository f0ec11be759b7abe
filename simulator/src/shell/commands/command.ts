/** What the small programs share: options, files, complaints. */
import { baseName, FileError, normalize } from '../../containers/file-system.js'
import type { Process, Program } from '../../containers/process.js'
import { type Data, encode, LineReader, readAll, type Source, TextSource } from '../../containers/stream.js'
import { Pace } from '../../time/steps.js'
import { type Options, readOptions, UsageError, WordError } from './options.js'

export { type Options, readOptions, UsageError, WordError, wholeNumber } from './options.js'

export const resolve = (process: Process, path: string): string => normalize(path, process.cwd)

export const complain = (process: Process, text: string): void =>
  void process.stderr.write(encode(`${baseName(process.argv[0] ?? '')}: ${text}\n`))

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

interface Refusing {
  /** What follows the name of the program: shown to who gives an option that it does not have. */
  usage?: string
  /** The exit code of a refusal. */
  status?: number
  /** It is no program of BusyBox. */
  isOwn?: boolean
}

const BANNER = 'BusyBox v1.37.0 multi-call binary.\n'

/** A program whose file errors become complaints. */
export const command =
  (
    run: (process: Process, args: string[]) => Promise<number> | number,
    { usage, status = 1, isOwn = false }: Refusing = {},
  ): Program =>
  async (process) => {
    const [name = '', ...args] = process.argv
    const showUsage = () =>
      process.stderr.write(encode(`${isOwn ? '' : BANNER}${usage === undefined ? '' : `\nUsage: ${baseName(name)} ${usage}\n`}`))
    try {
      if (usage !== undefined && args.length === 1 && args[0] === '--help') {
        await showUsage()
        return 0
      }
      return await run(process, args)
    } catch (error) {
      if (error instanceof UsageError) {
        if (error.message) complain(process, error.message)
        await showUsage()
      } else if (error instanceof WordError) complain(process, error.message)
      else if (error instanceof FileError) complain(process, `${error.path}: ${error.message}`)
      else throw error
      return error instanceof FileError ? 1 : status
    }
  }

interface Details extends Refusing {
  /** Long names of letters, which other systems have. */
  long?: Record<string, string>
  /** So many operands at least, where it is not what the usage says. */
  least?: number
}

/** A program whose line of usage says which options it has: all others are refused. */
export const applet = (
  usage: string,
  run: (process: Process, options: Options) => Promise<number> | number,
  details: Details = {},
): Program => command((process, args) => run(process, readOptions(args, usage, details)), { usage, ...details })

/** Asks, and takes what begins with y for a yes. */
export async function agrees(process: Process, question: string): Promise<boolean> {
  await process.stderr.write(encode(`${baseName(process.argv[0] ?? '')}: ${question}? `))
  return /^y/i.test((await process.stdin.read()) ?? '')
}

export const linesOf = (data: Data): string[] => {
  const lines = data.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
