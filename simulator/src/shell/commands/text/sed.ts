import type { Sink } from '../../../containers/stream.js'
import { command, eachLines, type Lines, readOptions, resolve } from '../command.js'
import { LONGEST_SEARCHED, toRegExp } from './expression.js'

interface Edit {
  address: RegExp | number | '$' | undefined
  last?: RegExp | number | '$' | undefined
  apply: 'p' | 'd' | { expression: RegExp; replacement: string; print: boolean }
}

function parseEdit(text: string, extended: boolean): Edit {
  const match = /^(?:(\d+|\$|\/(?:[^/\\]|\\.)*\/)(?:,(\d+|\$|\/(?:[^/\\]|\\.)*\/))?)?\s*([spd])(.*)$/s.exec(text.trim())
  if (!match) throw new Error(`bad expression: ${text}`)
  const [, first, last, verb, rest = ''] = match
  const address = (part: string | undefined): Edit['address'] =>
    part === undefined
      ? undefined
      : part === '$'
        ? '$'
        : part.startsWith('/')
          ? toRegExp(part.slice(1, -1), extended, '')
          : Number(part)
  const range = { address: address(first), ...(last ? { last: address(last) } : {}) }
  if (verb !== 's') return { ...range, apply: verb as 'p' | 'd' }
  const separator = rest[0] ?? '/'
  const parts = rest.slice(1).split(new RegExp(`(?<!\\\\)\\${separator}`))
  const [pattern = '', replacement = '', flags = ''] = parts
  const source = pattern.replaceAll(`\\${separator}`, separator)
  return {
    ...range,
    apply: {
      expression: toRegExp(
        source,
        extended,
        `${flags.includes('g') ? 'g' : ''}${flags.includes('I') || flags.includes('i') ? 'i' : ''}`,
      ),
      replacement,
      print: flags.includes('p'),
    },
  }
}

export const sed = command(async (process, args) => {
  const options = readOptions(args, ['e', 'f'])
  const script = options.values.get('e') ?? options.operands.shift() ?? ''
  const extended = options.flags.has('E') || options.flags.has('r')
  const edits = script
    .split(/;(?![^/]*\/[gpI]*(?:;|$))|\n/)
    .filter((part) => part.trim())
    .map((part) => parseEdit(part, extended))
  const quiet = options.flags.has('n')
  if (!options.flags.has('i'))
    return eachLines(process, options.operands, (lines) => editLines(edits, lines, { quiet, out: process.stdout }))
  return eachLines(process, options.operands, async (lines, path) => {
    const edited: string[] = []
    await editLines(edits, lines, { quiet, out: { write: (data) => void edited.push(data) } })
    process.machine.fs.write(resolve(process, path), edited.join(''))
  })
})

/** Which line is the last one is seen when another comes or none. */
async function editLines(edits: Edit[], lines: Lines, { quiet, out }: { quiet: boolean; out: Sink }): Promise<void> {
  const inside = new Set<Edit>()
  let held: { line: string; number: number } | undefined
  const write = async (isLast: boolean) => {
    if (held) await out.write(editLine(edits, { ...held, isLast, inside, quiet }))
  }
  await lines.each(async (line, index) => {
    await write(false)
    held = { line, number: index + 1 }
  })
  await write(true)
}

interface SedLine {
  line: string
  number: number
  isLast: boolean
  inside: Set<Edit>
  quiet: boolean
}

function editLine(edits: Edit[], { line, number, isLast, inside, quiet }: SedLine): string {
  let text = line
  let extra = ''
  const meets = (address: Edit['address']) =>
    address === undefined
      ? true
      : address === '$'
        ? isLast
        : typeof address === 'number'
          ? address === number
          : address.test(text.slice(0, LONGEST_SEARCHED))
  for (const edit of edits) {
    const applies = edit.last === undefined ? meets(edit.address) : inside.has(edit) || meets(edit.address)
    if (edit.last !== undefined && applies) {
      if (inside.has(edit) && meets(edit.last)) inside.delete(edit)
      else if (edit.last !== number) inside.add(edit)
    }
    if (!applies) continue
    if (edit.apply === 'd') return extra
    if (edit.apply === 'p') extra += `${text}\n`
    else {
      const { expression, replacement, print } = edit.apply
      const searched = text.slice(0, LONGEST_SEARCHED).replace(expression, (...found) => substituted(replacement, found))
      const next = searched + text.slice(LONGEST_SEARCHED)
      if (print && next !== text) extra += `${next}\n`
      text = next
    }
  }
  return `${extra}${quiet ? '' : `${text}\n`}`
}

const substituted = (replacement: string, found: unknown[]): string =>
  replacement.replace(/\\(\d)|\\n|\\(.)|&/g, (all, group: string | undefined, literal: string | undefined) =>
    group ? String(found[Number(group)] ?? '') : all === '&' ? String(found[0]) : all === '\\n' ? '\n' : (literal ?? ''),
  )
