/** kubectl's options, and what they and its words name. */

import { parseAllDocuments } from 'yaml'
import type { Process } from '../../containers/process.js'
import { decode, readAll } from '../../containers/stream.js'
import { isObject, type JsonObject } from '../../objects/object.js'
import { resolve } from '../../shell/commands/command.js'
import { type Api, type Kind, KubectlError } from './api.js'
import { AGAIN } from './generators.js'

const VALUED = [
  'n',
  'namespace',
  'o',
  'output',
  'l',
  'selector',
  'f',
  'filename',
  'c',
  'container',
  'p',
  'patch',
  'type',
  'tail',
  'replicas',
  'field-selector',
  'since',
  'timeout',
  'grace-period',
  'as',
  'field-manager',
  'limit-bytes',
  'image',
  'from-literal',
  'from-file',
  'verb',
  'resource',
  'resource-name',
  'role',
  'clusterrole',
  'user',
  'group',
  'serviceaccount',
  'env',
  'port',
  'labels',
  'restart',
  'subresource',
]
/** Those that may come several times. */
const REPEATED = ['from-literal', 'from-file', 'env', 'verb', 'resource', 'resource-name', 'user', 'group', 'serviceaccount']
const SHORT: Record<string, string> = {
  n: 'namespace',
  o: 'output',
  l: 'selector',
  f: 'filename',
  c: 'container',
  A: 'all-namespaces',
  w: 'watch',
}

export interface Words {
  words: string[]
  flags: Map<string, string>
  /** What follows `--`. */
  rest?: string[]
}

/** `-p` of `patch` is a text, that of `logs` is a switch. */
export function readWords(args: string[]): Words {
  const words: string[] = []
  const flags = new Map<string, string>()
  const rest = [...args]
  const isLogs = args.includes('logs')
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') return { words, flags, rest }
    if (!arg.startsWith('-') || arg === '-') {
      words.push(arg)
      continue
    }
    const long = arg.startsWith('--')
    const [name = '', ...value] = (long ? arg.slice(2) : arg.slice(1)).split('=')
    const letter = long ? name : name.slice(0, 1)
    const glued = long ? '' : name.slice(1)
    const takes = VALUED.includes(letter) && !(isLogs && (letter === 'p' || letter === 'f'))
    const full =
      letter === 'f' && isLogs ? 'follow' : letter === 'p' ? (isLogs ? 'previous' : 'patch') : (SHORT[letter] ?? letter)
    const given = value.length > 0 ? value.join('=') : takes ? glued || (rest.shift() ?? '') : 'true'
    const before = flags.get(full)
    flags.set(full, before !== undefined && REPEATED.includes(full) ? `${before}${AGAIN}${given}` : given)
  }
  return { words, flags }
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
