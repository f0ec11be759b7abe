/** diff, cmp and comm: how two files differ. */

import { baseName } from '../../../containers/file-system.js'
import { type Process, say } from '../../../containers/process.js'
import { applet, complain, linesOf, readFile, resolve, WordError, wholeNumber } from '../command.js'

interface Step {
  kind: ' ' | '-' | '+'
  line: string
}

/** Larger files are compared as wholes: the table of the longest common part would not fit. */
const MOST_CELLS = 4_000_000

/** What turns the one into the other, by their longest common part. */
function stepsOf(left: string[], right: string[], compared: (line: string) => string): Step[] {
  if (left.length * right.length > MOST_CELLS)
    return [...left.map((line): Step => ({ kind: '-', line })), ...right.map((line): Step => ({ kind: '+', line }))]
  const width = right.length + 1
  const [ones, others] = [left.map(compared), right.map(compared)]
  const common = new Uint32Array((left.length + 1) * width)
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      common[i * width + j] =
        ones[i] === others[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0)
  const steps: Step[] = []
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    if (i < left.length && ones[i] === others[j] && j < right.length) {
      steps.push({ kind: ' ', line: left[i++] ?? '' })
      j++
    } else if (j >= right.length || (i < left.length && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0)))
      steps.push({ kind: '-', line: left[i++] ?? '' })
    else steps.push({ kind: '+', line: right[j++] ?? '' })
  }
  return steps
}

/** Groups of changes with some lines around them, as `diff -u` shows them; BusyBox knows no other form. */
function hunksOf(steps: Step[], context: number): string {
  const near = steps.map((_step, index) =>
    steps.slice(Math.max(0, index - context), index + context + 1).some(({ kind }) => kind !== ' '),
  )
  let text = ''
  let [oldLine, newLine] = [1, 1]
  for (let index = 0; index < steps.length; index++) {
    const start = index
    while (near[index]) index++
    const hunk = steps.slice(start, index)
    if (hunk.length > 0) {
      const olds = hunk.filter(({ kind }) => kind !== '+').length
      const news = hunk.filter(({ kind }) => kind !== '-').length
      const range = (line: number, count: number) => `${count === 0 ? line - 1 : line}${count === 1 ? '' : `,${count}`}`
      text += `@@ -${range(oldLine, olds)} +${range(newLine, news)} @@\n${hunk.map(({ kind, line }) => `${kind}${line}\n`).join('')}`
      oldLine += olds
      newLine += news
    }
    if (index < steps.length) {
      oldLine++
      newLine++
    }
  }
  return text
}

const both = async (process: Process, [left = '', right = '-']: string[]): Promise<[string, string]> => [
  await readFile(process, left),
  await readFile(process, right),
]

/** What of a line counts. */
function comparedBy(flags: Set<string>): (line: string) => string {
  return (line) => {
    const blanks = flags.has('w') ? line.replace(/\s+/g, '') : flags.has('b') ? line.replace(/\s+/g, ' ').trimEnd() : line
    return flags.has('i') ? blanks.toLowerCase() : blanks
  }
}

/** A folder stands for the file in it that has the name of the other. @throws WordError, FileError */
async function contentOf(
  process: Process,
  path: string,
  { other, absentIsEmpty }: { other: string; absentIsEmpty: boolean },
): Promise<string> {
  if (path === '-') return readFile(process, path)
  const { fs } = process.machine
  const full = resolve(process, path)
  const node = fs.stat(fs.isDirectory(full) ? `${full}/${baseName(other)}` : full)
  if (!node && absentIsEmpty) return ''
  if (!node) throw new WordError(`can't stat '${path}': No such file or directory`)
  return fs.read(fs.isDirectory(full) ? `${full}/${baseName(other)}` : full)
}

const DIFF = '[-bBiNqsuw] [-L LABEL] [-U LINES] FILE1 FILE2'

/** `-u` is the only form there is. */
export const diff = applet(
  DIFF,
  async (process, { flags, values, given, operands: [first = '', second = ''] }) => {
    const { fs } = process.machine
    if (fs.isDirectory(resolve(process, first)) && fs.isDirectory(resolve(process, second)))
      throw new WordError('folders of a simulated container are not compared')
    const absentIsEmpty = flags.has('N')
    const left = await contentOf(process, first, { other: second, absentIsEmpty })
    const right = await contentOf(process, second, { other: first, absentIsEmpty })
    const compared = comparedBy(flags)
    const steps = stepsOf(linesOf(left), linesOf(right), compared)
    const changes = steps.filter(({ kind }) => kind !== ' ')
    const areSame = left === right || changes.every(({ line }) => flags.has('B') && line.trim() === '')
    if (areSame && flags.has('s')) await say(process.stdout, `Files ${first} and ${second} are identical`)
    if (areSame) return 0
    if (flags.has('q')) await say(process.stdout, `Files ${first} and ${second} differ`)
    else {
      const labels = given.flatMap(([name, value = '']) => (name === 'L' ? [value] : []))
      const context = wholeNumber(values.get('U') ?? '3')
      await process.stdout.write(`--- ${labels[0] ?? first}\n+++ ${labels[1] ?? second}\n${hunksOf(steps, context)}`)
    }
    return 1
  },
  { status: 2, long: { brief: 'q', unified: 'u', 'ignore-case': 'i', 'report-identical-files': 's', label: 'L' } },
)

/** `-l`: every byte that differs, by its place and as numbers. */
const differences = (left: string, right: string): string =>
  [...left.slice(0, right.length)]
    .map((letter, index) => ({ index, from: letter.charCodeAt(0), to: right.charCodeAt(index) }))
    .filter(({ from, to }) => from !== to)
    .map(
      ({ index, from, to }) => `${String(index + 1).padStart(4)} ${from.toString(8).padStart(3)} ${to.toString(8).padStart(3)}\n`,
    )
    .join('')

export const cmp = applet('[-ls] [-n NUM] FILE1 [FILE2]', async (process, { flags, values, operands }) => {
  const most = values.has('n') ? wholeNumber(values.get('n') ?? '') : Number.POSITIVE_INFINITY
  const [first = '', second = '-'] = operands
  const [left = '', right = ''] = (await both(process, operands)).map((data) => data.slice(0, most))
  if (left === right) return 0
  const shorter = Math.min(left.length, right.length)
  let at = 0
  while (left[at] === right[at] && at < shorter) at++
  if (flags.has('s')) return 1
  if (flags.has('l')) await process.stdout.write(differences(left, right))
  else if (at < shorter)
    await say(process.stdout, `${first} ${second} differ: char ${at + 1}, line ${left.slice(0, at).split('\n').length}`)
  if (at >= shorter || (flags.has('l') && left.length !== right.length))
    complain(process, `EOF on ${left.length < right.length ? first : second}`)
  return 1
})

/** Of two sorted files: what only the first has, only the second, both. */
export const comm = applet('[-123] FILE1 FILE2', async (process, { flags, operands }) => {
  const [left = [], right = []] = (await both(process, operands)).map(linesOf)
  let [i, j] = [0, 0]
  const show = (column: number, line: string) => {
    if (flags.has(String(column))) return
    const before = [1, 2].filter((each) => each < column && !flags.has(String(each))).length
    void process.stdout.write(`${'\t'.repeat(before)}${line}\n`)
  }
  while (i < left.length || j < right.length) {
    const [a, b] = [left[i], right[j]]
    if (b === undefined || (a !== undefined && a < b)) {
      show(1, a ?? '')
      i++
    } else if (a === undefined || b < a) {
      show(2, b)
      j++
    } else {
      show(3, a)
      i++
      j++
    }
  }
  return 0
})
