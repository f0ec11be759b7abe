/** vi, as BusyBox has it, with what people type in it. */
import { FileError } from '../../../containers/file-system.js'
import type { Process, Program } from '../../../containers/process.js'
import type { TerminalView } from '../../../containers/terminal.js'
import { nextKey } from '../../keyboard.js'
import { applet, resolve, WordError } from '../command.js'
import { ViEditor } from './editor.js'
import { ViText } from './text.js'

interface Sitting {
  process: Process
  terminal: TerminalView
  editor: ViEditor
  text: ViText
  path: string
  /** The first row of the text that is shown. */
  first: number
}

export const vi: Program = applet('[FILE]', async (process, { operands }) => {
  const { terminal } = process
  const [path = ''] = operands
  if (operands.length > 1) throw new WordError('one file at a time')
  if (!terminal) throw new WordError('standard input: not a terminal')
  const { fs } = process.machine
  const node = path ? fs.stat(resolve(process, path)) : undefined
  const text = new ViText(node?.type === 'file' ? node.data : '')
  const editor = new ViEditor(text, () => terminal.rows - 1)
  if (path && !node) editor.message = `'${path}' [New file]`
  else if (node?.type === 'directory') editor.message = `'${path}' is not a regular file`
  terminal.raw = true
  try {
    await sit({ process, terminal, editor, text, path, first: 0 })
  } finally {
    terminal.raw = false
    await process.stdout.write(`\x1b[${terminal.rows};1H\x1b[K`)
  }
  return 0
})

async function sit(sitting: Sitting): Promise<void> {
  const { process, editor } = sitting
  await draw(sitting)
  for (let keys = await process.stdin.read(); keys !== null && !process.signal.aborted; keys = await process.stdin.read()) {
    for (let rest = keys; rest !== ''; ) {
      const next = nextKey(rest)
      rest = next.rest
      const outcome = editor.press(next.key)
      if (outcome.type === 'leave' || (outcome.type === 'run' && obey(sitting, outcome.line))) return
    }
    await draw(sitting)
  }
}

/** A line behind `:`. @returns whether vi is left */
function obey(sitting: Sitting, line: string): boolean {
  const { editor, text } = sitting
  const [, command = '', force = '', operand = ''] = /^(wq|w|q|x|e|r|set|\d+|\$|%?s)(!?)\s*(.*)$/.exec(line) ?? []
  if (/^\d+$/.test(command)) text.cursor = { row: Number(command) - 1, column: 0 }
  else if (command === '$') text.cursor = { row: text.lines.length - 1, column: 0 }
  else if (command === '%s' || command === 's') substitute(sitting, operand, command === '%s')
  else if (command === 'q') {
    if (!text.isModified || force) return true
    editor.message = 'No write since last change (:quit! overrides)'
  } else if (command === 'w' || command === 'wq' || command === 'x') {
    const mustWrite = command !== 'x' || text.isModified
    if ((!mustWrite || write(sitting, operand)) && command !== 'w') return true
  } else if (command === 'e' || command === 'r') editor.message = `:${command} is not known here`
  else if (command === 'set') editor.message = `bad option: ${operand}`
  else editor.message = line === '' ? '' : `:${line} is not a command`
  text.clamp(false)
  return false
}

function write({ process, editor, text, path }: Sitting, operand: string): boolean {
  const target = operand || path
  if (!target) {
    editor.message = 'No current filename'
    return false
  }
  try {
    process.machine.fs.write(resolve(process, target), text.text)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    editor.message = `'${target}' ${error.message}`
    return false
  }
  if (target === path) text.isModified = false
  editor.message = `'${target}' ${text.lines.length}L, ${text.text.length}C`
  return true
}

/** `s/old/new/g`, in this line or in all. */
function substitute({ editor, text }: Sitting, operand: string, everywhere: boolean): void {
  const mark = operand[0] ?? '/'
  const [, from = '', to = '', flags = ''] = operand.split(mark)
  if (!from) {
    editor.message = 'Pattern not found'
    return
  }
  let pattern: RegExp
  try {
    pattern = new RegExp(from, flags.includes('g') ? 'g' : '')
  } catch {
    editor.message = `bad search pattern: ${from}`
    return
  }
  text.mark()
  const rows = everywhere ? text.lines.map((_, row) => row) : [text.cursor.row]
  let changed = 0
  for (const row of rows) {
    const before = text.lines[row] ?? ''
    const after = before.replace(pattern, to.replaceAll('&', '$&'))
    if (after === before) continue
    text.lines[row] = after
    text.cursor = { row, column: 0 }
    text.isModified = true
    changed++
  }
  editor.message = changed === 0 ? 'Pattern not found' : ''
}

async function draw(sitting: Sitting): Promise<void> {
  const { process, terminal, editor, text, path } = sitting
  const page = terminal.rows - 1
  const { row, column } = text.cursor
  if (row < sitting.first) sitting.first = row
  if (row >= sitting.first + page) sitting.first = row - page + 1
  const left = Math.max(0, column - terminal.columns + 1)
  const shown = Array.from({ length: page }, (_, index) => {
    const line = text.lines[sitting.first + index]
    return line === undefined ? '~' : line.replaceAll('\t', ' ').slice(left, left + terminal.columns)
  })
  const share = Math.round((100 * (row + 1)) / text.lines.length)
  const state = `${editor.mode === 'insert' ? 'I' : '-'} ${path || 'No file'}${text.isModified ? ' [Modified]' : ''} ${row + 1}/${text.lines.length} ${share}%`
  const foot = editor.mode === 'command' ? editor.typed : editor.message || state
  const cursor =
    editor.mode === 'command' ? `${terminal.rows};${editor.typed.length + 1}` : `${row - sitting.first + 1};${column - left + 1}`
  const body = [...shown, foot].map((line) => `${line}\x1b[K`).join('\r\n')
  await process.stdout.write(`\x1b[H${body}\x1b[${cursor}H`)
}
