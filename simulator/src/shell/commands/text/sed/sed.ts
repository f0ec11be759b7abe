/** `sed [-n] [-E] [-s] [-i[SUFFIX]] SCRIPT [FILE...]` */
import type { Process } from '../../../../containers/process.js'
import { command, complain, eachLines, readFile, readOptions, resolve, stop, UsageError } from '../../command.js'
import { Editor } from './editor.js'
import { type Edit, parseSed, SedError } from './parse.js'

interface Called {
  script: string
  quiet: boolean
  extended: boolean
  /** Each file is a stream of its own. */
  separate: boolean
  /** The suffix of the copy that stays; undefined where files are left alone. */
  inPlace: string | undefined
  files: string[]
}

const LONG = { expression: 'e', file: 'f', quiet: 'n', silent: 'n', 'regexp-extended': 'E', separate: 's' }
const USAGE = '[-nrEs] [-f FILE]... [-e CMD]... [--in-place[=SFX]] [FILE]...'

/** `-i` bears the suffix in the same word, and may stand behind other letters: `-ni.bak`. */
const withLongInPlace = (arg: string): string[] => {
  const [, before, suffix] = /^-([nrEs]*)i(.*)$/.exec(arg) ?? []
  if (before === undefined) return [arg]
  return [...(before ? [`-${before}`] : []), suffix ? `--in-place=${suffix}` : '--in-place']
}

async function read(process: Process, args: string[]): Promise<Called> {
  const end = args.indexOf('--')
  const words = args.flatMap((arg, index) => (end >= 0 && index >= end ? [arg] : withLongInPlace(arg)))
  const { flags, values, given, operands } = readOptions(words, USAGE, { long: LONG })
  const scripts: string[] = []
  for (const [name, value = ''] of given)
    if (name === 'e' || name === 'f') scripts.push(name === 'e' ? value : await readFile(process, value))
  if (scripts.length === 0 && operands.length === 0) throw new UsageError('')
  return {
    script: scripts.length > 0 ? scripts.join('\n') : (operands.shift() ?? ''),
    quiet: flags.has('n'),
    extended: flags.has('E') || flags.has('r'),
    separate: flags.has('s'),
    inPlace: values.get('in-place') ?? (flags.has('in-place') ? '' : undefined),
    files: operands,
  }
}

export const sed = command(
  async (process, args) => {
    const { script, quiet, extended, separate, inPlace, files } = await read(process, args)
    try {
      const editing = { edits: parseSed(script, extended), quiet }
      return await (inPlace === undefined && !separate ? editStream : editFiles)(process, editing, { files, inPlace })
    } catch (error) {
      if (!(error instanceof SedError)) throw error
      complain(process, error.message)
      return 1
    }
  },
  { usage: '[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...' },
)

interface Editing {
  edits: Edit[]
  quiet: boolean
}
interface Inputs {
  files: string[]
  inPlace: string | undefined
}

/** All files are one stream, with one last line. */
async function editStream(process: Process, { edits, quiet }: Editing, { files }: Inputs): Promise<number> {
  const editor = new Editor(process, edits, { quiet })
  const status = await eachLines(process, files, async (lines) => {
    if (!editor.isOver) await lines.each((line) => editor.next(line))
  })
  await editor.finish()
  return editor.code || status
}

async function editFiles(process: Process, { edits, quiet }: Editing, { files, inPlace }: Inputs): Promise<number> {
  const { fs } = process.machine
  let code = 0
  const status = await eachLines(process, files, async (lines, path) => {
    const editor = new Editor(process, edits, { quiet })
    const edited: string[] = []
    if (inPlace !== undefined) editor.out = { write: (data) => void edited.push(data) }
    const full = resolve(process, path)
    if (inPlace) fs.write(`${full}${inPlace}`, fs.read(full))
    const left: string[] = []
    // What `q` leaves unread stays in the file.
    await lines.each(async (line) => {
      if (editor.isOver) left.push(`${line}\n`)
      else if ((await editor.next(line)) === stop) left.push(`${line}\n`)
    })
    await editor.finish()
    code = editor.code || code
    if (inPlace !== undefined) fs.write(full, [...edited, ...left].join(''))
  })
  return code || status
}
