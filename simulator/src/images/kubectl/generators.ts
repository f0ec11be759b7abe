/** `kubectl run` and `kubectl create KIND NAME ...`: objects made of words. Models pkg/cmd/create and pkg/cmd/run of kubectl (v1.36). */
import type { Process } from '../../containers/process.js'
import { toBytes } from '../../containers/stream.js'
import type { JsonObject } from '../../objects/object.js'
import { resolve } from '../../shell/commands/command.js'
import { KubectlError } from './api.js'
import { AGAIN } from './flags.js'
import type { Words } from './options.js'

const valuesOf = (flags: Map<string, string>, name: string): string[] => {
  const value = flags.get(name)
  return value === undefined ? [] : value.split(AGAIN)
}

function nameOf([name]: string[], kind: string): string {
  if (!name)
    throw new KubectlError(`error: exactly one NAME is required, got 0\nSee 'kubectl create ${kind} -h' for help and examples`)
  return name
}

function required(flags: Map<string, string>, name: string): string {
  const value = flags.get(name)
  if (value === undefined) throw new KubectlError(`error: required flag(s) "${name}" not set`)
  return value
}

/** `--from-literal=a=b` and `--from-file=[KEY=]PATH`; of a folder every file. */
function dataOf(process: Process, flags: Map<string, string>, encode: (text: string) => string): Record<string, string> {
  const { fs } = process.machine
  const data: Record<string, string> = {}
  for (const literal of valuesOf(flags, 'from-literal')) {
    const [key = '', ...value] = literal.split('=')
    if (!literal.includes('=')) throw new KubectlError(`error: invalid literal source ${literal}, expected key=value`)
    data[key] = encode(value.join('='))
  }
  for (const source of valuesOf(flags, 'from-file')) {
    const [key = '', ...rest] = source.includes('=') ? source.split('=') : ['', source]
    const path = resolve(process, rest.join('='))
    const names = fs.isDirectory(path) ? fs.list(path).map((name) => `${path}/${name}`) : [path]
    for (const file of names) {
      const node = fs.stat(file)
      if (node?.type === 'file') data[key || (file.split('/').at(-1) ?? '')] = encode(node.data)
      else if (!node) throw new KubectlError(`error: error reading ${rest.join('=')}: no such file or directory`)
    }
  }
  return data
}

const container = (name: string, image: string, more: JsonObject = {}): JsonObject => ({ name, image, resources: {}, ...more })
/** `registry/nginx:1.28` -> `nginx` */
const shortName = (image: string): string => (image.split('/').at(-1) ?? '').replace(/[:@].*$/, '')
const listOf = (text: string | undefined): string[] => (text ? text.split(AGAIN).flatMap((each) => each.split(',')) : [])

type Generator = (call: Words & { process: Process }, words: string[]) => JsonObject

function subjectsOf(flags: Map<string, string>): JsonObject[] {
  const apiGroup = 'rbac.authorization.k8s.io'
  return [
    ...listOf(flags.get('user')).map((name) => ({ kind: 'User', apiGroup, name })),
    ...listOf(flags.get('group')).map((name) => ({ kind: 'Group', apiGroup, name })),
    ...listOf(flags.get('serviceaccount')).map((account) => {
      const [namespace = '', name = ''] = account.split(':')
      return { kind: 'ServiceAccount', namespace, name }
    }),
  ]
}

const role =
  (kind: 'Role' | 'ClusterRole'): Generator =>
  ({ flags }, words) => {
    const verbs = listOf(required(flags, 'verb'))
    const resources = listOf(required(flags, 'resource'))
    const byGroup = new Map<string, string[]>()
    for (const each of resources) {
      const [resource = '', ...group] = each.split('.')
      byGroup.set(group.join('.'), [...(byGroup.get(group.join('.')) ?? []), resource])
    }
    const resourceNames = listOf(flags.get('resource-name'))
    const rules = [...byGroup].map(([group, names]) => ({
      apiGroups: [group],
      resources: names,
      verbs,
      ...(resourceNames.length > 0 && { resourceNames }),
    }))
    return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name: nameOf(words, kind.toLowerCase()) }, rules }
  }

