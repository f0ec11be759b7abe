/** chmod, chown and chgrp. */
import { FileError, normalize } from '../../containers/file-system.js'
import { holds } from '../../containers/kernel-view.js'
import type { Process, Program } from '../../containers/process.js'
import { applet, command, complain, resolve, UsageError, WordError } from './command.js'
import { unknownName } from './options.js'

const WHO: Record<string, number> = { u: 0o700, g: 0o070, o: 0o007, a: 0o777, '': 0o777 }
const MAY: Record<string, number> = { r: 0o444, w: 0o222, x: 0o111, X: 0o111 }

/** `u+x,go-w`, `644`; undefined where it is no mode. */
export function changedMode(text: string, before: number): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8)
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

const CHMOD = '[-R] MODE[,MODE]... FILE...'

/** `-x` is a mode and no option. */
export const chmod = command(
  (process, args) => {
    const isDeep = args.includes('-R') || args.includes('--recursive')
    const words = args.filter((arg) => !['-R', '--recursive', '--'].includes(arg))
    const unknown = words.find((word) => /^-(?![rwxX]+$)./.test(word))
    if (unknown?.startsWith('--')) throw unknownName(unknown.slice(2))
    const [text = '', ...paths] = words
    if (unknown || paths.length === 0) throw new UsageError('')
    const { fs } = process.machine
    const change = (path: string) => {
      const node = fs.stat(path)
      const mode = changedMode(text, node && node.type !== 'link' ? node.mode : 0)
      if (mode === undefined) throw new WordError(`invalid mode '${text}'`)
      fs.chmod(path, mode)
      if (isDeep && node?.type === 'directory') for (const name of fs.list(path)) change(normalize(name, path))
    }
    for (const path of paths) change(resolve(process, path))
    return 0
  },
  { usage: CHMOD },
)

function isNamed(process: Process, file: string, name: string): boolean {
  const node = process.machine.fs.stat(file)
  const lines = node?.type === 'file' ? node.data.split('\n') : []
  return name === '' || /^\d+$/.test(name) || lines.some((line) => line.startsWith(`${name}:`))
}

/** @throws WordError */
function mindOwner(process: Process, owner: string): void {
  const [user = '', group] = process.argv[0] === 'chgrp' ? ['', owner] : owner.split(/[:.]/)
  const isUser = isNamed(process, '/etc/passwd', user)
  const isGroup = isNamed(process, '/etc/group', group ?? '')
  if (isUser && isGroup) return
  if (group === undefined) throw new WordError(`unknown user ${owner}`)
  throw new WordError(process.argv[0] === 'chgrp' ? `unknown group ${owner}` : `unknown user/group ${owner}`)
}

/** Files of a simulated container have no owners; who may change them is minded all the same. */
const changeOwner = (process: Process, [owner = '', ...paths]: string[]): number => {
  mindOwner(process, owner)
  for (const path of paths) {
    if (!process.machine.fs.exists(resolve(process, path))) throw new FileError('ENOENT', path)
    if (holds(process.machine.kernel, 'CHOWN')) continue
    complain(process, `${path}: Operation not permitted`)
    return 1
  }
  return 0
}

const LONG = { recursive: 'R', 'no-dereference': 'h' }
const owning = (what: string): Program =>
  applet(`[-Rh] ${what} FILE...`, (process, { operands }) => changeOwner(process, operands), { long: LONG })
export const chown = owning('USER[:[GRP]]')
export const chgrp = owning('GROUP')
