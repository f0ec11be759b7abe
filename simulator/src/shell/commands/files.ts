import { baseName, FileError, type FileSystem, normalize, parentOf } from '../../containers/file-system.js'
import { holds } from '../../containers/kernel-view.js'
import type { Process, Program } from '../../containers/process.js'
import { command, complain, eachInput, eachLines, readOptions, resolve } from './command.js'
import { head, tail } from './ends.js'
import { find } from './find.js'
import { ls, stat } from './listing.js'

const cat = command((process, args) => {
  const { operands, flags } = readOptions(args)
  if (flags.size > 0 && [...flags].some((flag) => 'nbAetvT'.includes(flag))) return catMarked(process, operands, flags)
  if (operands.length > 0) return eachInput(process, operands, (data) => process.stdout.write(data))
  return copyStream(process)
})

/** With numbers of lines (`-n`, `-b`), or with what is not seen (`-A`, `-e`, `-t`, `-v`). */
function catMarked(process: Process, operands: string[], flags: Set<string>): Promise<number> {
  const has = (letters: string) => [...letters].some((letter) => flags.has(letter))
  let count = 0
  const marked = (line: string) => {
    const tabs = has('AtT') ? line.replaceAll('\t', '^I') : line
    const seen = has('AetvT')
      ? [...tabs]
          .map((letter) => (letter < ' ' && letter !== '\t' ? `^${String.fromCharCode(letter.charCodeAt(0) + 64)}` : letter))
          .join('')
      : tabs
    const numbered = has('n') || (has('b') && line !== '')
    return `${numbered ? `${String(++count).padStart(6)}\t` : ''}${seen}${has('Ae') ? '$' : ''}\n`
  }
  return eachLines(process, operands, (lines) => lines.each((line) => process.stdout.write(marked(line))))
}

/** Passes the input on as it comes. */
async function copyStream(process: Process): Promise<number> {
  for (let data = await process.stdin.read(); data !== null; data = await process.stdin.read()) await process.stdout.write(data)
  return 0
}

/** Does the same with each, and tells of those with which it could not be done. */
function eachPath(
  process: Process,
  paths: string[],
  { work, problem }: { work: (path: string) => void; problem: (path: string, why: string) => string },
): number {
  let status = 0
  for (const path of paths) {
    try {
      work(resolve(process, path))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      complain(process, problem(path, error.message))
      status = 1
    }
  }
  return status
}

const mkdir = command((process, args) => {
  const { flags, operands } = readOptions(args, ['m'])
  return eachPath(process, operands, {
    work: (path) => process.machine.fs.makeDirectory(path, flags.has('p')),
    problem: (path, why) => `can't create directory '${path}': ${why}`,
  })
})

const touch = command((process, args) => {
  const { operands } = readOptions(args)
  for (const path of operands) process.machine.fs.write(resolve(process, path), '', { append: true })
  return 0
})

const rm = command((process, args) => {
  const { flags, operands } = readOptions(args)
  let status = 0
  for (const path of operands) {
    try {
      process.machine.fs.remove(resolve(process, path), flags.has('r') || flags.has('R'))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      if (flags.has('f') && error.code === 'ENOENT') continue
      complain(process, error.code === 'EISDIR' ? `'${path}' is a directory` : `can't remove '${path}': ${error.message}`)
      status = 1
    }
  }
  return status
})

const targetIn = (fs: FileSystem, target: string, source: string): string =>
  fs.isDirectory(target) ? normalize(baseName(source), target) : target

const copy = (move: boolean): Program =>
  command((process, args) => {
    const { flags, operands } = readOptions(args)
    const { fs } = process.machine
    const target = resolve(process, operands.pop() ?? '')
    for (const operand of operands) {
      const source = resolve(process, operand)
      const node = fs.stat(source)
      if (!node) {
        complain(process, `can't ${move ? 'rename' : 'stat'} '${operand}': No such file or directory`)
        return 1
      }
      if (node.type === 'directory' && !move && !flags.has('r') && !flags.has('R') && !flags.has('a')) {
        complain(process, `omitting directory '${operand}'`)
        return 1
      }
      fs.put(targetIn(fs, target, source), fs.copyOf(source))
      if (move) fs.remove(source, true)
    }
    return 0
  })

const ln = command((process, args) => {
  const { operands } = readOptions(args)
  const [target = '', name = baseName(target)] = operands
  process.machine.fs.put(resolve(process, name), { type: 'link', target })
  return 0
})

const WHO: Record<string, number> = { u: 0o700, g: 0o070, o: 0o007, a: 0o777, '': 0o777 }
const MAY: Record<string, number> = { r: 0o444, w: 0o222, x: 0o111, X: 0o111 }

/** `u+x,go-w`, `644`; undefined where it is no mode. */
function changedMode(text: string, before: number): number | undefined {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8)
  let mode = before
  for (const part of text.split(',')) {
    const [, who = '', sign, what = ''] = /^([ugoa]*)([-+=])([rwxX]*)$/.exec(part) ?? []
    if (!sign) return undefined
    const mask = [...(who || 'a')].reduce((sum, each) => sum | (WHO[each] ?? 0), 0)
    const bits = [...what].reduce((sum, each) => sum | (MAY[each] ?? 0), 0) & mask
    mode = sign === '+' ? mode | bits : sign === '-' ? mode & ~bits : (mode & ~mask) | bits
  }
  return mode
}

const chmod = command((process, args) => {
  const isDeep = args.includes('-R')
  const [text = '', ...paths] = args.filter((arg) => arg !== '-R')
  const { fs } = process.machine
  const change = (path: string): boolean => {
    const node = fs.stat(path)
    const mode = changedMode(text, node && node.type !== 'link' ? node.mode : 0)
    if (mode === undefined) return false
    fs.chmod(path, mode)
    return !isDeep || node?.type !== 'directory' || fs.list(path).every((name) => change(normalize(name, path)))
  }
  if (paths.every((path) => change(resolve(process, path)))) return 0
  complain(process, `invalid mode '${text}'`)
  return 1
})

const readlink = command(async (process, args) => {
  const { operands, flags } = readOptions(args)
  const path = resolve(process, operands[0] ?? '')
  const node = process.machine.fs.stat(path, false)
  if (flags.has('f')) await process.stdout.write(`${node?.type === 'link' ? normalize(node.target, parentOf(path)) : path}\n`)
  else if (node?.type === 'link') await process.stdout.write(`${node.target}\n`)
  else return 1
  return 0
})

/** Files of a simulated container have no owners; who may change them is minded all the same. */
const chown = command((process, args) => {
  const [, ...paths] = args.filter((arg) => !arg.startsWith('-'))
  for (const path of paths) {
    if (!process.machine.fs.exists(resolve(process, path))) throw new FileError('ENOENT', path)
    if (holds(process.machine.kernel, 'CHOWN')) continue
    complain(process, `${path}: Operation not permitted`)
    return 1
  }
  return 0
})

export const fileCommands: Record<string, Program> = {
  cat,
  ls,
  mkdir,
  touch,
  rm,
  cp: copy(false),
  mv: copy(true),
  ln,
  chmod,
  chown,
  chgrp: chown,
  stat,
  find,
  head,
  tail,
  readlink,
  rmdir: command((process, args) => {
    const { fs } = process.machine
    return eachPath(
      process,
      args.filter((arg) => !arg.startsWith('-')),
      {
        work: (path) => {
          if (fs.list(path).length > 0) throw new FileError('ENOTEMPTY', path)
          fs.remove(path, true)
        },
        problem: (path, why) => `'${path}': ${why}`,
      },
    )
  }),
}
