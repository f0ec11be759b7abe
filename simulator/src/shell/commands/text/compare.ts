/** diff, cmp and comm: how two files differ. */
import { type Process, say } from '../../../containers/process.js'
import { command, complain, linesOf, readFile, readOptions } from '../command.js'

interface Step {
  kind: ' ' | '-' | '+'
  line: string
}

/** Larger files are compared as wholes: the table of the longest common part would not fit. */
const MOST_CELLS = 4_000_000

/** What turns the one into the other, by their longest common part. */
function stepsOf(left: string[], right: string[]): Step[] {
  if (left.length * right.length > MOST_CELLS)
    return [...left.map((line): Step => ({ kind: '-', line })), ...right.map((line): Step => ({ kind: '+', line }))]
  const width = right.length + 1
  const common = new Uint32Array((left.length + 1) * width)
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      common[i * width + j] =
        left[i] === right[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0)
  const steps: Step[] = []
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    if (i < left.length && left[i] === right[j] && j < right.length) {
      steps.push({ kind: ' ', line: left[i++] ?? '' })
      j++
    } else if (j >= right.length || (i < left.length && (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0)))
      steps.push({ kind: '-', line: left[i++] ?? '' })
    else steps.push({ kind: '+', line: right[j++] ?? '' })
  }
  return steps
}

const CONTEXT = 3

/** Groups of changes with three lines around them, as `diff -u` shows them; BusyBox knows no other form. */
function hunksOf(steps: Step[]): string {
  const near = steps.map((_step, index) =>
    steps.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ kind }) => kind !== ' '),
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

async function both(process: Process, operands: string[]): Promise<[string, string] | undefined> {
  const [left, right] = operands
  if (left === undefined || right === undefined) {
    complain(process, 'missing operand')
    return undefined
  }
  return [await readFile(process, left), await readFile(process, right)]
}

export const diff = command(async (process, args) => {
  const { flags, operands } = readOptions(args, ['U', 'L'])
  const found = await both(process, operands)
  if (!found) return 2
  const [left, right] = found
  if (left === right) return 0
  if (flags.has('q')) await say(process.stdout, `Files ${operands[0]} and ${operands[1]} differ`)
  else await process.stdout.write(`--- ${operands[0]}\n+++ ${operands[1]}\n${hunksOf(stepsOf(linesOf(left), linesOf(right)))}`)
  return 1
})

export const cmp = command(async (process, args) => {
  const { flags, operands } = readOptions(args)
  const found = await both(process, operands)
  if (!found) return 2
  const [left, right] = found
  if (left === right) return 0
  let at = 0
  while (left[at] === right[at] && at < Math.min(left.length, right.length)) at++
  if (flags.has('s')) return 1
  if (at >= Math.min(left.length, right.length))
    complain(process, `EOF on ${left.length < right.length ? operands[0] : operands[1]}`)
  else
    await say(
      process.stdout,
      `${operands[0]} ${operands[1]} differ: char ${at + 1}, line ${left.slice(0, at).split('\n').length}`,
    )
  return 1
})

/** Of two sorted files: what only the first has, only the second, both. */
export const comm = command(async (process, args) => {
  const { flags, operands } = readOptions(args)
  const found = await both(process, operands)
  if (!found) return 2
  const [left, right] = found.map(linesOf) as [string[], string[]]
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
