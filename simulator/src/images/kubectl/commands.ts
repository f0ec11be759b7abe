/** What kubectl does, by its first word. */

import { durationMs } from '../../network/gateway/duration.js'
import type { JsonObject } from '../../objects/object.js'
import { copyStream } from '../../shell/commands/network/copy-stream.js'
import { VERSION } from '../../version.js'
import { type Api, KubectlError, pathOf, shownName } from './api.js'
import { auth } from './auth.js'
import { type Call, say } from './call.js'
import { mark, patch, scale, setImage } from './changes.js'
import { chosen, placeOf, query } from './chosen.js'
import { exec } from './exec.js'
import { serviceFor } from './expose.js'
import { waitUntilGone } from './follow.js'
import { created, runPod } from './generators.js'
import { get } from './get.js'
import { manifests } from './options.js'
import { podFor } from './pod-for.js'
import { objectText } from './print.js'
import { rollout } from './rollout.js'

async function remove(call: Call): Promise<number> {
  const { api, flags } = call
  const isForced = flags.has('force') || flags.has('now')
  const all = await chosen(call)
  const grace = flags.get('grace-period') ?? (flags.has('now') ? '1' : isForced ? '0' : undefined)
  for (const { kind, name, namespace } of all) {
    await api.json('DELETE', `${pathOf(kind, namespace, name)}${query(new Map(), { gracePeriodSeconds: grace })}`)
    const where = kind.namespaced ? ` from ${namespace} namespace` : ''
    await say(call, `${shownName(kind, '').slice(0, -1)} ${JSON.stringify(name)} deleted${where}\n`)
  }
  const waits = flags.has('wait') ? flags.get('wait') !== 'false' : !(flags.has('force') && grace === '0')
  if (waits) for (const one of all) await waitUntilGone(call, one)
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
async function writeObjects(call: Call, objects: JsonObject[], how: 'create' | 'apply' | 'run' | 'expose'): Promise<number> {
  const { api, flags } = call
  for (const object of objects) {
    const { kind, name, namespace } = await placeOf(call, object)
    const isDry = flags.has('dry-run') && flags.get('dry-run') !== 'none'
    if (how !== 'apply') {
      const made = isDry
        ? object
        : await api.json('POST', `${pathOf(kind, namespace)}?fieldManager=kubectl-${how}`, { body: object })
      const shown = objectText(flags.get('output'), made)
      const done = `${shownName(kind, (made.metadata as { name: string }).name)} ${how === 'expose' ? 'exposed' : 'created'}${isDry ? ' (dry run)' : ''}\n`
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

async function exposeEach(call: Call): Promise<number> {
  // Its selector is that of the Service, not of what it is for.
  const { selector: _selector, ...flags } = Object.fromEntries(call.flags)
  const found = await chosen({ ...call, flags: new Map(Object.entries(flags)) })
  return writeObjects(call, await Promise.all(found.map((one) => serviceFor(call, one))), 'expose')
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

async function logs(call: Call): Promise<number> {
  const { api, flags, namespace } = call
  const name = await podFor(call, true)
  const search = query(new Map(), {
    container: flags.get('container') ?? call.words[1],
    follow: flags.has('follow') ? 'true' : undefined,
    previous: flags.has('previous') ? 'true' : undefined,
    timestamps: flags.has('timestamps') ? 'true' : undefined,
    tailLines: flags.get('tail'),
    limitBytes: flags.get('limit-bytes'),
    sinceSeconds: secondsIn(flags.get('since')),
  })
  const response = await api.send('GET', `/api/v1/namespaces/${namespace}/pods/${name}/log${search}`)
  await api.process.stdout.write(response.body)
  if (response.stream) await copyStream(api.process.stdout, response.stream, api.process.signal)
  return 0
}

function secondsIn(duration: string | undefined): string | undefined {
  const ms = durationMs(duration)
  return ms === undefined ? undefined : String(Math.ceil(ms / 1000))
}

async function version(call: Call): Promise<number> {
  await say(call, `Client Version: ${VERSION.gitVersion}\nKustomize Version: v5.8.1\n`)
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
  rollout,
  expose: async (call) => exposeEach(call),
  set: async (call) => setImage(call),
  logs,
  auth,
  run: (call) => writeObjects(call, [runPod(call)], 'run'),
  exec,
  version,
}
