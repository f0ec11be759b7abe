/** `set`, `shift` and `getopts`: the shell's options and its arguments. */
import { type Io, LETTERS, type Shell } from '../shell.js'
import { complain, fail, numberOf } from './builtin.js'

type OptionName = keyof Shell['options']
const byLetter = new Map(LETTERS)
/** They say how a shell at a terminal behaves; ours does so always, or has no such thing. */
const TAKEN = ['b', 'm', 'h', 'B', 'C', 'E', 'I', 'i', 'v', 'n']
const NAMES_TAKEN = ['monitor', 'notify', 'ignoreeof', 'vi', 'interactive', 'noclobber', 'verbose', 'noexec', 'posix']

const optionNamed = (shell: Shell, name: string | undefined): OptionName | undefined =>
  name !== undefined && name in shell.options ? (name as OptionName) : undefined

/** Takes one word of options such as `-eo`, with their names, from the front of `words`. @returns one that the shell does not have */
export function takeOption(shell: Shell, words: string[]): string | undefined {
  const word = words.shift() ?? ''
  const isOn = word.startsWith('-')
  for (const letter of word.slice(1)) {
    const named = letter === 'o' ? words.shift() : undefined
    const option = letter === 'o' ? optionNamed(shell, named) : byLetter.get(letter)
    if (option) shell.options[option] = isOn
    else if (letter === 'o' ? !NAMES_TAKEN.includes(named ?? '') : !TAKEN.includes(letter))
      return `${isOn ? '-' : '+'}${letter}${named === undefined ? '' : ` ${named}`}`
  }
  return undefined
}

export async function set(shell: Shell, args: string[], io: Io): Promise<number> {
  if (args.length === 0) {
    for (const [name, value] of [...shell.variables].sort())
      await io.stdout.write(`${name}='${value.replaceAll("'", `'"'"'`)}'\n`)
    return 0
  }
  if (args.length === 1 && (args[0] === '-o' || args[0] === '+o')) {
    await io.stdout.write('Current option settings\n')
    for (const [name, isOn] of Object.entries(shell.options)) await io.stdout.write(`${name.padEnd(15)} ${isOn ? 'on' : 'off'}\n`)
    return 0
  }
  const rest = [...args]
  while (/^[-+]./.test(rest[0] ?? '') && rest[0] !== '--') {
    const unknown = takeOption(shell, rest)
    if (unknown?.slice(1).startsWith('o')) await complain(shell, io, `set: illegal option ${unknown}`)
    else if (unknown !== undefined) return fail(shell, io, `set: illegal option ${unknown}`)
  }
  const hasMarker = rest[0] === '--' || rest[0] === '-'
  if (hasMarker) rest.shift()
  if (rest.length > 0 || hasMarker) shell.arguments = rest
  return 0
}

export async function shift(shell: Shell, [text = '1']: string[], io: Io): Promise<number> {
  const count = await numberOf(shell, io, { name: 'shift', text })
  if (count > shell.arguments.length) return 1
  shell.arguments = shell.arguments.slice(count)
  return 0
}

/** `getopts OPTIONS NAME [ARG...]` @see POSIX, getopts */
export async function getopts(shell: Shell, [options = '', name = 'opt', ...given]: string[], io: Io): Promise<number> {
  const words = given.length > 0 ? given : shell.arguments
  const isQuiet = options.startsWith(':')
  let index = Number(shell.get('OPTIND') ?? 1) || 1
  const end = () => {
    shell.optionAt = 0
    shell.set('OPTIND', String(index))
    shell.set(name, '?')
    return 1
  }
  const word = words[index - 1]
  if (word === undefined || (shell.optionAt === 0 && !/^-./.test(word))) return end()
  if (word === '--') {
    index++
    return end()
  }
  const letter = word[shell.optionAt + 1] ?? ''
  const isLastLetter = shell.optionAt + 2 >= word.length
  const known = letter !== ':' && options.includes(letter)
  const takesValue = known && options[options.indexOf(letter) + 1] === ':'
  const glued = word.slice(shell.optionAt + 2)
  shell.variables.delete('OPTARG')
  shell.optionAt = isLastLetter || takesValue ? 0 : shell.optionAt + 1
  if (isLastLetter || takesValue) index++
  let shown = known ? letter : '?'
  if (takesValue) {
    const value = glued || words[index++ - 1]
    if (value === undefined) shown = isQuiet ? ':' : '?'
    else shell.set('OPTARG', value)
    if (value === undefined) index--
    if (value === undefined && isQuiet) shell.set('OPTARG', letter)
    if (value === undefined && !isQuiet) await complain(shell, io, `No arg for -${letter} option`)
  } else if (!known) {
    if (isQuiet) shell.set('OPTARG', letter)
    else await complain(shell, io, `Illegal option -${letter}`)
  }
  shell.set('OPTIND', String(index))
  shell.set(name, shown)
  return 0
}
