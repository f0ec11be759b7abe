/** `kubectl patch`, `label`, `annotate`, `scale` and `set image`. Like the real one they read an object before they change it. */
import { isObject, type JsonObject, sameJson } from '../../objects/object.js'
import { KubectlError, pathOf, shownName } from './api.js'
import { type Call, say } from './call.js'
import { type Chosen, chosen } from './chosen.js'

export const MERGE = 'application/merge-patch+json'
export const STRATEGIC = 'application/strategic-merge-patch+json'
const PATCHES: Record<string, string> = { strategic: STRATEGIC, merge: MERGE, json: 'application/json-patch+json' }

export interface Change {
  body: object | string
  contentType?: string
  done: string
  subresource?: string
}

/** Each chosen object by a patch of its own. @param change undefined where nothing is to be done, of which it has told itself */
export async function changeEach(
  call: Call,
  change: (object: JsonObject, one: Chosen) => Change | undefined | Promise<Change | undefined>,
): Promise<number> {
  for (const one of await chosen(call)) {
    const path = pathOf(one.kind, one.namespace, one.name)
    const object = await call.api.json('GET', path)
    const wanted = await change(object, one)
    if (!wanted) continue
    const { body, contentType = MERGE, subresource = '', done } = wanted
    const at = `${path}${subresource && `/${subresource}`}?fieldManager=kubectl`
    const after = await call.api.json('PATCH', at, { body, contentType })
    const isSame = done === 'patched' && sameJson(object, after)
    await say(call, `${shownName(one.kind, one.name)} ${done}${isSame ? ' (no change)' : ''}\n`)
  }
  return 0
}

export function patch(call: Call): Promise<number> {
  const body = call.flags.get('patch')
  if (body === undefined)
    throw new KubectlError('error: must specify --patch or --patch-file containing the contents of the patch')
  const contentType = PATCHES[call.flags.get('type') ?? 'strategic']
  if (!contentType) throw new KubectlError('error: --type must be one of [json merge strategic]')
  const subresource = call.flags.get('subresource') ?? ''
  return changeEach(call, () => ({ body, contentType, done: 'patched', subresource }))
}

const isMark = (word: string) => /^[^/=]*[\w./-]+=|-$/.test(word) && !/^\w+\/[^=]*$/.test(word)

/** `label` and `annotate`: `a=b` sets, `a-` removes. */
export function mark(call: Call, field: 'labels' | 'annotations', done: string): Promise<number> {
  const changes = call.words
    .filter(isMark)
    .map((word): [string, string | null] =>
      word.endsWith('-') && !word.includes('=')
        ? [word.slice(0, -1), null]
        : [word.split('=')[0] ?? '', word.slice(word.indexOf('=') + 1)],
    )
  if (changes.length === 0)
    throw new KubectlError(`error: at least one ${field === 'labels' ? 'label' : 'annotation'} update is required`)
  const words = call.words.filter((word) => !isMark(word))
  return changeEach({ ...call, words }, (object, one) => {
    const { metadata } = object as { metadata?: Partial<Record<'labels' | 'annotations', Record<string, string>>> }
    const present = metadata?.[field] ?? {}
    refuseOverwriting(call, changes, { present, field })
    const isNew = changes.some(([key, value]) => (value === null ? key in present : present[key] !== value))
    const body = { metadata: { [field]: Object.fromEntries(changes) } }
    if (isNew) return { body, done: field === 'labels' && changes.every(([, value]) => value === null) ? 'unlabeled' : done }
    return unchanged(call, one, { changes, field, done })
  })
}

/** @throws KubectlError @see kubectl/pkg/cmd/label and annotate: validateNoOverwrites, validateNoAnnotationOverwrites */
function refuseOverwriting(
  { flags }: Call,
  changes: [string, string | null][],
  { present, field }: { present: Record<string, string>; field: 'labels' | 'annotations' },
): void {
  if (flags.has('overwrite') && flags.get('overwrite') !== 'false') return
  const [found] = changes.filter(([key, value]) => value !== null && key in present && present[key] !== value)
  if (!found) return
  const has = `'${found[0]}' already has a value (${present[found[0]]})`
  throw new KubectlError(
    field === 'labels'
      ? `error: ${has}, and --overwrite is false`
      : `error: --overwrite is false but found the following declared annotation(s): ${has}`,
  )
}

