/** kubectl's options, and what they and its words name. */

import { parseAllDocuments } from 'yaml'
import type { Process } from '../../containers/process.js'
import { decode, readAll } from '../../containers/stream.js'
import { isObject, type JsonObject } from '../../objects/object.js'
import { resolve } from '../../shell/commands/command.js'
import { type Api, type Kind, KubectlError } from './api.js'
import { AGAIN, flagsOf, REPEATED, shortsOf } from './flags.js'

export interface Words {
  words: string[]
  flags: Map<string, string>
  /** What follows `--`. */
  rest?: string[]
}

/** What the next flag means: its whole name, and whether a value belongs to it. @throws KubectlError */
function flagOf(command: string, given: string): { name: string; takes: boolean } {
  const name = given.length > 1 ? given : (shortsOf(command)[given] ?? given)
  const known = flagsOf(command)
  // That there is no such command is told elsewhere.
  const takes = known ? known.get(name) : false
  if (takes === undefined)
    throw new KubectlError(
      `error: the kubectl of the simulated image has no flag ${given.length > 1 ? '--' : '-'}${given}${command && ` for ${command}`}`,
    )
  return { name, takes }
}

/** @throws KubectlError for a flag that the command does not have */
export function readWords(args: string[]): Words {
  const words: string[] = []
  const flags = new Map<string, string>()
  const rest = [...args]
  const set = (name: string, value: string) => {
    const before = flags.get(name)
    flags.set(name, before !== undefined && REPEATED.includes(name) ? `${before}${AGAIN}${value}` : value)
  }
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') return { words, flags, rest }
    const command = words[0] ?? ''
    if (!arg.startsWith('-') || arg === '-') words.push(arg)
    else if (arg.startsWith('--')) {
      const [given = '', ...value] = arg.slice(2).split('=')
      const { name, takes } = flagOf(command, given)
      set(name, value.length > 0 ? value.join('=') : takes ? (rest.shift() ?? '') : 'true')
    } else readLetters(arg.slice(1), { command, set, next: () => rest.shift() ?? '' })
  }
  return { words, flags }
}

/** `-it`, `-nshop`, `-n=shop`, `-n shop` */
function readLetters(
  letters: string,
  { command, set, next }: { command: string; set: (name: string, value: string) => void; next: () => string },
): void {
  for (let index = 0; index < letters.length; index++) {
    const { name, takes } = flagOf(command, letters[index] ?? '')
    const glued = letters.slice(index + 1)
    const isValue = takes || glued.startsWith('=')
    set(name, isValue ? glued.replace(/^=/, '') || next() : 'true')
    if (isValue) break
  }
}

export interface Named {
  kind: Kind
  /** Empty: all of the kind. */
  name: string
}

/** `pods a b`, `pods,services`, `deployment/web pod/x`. */
export async function named(api: Api, words: string[]): Promise<Named[]> {
  if (words.length === 0) throw new KubectlError('error: Required resource not specified.')
  if (words.some((word) => word.includes('/'))) {
    const found: Named[] = []
    for (const word of words) {
      const [type = '', name = ''] = word.split('/')
      const [kind] = await api.kindsOf(type)
      if (kind) found.push({ kind, name })
    }
    return found
  }
  const [types = '', ...names] = words
  const kinds: Kind[] = []
  for (const type of types.split(',')) kinds.push(...(await api.kindsOf(type)))
  return kinds.flatMap((kind) => (names.length > 0 ? names.map((name) => ({ kind, name })) : [{ kind, name: '' }]))
}

/** The objects of a file of YAML or JSON, or of the input. @throws KubectlError */
export async function manifests(process: Process, path: string): Promise<JsonObject[]> {
  const text = decode(path === '-' ? await readAll(process.stdin) : readFile(process, path))
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0)
      throw new KubectlError(
        `error: error parsing ${path}: error converting YAML to JSON: ${document.errors[0]?.message.split('\n')[0]}`,
      )
    const value: unknown = document.toJS()
    if (!isObject(value)) return []
    const { items } = value as { items?: JsonObject[] }
    return value.kind === 'List' ? (items ?? []) : [value as JsonObject]
  })
}

function readFile(process: Process, path: string): string {
  const node = process.machine.fs.stat(resolve(process, path))
  if (node?.type !== 'file') throw new KubectlError(`error: the path ${JSON.stringify(path)} does not exist`)
  return node.data
}
