/** `sed [-n] [-E] [-s] [-i[SUFFIX]] SCRIPT [FILE...]` */
import type { Process } from '../../../../containers/process.js'
import { command, complain, eachLines, readFile, resolve, stop, UsageError } from '../../command.js'
import { Editor } from './editor.js'
import { type Edit, parseSed, SedError } from './parse.js'

interface Called {
  script: string | undefined
  quiet: boolean
  extended: boolean
  /** Each file is a stream of its own. */
  separate: boolean
  /** The suffix of the copy that stays; undefined where files are left alone. */
  inPlace: string | undefined
  files: string[]
}

const LONG: Record<string, string> = {
  expression: 'e',
  file: 'f',
  'in-place': 'i',
  quiet: 'n',
  silent: 'n',
  'regexp-extended': 'E',
  separate: 's',
}

/** The letters of an option, with the value of a long one behind its own; undefined where it is none. */
function lettersOf(arg: string): string | undefined {
  const [, name, value = ''] = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg) ?? []
  if (name === undefined) return arg.startsWith('-') && arg !== '-' ? arg.slice(1) : undefined
  const letter = LONG[name]
  if (letter === undefined) throw new UsageError(name)
  return `${letter}${value}`
}

async function read(process: Process, args: string[]): Promise<Called> {
  const called: Called = { script: undefined, quiet: false, extended: false, separate: false, inPlace: undefined, files: [] }
  const add = (text: string) => {
    called.script = called.script === undefined ? text : `${called.script}\n${text}`
  }
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const letters = lettersOf(arg)
    if (letters === undefined) {
      called.files.push(arg)
      continue
    }
    for (let index = 0; index < letters.length; index++) {
      const letter = letters[index] ?? ''
      if (letter === 'n') called.quiet = true
      else if (letter === 's') called.separate = true
      else if (letter === 'E' || letter === 'r') called.extended = true
      else if (letter === 'i') called.inPlace = letters.slice(index + 1)
      else if (letter === 'e' || letter === 'f') {
        const value = letters.slice(index + 1) || (rest.shift() ?? '')
        add(letter === 'e' ? value : await readFile(process, value))
      } else throw new UsageError(letter)
      if ('ief'.includes(letter)) break
    }
  }
  called.script ??= called.files.shift()
  return called
}

export const sed = command(async (process, args) => {
  const { script, quiet, extended, separate, inPlace, files } = await read(process, args)
  if (script === undefined) {
    await process.stderr.write('Usage: sed [-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...\n')
    return 1
  }
  try {
    const editing = { edits: parseSed(script, extended), quiet }
    return await (inPlace === undefined && !separate ? editStream : editFiles)(process, editing, { files, inPlace })
  } catch (error) {
    if (!(error instanceof SedError)) throw error
    complain(process, error.message)
    return 1
  }
})

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
