/** What the Tab key adds: the rest of a command's or a file's name, as far as it is certain. */
import { normalize } from '../containers/file-system.js'
import { builtins } from './builtins/index.js'
import type { Shell } from './shell.js'

export interface Completion {
  /** What is certain. */
  added: string
  /** What there is to choose from, where nothing is. */
  choices: string[]
}
export type Complete = (before: string) => Completion

const commonStart = (words: string[]): string =>
  words.reduce((common, word) => {
    let length = 0
    while (length < common.length && common[length] === word[length]) length++
    return common.slice(0, length)
  })

const quoted = (text: string): string => text.replace(/[ \t'"\\$&;|<>()*?[\]]/g, '\\$&')

function filesFor({ machine: { fs }, cwd, variables }: Shell, word: string): { typed: string; names: string[] } {
  const slash = word.lastIndexOf('/')
  const [folder, typed] = [word.slice(0, slash + 1), word.slice(slash + 1)]
  const path = normalize(folder.replace(/^~\//, `${variables.get('HOME') ?? ''}/`), cwd)
  const all = fs.isDirectory(path) ? fs.list(path) : []
  const names = all.filter((name) => name.startsWith(typed) && (typed.startsWith('.') || !name.startsWith('.')))
  return { typed, names: names.map((name) => (fs.isDirectory(normalize(name, path)) ? `${name}/` : name)) }
}

function commandsFor({ machine, functions }: Shell, word: string): string[] {
  const names = [...machine.programs.keys(), ...builtins.keys(), ...functions.keys()]
  return [...new Set(names)].filter((name) => !name.includes('/') && name.startsWith(word)).sort()
}

export function complete(shell: Shell, before: string): Completion {
  const word = /(?:[^\s;|&<>(]|\\.)*$/.exec(before)?.[0] ?? ''
  const isCommand = /(?:^|[;|&(]|\b(?:then|do|else|sudo|exec|time))\s*$/.test(before.slice(0, before.length - word.length))
  const plain = word.replace(/\\(.)/g, '$1')
  const isName = isCommand && !plain.includes('/')
  const { typed, names } = isName ? { typed: plain, names: commandsFor(shell, plain) } : filesFor(shell, plain)
  const [only] = names
  if (only === undefined) return { added: '', choices: [] }
  const added = quoted((names.length === 1 ? only : commonStart(names)).slice(typed.length))
  const end = names.length === 1 && !only.endsWith('/') ? ' ' : ''
  return { added: added + end, choices: names }
}
