/** What the small programs share: options, files, complaints. */
import { FileError, normalize } from '../../containers/file-system.js'
import type { Process, Program } from '../../containers/process.js'
import { type Data, encode, readAll } from '../../containers/stream.js'

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
  else if (withValue.includes(name)) options.values.set(name, rest.shift() ?? '')
  else options.flags.add(name)
}

function readShort(options: Options, text: string, withValue: string[], rest: string[]): void {
  for (let index = 0; index < text.length; index++) {
    const letter = text[index] ?? ''
    if (!withValue.includes(letter)) options.flags.add(letter)
    else {
      options.values.set(letter, text.slice(index + 1) || (rest.shift() ?? ''))
      return
    }
  }
}

export const resolve = (process: Process, path: string): string => normalize(path, process.cwd)

export const complain = (process: Process, text: string): void =>
  void process.stderr.write(encode(`${process.argv[0]}: ${text}\n`))

/** The content of a file; `-` is the input. @throws FileError */
export const readFile = (process: Process, path: string): Promise<Data> | Data =>
  path === '-' ? readAll(process.stdin) : process.machine.fs.read(resolve(process, path))

/** Runs `work` for each named file, or for the input where none is named, and tells of those that cannot be read. */
export async function eachInput(
  process: Process,
  paths: string[],
  work: (data: Data, path: string) => void | Promise<void>,
): Promise<number> {
  let status = 0
  for (const path of paths.length > 0 ? paths : ['-']) {
    try {
      await work(await readFile(process, path), path)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      complain(process, error.code === 'EISDIR' ? `read error: ${error.message}` : `can't open '${path}': ${error.message}`)
      status = 1
    }
  }
  return status
}

/** A program whose file errors become complaints. */
export const command =
  (run: (process: Process, args: string[]) => Promise<number> | number): Program =>
  async (process) => {
    try {
      return await run(process, process.argv.slice(1))
    } catch (error) {
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