async function unchanged(
  call: Call,
  { kind, name }: Chosen,
  { changes, field, done }: { changes: [string, string | null][]; field: string; done: string },
): Promise<undefined> {
  const what = field === 'labels' ? 'label' : 'annotation'
  for (const [key, value] of changes) if (value === null) await say(call, `${what} ${JSON.stringify(key)} not found.\n`)
  await say(call, `${shownName(kind, name)} ${field === 'labels' ? 'not labeled' : done}\n`)
}

/** By the subresource: whoever may change that alone may scale. */
export function scale(call: Call): Promise<number> {
  const replicas = call.flags.get('replicas')
  if (replicas === undefined)
    throw new KubectlError('error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  const current = call.flags.get('current-replicas')
  return changeEach(call, (object) => {
    const { spec } = object as { spec?: { replicas?: number } }
    if (current !== undefined && spec?.replicas !== Number(current))
      throw new KubectlError(`error: Expected replicas to be ${current}, was ${spec?.replicas}`)
    return { body: { spec: { replicas: Number(replicas) } }, subresource: 'scale', done: 'scaled' }
  })
}

type Containers = { name: string; image?: string }[]

/** `set image TYPE/NAME CONTAINER=IMAGE ...`; `*` stands for every container. */
export function setImage(call: Call): Promise<number> {
  const [what, ...words] = call.words
  if (what !== 'image') throw new KubectlError('error: the kubectl of the simulated image knows set image alone')
  const pairs = words
    .filter((word) => word.includes('='))
    .map((word): [string, string] => [word.split('=')[0] ?? '', word.slice(word.indexOf('=') + 1)])
  if (pairs.length === 0) throw new KubectlError('error: at least one image update is required')
  const others = words.filter((word) => !word.includes('='))
  if (others.length === 0)
    throw new KubectlError('error: one or more resources must be specified as <resource> <name> or <resource>/<name>')
  return changeEach({ ...call, words: others }, async (object, { kind, name }) => {
    const path = podSpecPath(kind.kind)
    const spec = path.reduce<JsonObject | undefined>((value, key) => (isObject(value?.[key]) ? value[key] : undefined), object)
    if (!spec) throw new KubectlError(`error: ${shownName(kind, name)} the object is not a pod or does not have a pod template`)
    const body = imagesIn(spec, pairs)
    if (Object.keys(body).length === 0) return undefined
    const whole = path.reduceRight<object>((value, key) => ({ [key]: value }), body)
    return { body: whole, contentType: STRATEGIC, done: 'image updated' }
  })
}

function podSpecPath(kind: string): string[] {
  if (kind === 'Pod') return ['spec']
  if (kind === 'CronJob') return ['spec', 'jobTemplate', 'spec', 'template', 'spec']
  return ['spec', 'template', 'spec']
}

/** What changes of a Pod's containers. @throws KubectlError for a name that is none of theirs */
function imagesIn(spec: JsonObject, pairs: [string, string][]): Record<string, Containers> {
  const changed: Record<string, Containers> = {}
  const lists = ['initContainers', 'containers'].map((key) => [key, (spec[key] ?? []) as unknown as Containers] as const)
  for (const [name, image] of pairs) {
    const found = lists.flatMap(([key, list]) =>
      list.filter((each) => name === '*' || each.name === name).map((each) => ({ key, each })),
    )
    if (found.length === 0) throw new KubectlError(`error: unable to find container named ${JSON.stringify(name)}`)
    for (const { key, each } of found)
      if (each.image !== image) changed[key] = [...(changed[key] ?? []), { name: each.name, image }]
  }
  return changed
}
