import { FileError, normalize, parentOf } from '../../containers/file-system.js'
import type { Process, Program } from '../../containers/process.js'
import { cat } from './cat.js'
import { agrees, applet, complain, resolve, UsageError, WordError } from './command.js'
import { cp, ln, mv } from './copy.js'
import { timeIn } from './date.js'
import { head, tail } from './ends.js'
import { find } from './find.js'
import { ls, stat } from './listing.js'
import { changedMode, chgrp, chmod, chown } from './modes.js'

/** Does the same with each, and tells of those with which it could not be done. */
async function eachPath(
  process: Process,
  paths: string[],
  { work, problem }: { work: (path: string, shown: string) => unknown; problem: (path: string, error: FileError) => string },
): Promise<number> {
  let status = 0
  for (const path of paths) {
    try {
      await work(resolve(process, path), path)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      complain(process, problem(path, error))
      status = 1
    }
  }
  return status
}

const mkdir = applet(
  '[-m MODE] [-pv] DIRECTORY...',
  (process, { flags, values, operands }) => {
    const { fs } = process.machine
    const mode = changedMode(values.get('m') ?? '755', 0o777)
    if (mode === undefined) throw new WordError(`invalid mode '${values.get('m')}'`)
    return eachPath(process, operands, {
      async work(path, shown) {
        const isThere = fs.exists(path)
        fs.makeDirectory(path, flags.has('p'))
        if (values.has('m') && !isThere) fs.chmod(path, mode)
        if (flags.has('v') && !isThere) await process.stdout.write(`created directory: '${shown}'\n`)
      },
      problem: (path, { message }) => `can't create directory '${path}': ${message}`,
    })
  },
  { long: { parents: 'p', mode: 'm', verbose: 'v' } },
)

/** The time that `-d`, `-t` or `-r` says; undefined for now. @throws WordError */
function wantedTime({ machine, ...process }: Process, values: Map<string, string>): number | undefined {
  const text = values.get('d') ?? values.get('t')
  const like = values.get('r')
  if (like !== undefined) {
    const node = machine.fs.stat(normalize(like, process.cwd))
    if (!node) throw new FileError('ENOENT', like)
    return node.type === 'link' ? undefined : node.mtimeMs
  }
  if (text === undefined) return undefined
  const timeMs = timeIn(text, machine.clock.now())
  if (timeMs === undefined) throw new WordError(`invalid date '${text}'`)
  return timeMs
}

const touch = applet(
  '[-c] [-d DATE] [-t DATE] [-r FILE] FILE...',
  (process, { flags, values, operands }) => {
    const { fs } = process.machine
    const timeMs = wantedTime(process, values)
    return eachPath(process, operands, {
      work(path) {
        const node = fs.stat(path)
        if (!node && flags.has('c')) return
        if (node?.type !== 'directory') fs.write(path, '', { append: true })
        const touched = fs.stat(path)
        if (touched && touched.type !== 'link') touched.mtimeMs = timeMs ?? fs.options.now()
      },
      problem: (path, { message }) => `${path}: ${message}`,
    })
  },
  { long: { 'no-create': 'c', date: 'd', reference: 'r' } },
)

const rm = applet(
  '[-irRfv] FILE...',
  async (process, { flags, operands }) => {
    if (operands.length === 0 && !flags.has('f')) throw new UsageError('')
    const { fs } = process.machine
    return eachPath(process, operands, {
      async work(path, shown) {
        if (flags.has('f') && !fs.stat(path, false)) return
        if (flags.has('i') && !(await agrees(process, `remove '${shown}'`))) return
        fs.remove(path, flags.has('r') || flags.has('R'))
        if (flags.has('v')) await process.stdout.write(`removed '${shown}'\n`)
      },
      problem: (path, { code, message }) =>
        code === 'EISDIR' ? `'${path}' is a directory` : `can't remove '${path}': ${message}`,
    })
  },
  { long: { recursive: 'r', force: 'f', interactive: 'i', verbose: 'v' }, least: 0 },
)

const rmdir = applet(
  '[-p] [--ignore-fail-on-non-empty] DIRECTORY...',
  (process, { flags, operands }) => {
    const { fs } = process.machine
    const remove = (path: string, shown: string): void => {
      const isFull = fs.list(path).length > 0
      if (isFull && flags.has('ignore-fail-on-non-empty')) return
      if (isFull) throw new FileError('ENOTEMPTY', path)
      fs.remove(path, true)
      if (flags.has('p') && shown.includes('/')) remove(parentOf(path), shown.replace(/\/+[^/]*$/, ''))
    }
    return eachPath(process, operands, { work: remove, problem: (path, { message }) => `'${path}': ${message}` })
  },
  { long: { parents: 'p' } },
)

/** The path without a link in its last part. */
function canonical({ machine: { fs }, cwd }: Process, operand: string): string {
  let path = normalize(operand, cwd)
  for (let links = 0; links < 40; links++) {
    const node = fs.stat(path, false)
    if (node?.type !== 'link') break
    path = normalize(node.target, parentOf(path))
  }
  return path
}

const readlink = applet(
  '[-fnv] FILE',
  async (process, { operands: [operand = ''], flags }) => {
    const node = process.machine.fs.stat(resolve(process, operand), false)
    const text = flags.has('f') ? canonical(process, operand) : node?.type === 'link' ? node.target : undefined
    if (text !== undefined) await process.stdout.write(`${text}${flags.has('n') ? '' : '\n'}`)
    else if (flags.has('v'))
      complain(process, `${operand}: cannot read link: ${node ? 'Invalid argument' : 'No such file or directory'}`)
    return text === undefined ? 1 : 0
  },
  { long: { canonicalize: 'f', 'no-newline': 'n' } },
)

const realpath = applet('FILE...', async (process, { operands }) => {
  const { fs } = process.machine
  let status = 0
  for (const operand of operands) {
    const path = canonical(process, operand)
    if (fs.exists(path) || fs.exists(parentOf(path))) await process.stdout.write(`${path}\n`)
    else {
      complain(process, `${operand}: No such file or directory`)
      status = 1
    }
  }
  return status
})

export const fileCommands: Record<string, Program> = {
  cat,
  ls,
  mkdir,
  touch,
  rm,
  rmdir,
  cp,
  mv,
  ln,
  chmod,
  chown,
  chgrp,
  stat,
  find,
  head,
  tail,
  readlink,
  realpath,
}
