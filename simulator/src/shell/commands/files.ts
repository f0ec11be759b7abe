import { baseName, FileError, type FileSystem, fileBytes, type Node, normalize, parentOf } from '../../containers/file-system.js'
import { holds } from '../../containers/kernel-view.js'
import type { Process, Program } from '../../containers/process.js'
import type { Data, Source } from '../../containers/stream.js'
import { sleep } from '../../time/clock.js'
import { nextTurn } from '../../time/steps.js'
import { matchesPattern } from '../pattern.js'
import { command, complain, eachInput, linesOf, readOptions, resolve } from './command.js'
import { fromDevice, isDevice, sizeIn } from './disk.js'

const cat = command((process, args) => {
  const { operands } = readOptions(args)
  if (operands.length > 0) return eachInput(process, operands, (data) => process.stdout.write(data))
  return copyStream(process)
})

/** Passes the input on as it comes. */
async function copyStream(process: Process): Promise<number> {
  for (let data = await process.stdin.read(); data !== null; data = await process.stdin.read()) await process.stdout.write(data)
  return 0
}

const sizeOf = (node: Node): number => (node.type === 'file' ? fileBytes(node) : node.type === 'link' ? node.target.length : 4096)

function modeText(node: Node): string {
  const mode = node.type === 'link' ? 0o777 : node.mode
  const bits = [...'rwxrwxrwx'].map((letter, index) => (mode & (1 << (8 - index)) ? letter : '-')).join('')
  return (node.type === 'directory' ? 'd' : node.type === 'link' ? 'l' : '-') + bits
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function dateText(node: Node, nowMs: number): string {
  const time = new Date(node.type === 'link' || !node.mtimeMs ? nowMs : node.mtimeMs)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${MONTHS[time.getUTCMonth()]} ${String(time.getUTCDate()).padStart(2, ' ')} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`
}

function longLine(process: Process, name: string, node: Node): string {
  const target = node.type === 'link' ? ` -> ${node.target}` : ''
  return `${modeText(node)} ${String(node.type === 'directory' ? 2 : 1).padStart(4)} root     root     ${String(sizeOf(node)).padStart(9)} ${dateText(node, process.machine.clock.now())} ${name}${target}`
}

const ls = command(async (process, args) => {
  const { flags, operands } = readOptions(args)
  const { fs } = process.machine
  let status = 0
  const show = async (names: string[], folder: string) => {
    if (!flags.has('l')) return process.stdout.write(names.map((name) => `${name}\n`).join(''))
    if (folder) await process.stdout.write(`total ${names.length * 4}\n`)
    for (const name of names) {
      const node = fs.stat(normalize(name, folder || process.cwd), false)
      if (node) await process.stdout.write(`${longLine(process, name, node)}\n`)
    }
  }
  const targets = operands.length > 0 ? operands : ['.']
  for (const target of targets) {
    const path = resolve(process, target)
    const node = fs.stat(path)
    if (!node) {
      complain(process, `${target}: No such file or directory`)
      status = 1
    } else if (node.type !== 'directory' || flags.has('d')) await show([target], '')
    else {
      if (targets.length > 1) await process.stdout.write(`${target}:\n`)
      const names = fs.list(path).filter((name) => flags.has('a') || flags.has('A') || !name.startsWith('.'))
      await show(flags.has('a') ? ['.', '..', ...names] : names, path)
    }
  }
  return status
})

const mkdir = command((process, args) => {
  const { flags, operands } = readOptions(args, ['m'])
  for (const path of operands) process.machine.fs.makeDirectory(resolve(process, path), flags.has('p'))
  return 0
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
        complain(process, `can't stat '${operand}': No such file or directory`)
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

const chmod = command((process, args) => {
  const [mode = '', ...paths] = args.filter((arg) => arg !== '-R')
  for (const path of paths) {
    const full = resolve(process, path)
    const node = process.machine.fs.stat(full)
    const before = node && node.type !== 'link' ? node.mode : 0
    const bits = /^[0-7]+$/.test(mode)
      ? Number.parseInt(mode, 8)
      : mode.includes('+x')
        ? before | 0o111
        : mode.includes('-x')
          ? before & ~0o111
          : before
    process.machine.fs.chmod(full, bits)
  }
  return 0
})

const stat = command(async (process, args) => {
  const { operands, values } = readOptions(args, ['c'])
  for (const path of operands) {
    const node = process.machine.fs.stat(resolve(process, path))
    if (!node) throw new FileError('ENOENT', path)
    const mode = node.type === 'link' ? 0o777 : node.mode
    const format = values.get('c') ?? '  File: %n\n  Size: %s\t%F\nAccess: (%a)'
    const kind = node.type === 'directory' ? 'directory' : node.type === 'link' ? 'symbolic link' : 'regular file'
    const fields: Record<string, string> = {
      n: path,
      s: String(sizeOf(node)),
      F: kind,
      a: mode.toString(8),
      U: 'root',
      G: 'root',
    }
    await process.stdout.write(`${format.replace(/%([a-zA-Z])/g, (all, letter: string) => fields[letter] ?? all)}\n`)
  }
  return 0
})

const find = command(async (process, args) => {
  const start = args.findIndex((arg) => arg.startsWith('-'))
  const roots = start === 0 ? ['.'] : args.slice(0, start < 0 ? undefined : start)
  const { values } = readFindTests(start < 0 ? [] : args.slice(start))
  const { fs } = process.machine
  const visit = async (path: string, shown: string): Promise<void> => {
    const node = fs.stat(path, false)
    if (!node) return complain(process, `${shown}: No such file or directory`)
    const type = node.type === 'directory' ? 'd' : node.type === 'link' ? 'l' : 'f'
    const fits = (!values.type || values.type === type) && (!values.name || matchesPattern(values.name, baseName(path)))
    if (fits) await process.stdout.write(`${shown}\n`)
    if (node.type !== 'directory') return
    for (const name of fs.list(path)) await visit(normalize(name, path), `${shown.replace(/\/$/, '')}/${name}`)
  }
  for (const root of roots) await visit(resolve(process, root), root)
  return 0
})

function readFindTests(args: string[]): { values: { name?: string; type?: string } } {
  const values: { name?: string; type?: string } = {}
  for (const [index, arg] of args.entries()) {
    if (arg === '-name') values.name = args[index + 1] ?? ''
    if (arg === '-type') values.type = args[index + 1] ?? ''
  }
  return { values }
}

const countOf = (options: ReturnType<typeof readOptions>): number => {
  const short = [...options.flags].filter((flag) => /^\d$/.test(flag)).join('')
  return Number(options.values.get('n') ?? options.values.get('lines') ?? (short || 10))
}

/** Only as much as is wanted: what writes into a pipe may never end. */
async function readUntil(source: Source, isEnough: (data: Data) => boolean): Promise<Data> {
  let all = ''
  while (!isEnough(all)) {
    const data = await source.read()
    if (data === null) break
    all += data
  }
  return all
}

const head = command(async (process, args) => {
  const options = readOptions(args, ['n', 'c', 'lines'])
  const bytes = options.values.get('c')
  const count = countOf(options)
  const first = (data: Data) =>
    bytes !== undefined
      ? data.slice(0, sizeIn(bytes))
      : linesOf(data)
          .slice(0, count)
          .map((line) => `${line}\n`)
          .join('')
  if (bytes !== undefined && isDevice(options.operands[0])) {
    await process.stdout.write(fromDevice(process, options.operands[0] ?? '', sizeIn(bytes)))
    return 0
  }
  const titled = options.operands.length > 1
  let blank = ''
  if (options.operands.length > 0)
    return eachInput(process, options.operands, async (data, path) => {
      await process.stdout.write(`${titled ? `${blank}==> ${path} <==\n` : ''}${first(data)}`)
      blank = '\n'
    })
  const isEnough = (data: Data) => (bytes !== undefined ? data.length >= sizeIn(bytes) : data.split('\n').length > count)
  await process.stdout.write(first(await readUntil(process.stdin, isEnough)))
  return 0
})

/** How often `tail -f` looks again. */
const LOOK_MS = 200

const tail = command(async (process, args) => {
  const options = readOptions(args, ['n', 'c', 'lines'])
  const [path] = options.operands
  const follow = options.flags.has('f') || options.flags.has('F')
  if (follow && path === '/dev/null') await idle(process)
  const status = await eachInput(process, options.operands, (data) =>
    process.stdout.write(
      linesOf(data)
        .slice(-countOf(options))
        .map((line) => `${line}\n`)
        .join(''),
    ),
  )
  if (!follow || !path || status !== 0) return status
  let seen = process.machine.fs.read(resolve(process, path)).length
  while (!process.signal.aborted) {
    await sleep(process.machine.clock, LOOK_MS, process.signal)
    const data = process.machine.fs.read(resolve(process, path))
    if (data.length > seen) await process.stdout.write(data.slice(seen))
    seen = data.length
  }
  return 143
})

/** Does nothing until it is told to end. */
export async function idle(process: Process): Promise<void> {
  if (!process.signal.aborted)
    await new Promise<void>((done) => process.signal.addEventListener('abort', () => done(), { once: true }))
  await nextTurn()
}

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
    for (const path of args.filter((arg) => !arg.startsWith('-'))) {
      if (process.machine.fs.list(resolve(process, path)).length > 0) throw new FileError('ENOTEMPTY', path)
      process.machine.fs.remove(resolve(process, path), true)
    }
    return 0
  }),
}