const binding =
  (kind: 'RoleBinding' | 'ClusterRoleBinding'): Generator =>
  ({ flags }, words) => {
    const apiGroup = 'rbac.authorization.k8s.io'
    const own = kind === 'RoleBinding' ? flags.get('role') : undefined
    const name = own ?? flags.get('clusterrole')
    if (!name) throw new KubectlError('error: exactly one of clusterrole or role must be specified')
    return {
      apiVersion: `${apiGroup}/v1`,
      kind,
      metadata: { name: nameOf(words, kind.toLowerCase()) },
      roleRef: { apiGroup, kind: own ? 'Role' : 'ClusterRole', name },
      subjects: subjectsOf(flags),
    }
  }

const plain =
  (kind: string): Generator =>
  (_call, words) => ({ apiVersion: 'v1', kind, metadata: { name: nameOf(words, kind.toLowerCase()) } })

const GENERATORS: Record<string, Generator> = {
  namespace: plain('Namespace'),
  ns: plain('Namespace'),
  serviceaccount: plain('ServiceAccount'),
  sa: plain('ServiceAccount'),
  configmap: (call, words) => ({ ...plain('ConfigMap')(call, words), data: dataOf(call.process, call.flags, (text) => text) }),
  cm: (call, words) => GENERATORS.configmap?.(call, words) as JsonObject,
  secret: (call, [kind, ...words]) => {
    if (kind !== 'generic') throw new KubectlError('error: the kubectl of the simulated image creates generic Secrets alone')
    const data = dataOf(call.process, call.flags, (text) => toBytes(text).toString('base64'))
    return { ...plain('Secret')(call, words), type: call.flags.get('type') ?? 'Opaque', data }
  },
  deployment: ({ flags, rest = [] }, words) => {
    const name = nameOf(words, 'deployment')
    const image = required(flags, 'image')
    const labels = { app: name }
    const containers = [container(shortName(image), image, rest.length > 0 ? { command: rest } : {})]
    const spec = {
      replicas: Number(flags.get('replicas') ?? 1),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    }
    return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels }, spec }
  },
  deploy: (call, words) => GENERATORS.deployment?.(call, words) as JsonObject,
  role: role('Role'),
  clusterrole: role('ClusterRole'),
  rolebinding: binding('RoleBinding'),
  clusterrolebinding: binding('ClusterRoleBinding'),
}

/** @throws KubectlError for a kind that it makes none of */
export function created(call: Words & { process: Process }): JsonObject {
  const [kind = '', ...words] = call.words
  const generate = GENERATORS[kind]
  if (!generate)
    throw new KubectlError(
      `error: the kubectl of the simulated image creates from -f FILE, or one of ${Object.keys(GENERATORS).join(', ')}`,
    )
  return generate(call, words)
}

/** The Pod of `kubectl run NAME --image=IMAGE [-- ARGS]`. */
export function runPod({ words, flags, rest = [] }: Words): JsonObject {
  const name = nameOf(words, 'pod')
  const image = required(flags, 'image')
  const labels = Object.fromEntries(
    flags.has('labels') ? listOf(flags.get('labels')).map((pair) => pair.split('=') as [string, string]) : [['run', name]],
  )
  const env = valuesOf(flags, 'env').map((pair) => ({ name: pair.split('=')[0] ?? '', value: pair.slice(pair.indexOf('=') + 1) }))
  const port = flags.get('port')
  const more: JsonObject = {
    ...(env.length > 0 && { env }),
    ...(port && { ports: [{ containerPort: Number(port) }] }),
    ...(rest.length > 0 && (flags.has('command') ? { command: rest } : { args: rest })),
  }
  const restartPolicy = flags.get('restart') ?? 'Always'
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { containers: [container(name, image, more)], restartPolicy },
  }
}
