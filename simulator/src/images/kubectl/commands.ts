/** What kubectl does, by its first word. */

import { encode } from '../../containers/stream.js'
import type { JsonObject } from '../../objects/object.js'
import { copyStream } from '../../shell/commands/network/copy-stream.js'
import { timestamp } from '../../time/clock.js'
import { type Api, type Kind, KubectlError, pathOf, shownName } from './api.js'
import { auth } from './auth.js'
import { exec } from './exec.js'
import { created, runPod } from './generators.js'
import { manifests, named, type Words } from './options.js'
import { objectText, type Table, tableText } from './print.js'

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
const MERGE = 'application/merge-patch+json'
const PATCHES: Record<string, string> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: MERGE,
  json: 'application/json-patch+json',
}

export interface Call extends Words {
  api: Api
  /** Of the words and flags; undefined for all namespaces. */
  namespace: string | undefined
}

const say = ({ api }: Call, text: string) => api.process.stdout.write(encode(text))
const tell = ({ api }: Call, text: string) => api.process.stderr.write(encode(text))

function query(flags: Map<string, string>, more: Record<string, string | undefined> = {}): string {
  const wanted = { labelSelector: flags.get('selector'), fieldSelector: flags.get('field-selector'), ...more }
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(wanted)) if (value) search.set(key, value)
  return search.size > 0 ? `?${search}` : ''
}

