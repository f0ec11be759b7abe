import type { Process } from '../../../containers/process.js'
import { command, eachLines, readOptions, resolve, stop } from '../command.js'
import { LONGEST_SEARCHED, toRegExp } from './expression.js'

export const grep = command(async (process, args) => {
  const name = process.argv[0] ?? 'grep'
  const options = readOptions(args, ['e', 'm', 'A', 'B', 'C', 'f'])
  const { flags, values } = options
  const patterns = values.has('e') ? [values.get('e') ?? ''] : [options.operands.shift() ?? '']
  const isFixed = flags.has('F') || name === 'fgrep'
  const expressions = patterns
    .flatMap((pattern) => pattern.split('\n'))
    .map((pattern) => {
      const source = isFixed ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : pattern
      const whole = flags.has('w') ? `\\b(?:${source})\\b` : flags.has('x') ? `^(?:${source})$` : source
      return toRegExp(
        whole,
        isFixed || flags.has('E') || flags.has('P') || name === 'egrep' || flags.has('w') || flags.has('x'),
        flags.has('i') ? 'i' : '',
      )
    })
  const hits = (line: string) =>
    expressions.some((expression) => expression.test(line.slice(0, LONGEST_SEARCHED))) !== flags.has('v')
  const paths = flags.has('r') || flags.has('R') ? filesBelow(process, options.operands[0] ?? '.') : options.operands
  const withName = (paths.length > 1 || flags.has('H') || flags.has('r')) && !flags.has('h')
  let found = 0
  const most = Number(values.get('m') ?? Number.POSITIVE_INFINITY)
  const isQuiet = flags.has('q') || flags.has('l')
  const status = await eachLines(process, paths, async (lines, path) => {
    let count = 0
    await lines.each(async (line, index) => {
      if (count >= most) return stop
      if (!hits(line)) return undefined
      count++
      if (isQuiet) return stop
      if (flags.has('c')) return undefined
      const head = `${withName ? `${path}:` : ''}${flags.has('n') ? `${index + 1}:` : ''}`
      const shown = flags.has('o') ? (expressions.map((expression) => expression.exec(line)?.[0]).find(Boolean) ?? line) : line
      await process.stdout.write(`${head}${shown}\n`)
      return count >= most ? stop : undefined
    })
    if (flags.has('c')) await process.stdout.write(`${withName ? `${path}:` : ''}${count}\n`)
    if (flags.has('l') && count > 0) await process.stdout.write(`${path}\n`)
    found += count
  })
  return found > 0 ? 0 : status || 1
})

function filesBelow(process: Process, start: string): string[] {
  const { fs } = process.machine
  const visit = (path: string): string[] =>
    fs.isDirectory(resolve(process, path)) ? fs.list(resolve(process, path)).flatMap((name) => visit(`${path}/${name}`)) : [path]
  return visit(start)
}