async function get(call: Call): Promise<number> {
  const { api, flags, namespace } = call
  const found = await named(api, call.words)
  const output = flags.get('output')
  const isMany = new Set(found.map(({ kind }) => kind)).size > 1
  let shownCount = 0
  for (const { kind, name } of found) {
    const path = pathOf(kind, namespace, name)
    if (output === 'name' || objectText(output, {}) !== undefined) {
      shownCount += await getObjects(call, kind, { path, name, output })
      continue
    }
    const table = (await api.json('GET', `${path}${name ? '' : query(flags)}`, { accept: TABLE })) as unknown as Table
    if (table.rows.length === 0 && isMany) continue
    if (shownCount > 0 && isMany) await say(call, '\n')
    shownCount += table.rows.length
    if (table.rows.length > 0)
      await say(
        call,
        tableText(table, {
          wide: output === 'wide',
          withHead: !flags.has('no-headers') && (isMany || shownCount === table.rows.length),
          withNamespace: namespace === undefined && kind.namespaced,
          prefix: isMany ? shownName(kind, '') : '',
        }),
      )
  }
  if (shownCount > 0) return 0
  if (!objectText(output, {}))
    await tell(call, namespace === undefined ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`)
  return 0
}

async function getObjects(
  call: Call,
  kind: Kind,
  { path, name, output }: { path: string; name: string; output: string | undefined },
): Promise<number> {
  const { api, flags } = call
  const object = await api.json('GET', `${path}${name ? '' : query(flags)}`)
  if (output === 'name') {
    const items = name ? [object] : (object.items as JsonObject[])
    for (const item of items) await say(call, `${shownName(kind, (item.metadata as { name: string }).name)}\n`)
    return items.length
  }
  const list = name
    ? object
    : { apiVersion: 'v1', items: object.items as JsonObject[], kind: 'List', metadata: { resourceVersion: '' } }
  await say(call, objectText(output, list) ?? '')
  return 1
}

/** The objects that words, a selector or a file name. */
async function chosen(call: Call): Promise<{ kind: Kind; name: string; namespace: string | undefined }[]> {
  const { api, flags, namespace } = call
  const path = flags.get('filename')
  if (path) {
    const objects = await manifests(api.process, path)
    return Promise.all(objects.map((object) => placeOf(call, object)))
  }
  const found = await named(api, call.words)
  const all: { kind: Kind; name: string; namespace: string | undefined }[] = []
  for (const { kind, name } of found) {
    if (name) all.push({ kind, name, namespace })
    else if (flags.has('selector') || flags.has('all')) {
      const { items } = (await api.json('GET', `${pathOf(kind, namespace)}${query(flags)}`)) as unknown as {
        items: { metadata: { name: string } }[]
      }
      all.push(...items.map(({ metadata }) => ({ kind, name: metadata.name, namespace })))
    } else throw new KubectlError('error: resource(s) were provided, but no name was specified')
  }
  return all
}

async function placeOf(
  { api, namespace }: Call,
  object: JsonObject,
): Promise<{ kind: Kind; name: string; namespace: string | undefined }> {
  const {
    apiVersion = '',
    kind: wanted = '',
    metadata,
  } = object as { apiVersion?: string; kind?: string; metadata?: { name?: string; namespace?: string } }
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  const kind = (await api.kinds()).find((each) => each.kind === wanted && each.group === group)
  if (!kind)
    throw new KubectlError(
      `error: resource mapping not found for name: ${JSON.stringify(metadata?.name ?? '')}: no matches for kind ${JSON.stringify(wanted)} in version ${JSON.stringify(apiVersion)}`,
    )
  return {
    kind: { ...kind, version: version || kind.version },
    name: metadata?.name ?? '',
    namespace: metadata?.namespace ?? namespace,
  }
}

async function remove(call: Call): Promise<number> {
  const { api, flags } = call
  const isForced = flags.has('force') || flags.has('now')
  for (const { kind, name, namespace } of await chosen(call)) {
    const grace = flags.get('grace-period') ?? (flags.has('now') ? '1' : isForced ? '0' : undefined)
    await api.json('DELETE', `${pathOf(kind, namespace, name)}${query(new Map(), { gracePeriodSeconds: grace })}`)
    const where = kind.namespaced ? ` from ${namespace} namespace` : ''
    await say(call, `${shownName(kind, '').slice(0, -1)} ${JSON.stringify(name)} deleted${where}\n`)
  }
  return 0
}

/** `create -f` and `apply -f`; apply is that of the server. */
async function write(call: Call, how: 'create' | 'apply'): Promise<number> {
  const { api, flags } = call
  const path = flags.get('filename')
  if (!path && how === 'apply') throw new KubectlError('error: must specify one of -f and -k')
  const objects = path ? await manifests(api.process, path) : [created({ ...call, process: api.process })]
  return writeObjects(call, objects, how)
}

/** With `--dry-run` and `-o yaml` or `json` an object is shown, not written. */
async function writeObjects(call: Call, objects: JsonObject[], how: 'create' | 'apply' | 'run'): Promise<number> {
  const { api, flags } = call
  for (const object of objects) {
    const { kind, name, namespace } = await placeOf(call, object)
    const isDry = flags.has('dry-run') && flags.get('dry-run') !== 'none'
    if (how !== 'apply') {
      const made = isDry
        ? object
        : await api.json('POST', `${pathOf(kind, namespace)}?fieldManager=kubectl-${how}`, { body: object })
      const shown = objectText(flags.get('output'), made)
      const done = `${shownName(kind, (made.metadata as { name: string }).name)} created${isDry ? ' (dry run)' : ''}\n`
      await say(call, shown ?? done)
      continue
    }
    if (isDry) throw new KubectlError('error: the kubectl of the simulated image applies without --dry-run alone')
    const at = pathOf(kind, namespace, name)
    const before = await versionOf(api, at)
    const target = `${at}?fieldManager=kubectl-client-side-apply&force=true`
    await api.json('PATCH', target, { body: object, contentType: 'application/apply-patch+yaml' })
    const outcome = before === undefined ? 'created' : before === (await versionOf(api, at)) ? 'unchanged' : 'configured'
    await say(call, `${shownName(kind, name)} ${outcome}\n`)
  }
  return 0
}

/** undefined where the object is not there. */
async function versionOf(api: Api, path: string): Promise<string | undefined> {
  try {
    return ((await api.json('GET', path)).metadata as { resourceVersion: string }).resourceVersion
  } catch (error) {
    if (error instanceof KubectlError && error.message.includes('(NotFound)')) return undefined
    throw error
  }
}

async function patchEach(
  call: Call,
  body: (name: string) => object | string,
  done: string,
  contentType = MERGE,
): Promise<number> {
  for (const { kind, name, namespace } of await chosen(call)) {
    await call.api.json('PATCH', `${pathOf(kind, namespace, name)}?fieldManager=kubectl`, { body: body(name), contentType })
    await say(call, `${shownName(kind, name)} ${done}\n`)
  }
  return 0
}

function patch(call: Call): Promise<number> {
  const text = call.flags.get('patch')
  if (text === undefined)
    throw new KubectlError('error: must specify --patch or --patch-file containing the contents of the patch')
  const contentType = PATCHES[call.flags.get('type') ?? 'strategic']
  if (!contentType) throw new KubectlError('error: --type must be one of [json merge strategic]')
  return patchEach(call, () => text, 'patched', contentType)
}

/** `label` and `annotate`: `a=b` sets, `a-` removes. */
function mark(call: Call, field: 'labels' | 'annotations', done: string): Promise<number> {
  const isChange = (word: string) => /^[^/=]*[\w./-]+=|-$/.test(word) && !/^\w+\/[^=]*$/.test(word)
  const changes = call.words
    .filter(isChange)
    .map((word) =>
      word.endsWith('-') && !word.includes('=')
        ? [word.slice(0, -1), null]
        : [word.split('=')[0], word.slice(word.indexOf('=') + 1)],
    )
  if (changes.length === 0)
    throw new KubectlError(`error: at least one ${field === 'labels' ? 'label' : 'annotation'} update is required`)
  const words = call.words.filter((word) => !isChange(word))
  return patchEach({ ...call, words }, () => ({ metadata: { [field]: Object.fromEntries(changes) } }), done)
}

function scale(call: Call): Promise<number> {
  const replicas = call.flags.get('replicas')
  if (replicas === undefined)
    throw new KubectlError('error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  return patchEach(call, () => ({ spec: { replicas: Number(replicas) } }), 'scaled')
}

function rollout(call: Call): Promise<number> {
  const [what, ...words] = call.words
  if (what !== 'restart') throw new KubectlError('error: the kubectl of the simulated image knows rollout restart alone')
  const at = timestamp(call.api.process.machine.clock.now())
  const annotations = { 'kubectl.kubernetes.io/restartedAt': at }
  return patchEach({ ...call, words }, () => ({ spec: { template: { metadata: { annotations } } } }), 'restarted')
}

async function logs(call: Call): Promise<number> {
  const { api, flags, namespace } = call
  const [word = ''] = call.words
  const name = word.replace(/^pods?\//, '')
  if (!name || name.includes('/')) throw new KubectlError('error: the kubectl of the simulated image shows logs of Pods by name')
  const search = query(new Map(), {
    container: flags.get('container') ?? call.words[1],
    follow: flags.has('follow') ? 'true' : undefined,
    previous: flags.has('previous') ? 'true' : undefined,
    timestamps: flags.has('timestamps') ? 'true' : undefined,
    tailLines: flags.get('tail'),
    limitBytes: flags.get('limit-bytes'),
  })
  const response = await api.send('GET', `/api/v1/namespaces/${namespace}/pods/${name}/log${search}`)
  await api.process.stdout.write(response.body)
  if (response.stream) await copyStream(api.process, response.stream, api.process.signal)
  return 0
}

async function version(call: Call): Promise<number> {
  await say(call, 'Client Version: v1.36.2\nKustomize Version: v5.8.1\n')
  if (call.flags.has('client')) return 0
  const { gitVersion } = await call.api.json('GET', '/version')
  await say(call, `Server Version: ${gitVersion}\n`)
  return 0
}

export const COMMANDS: Record<string, (call: Call) => Promise<number>> = {
  get,
  delete: remove,
  create: (call) => write(call, 'create'),
  apply: (call) => write(call, 'apply'),
  patch: async (call) => patch(call),
  label: async (call) => mark(call, 'labels', 'labeled'),
  annotate: async (call) => mark(call, 'annotations', 'annotated'),
  scale: async (call) => scale(call),
  rollout: async (call) => rollout(call),
  logs,
  auth,
  run: (call) => writeObjects(call, [runPod(call)], 'run'),
  exec,
  version,
}
