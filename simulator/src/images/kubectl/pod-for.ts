/** The Pod that a word stands for: its name, or something that has Pods. Models pkg/polymorphichelpers/attachablepodforobject.go of kubectl (v1.36). */
import { isObject, type JsonObject } from '../../objects/object.js'
import { formatSelector } from '../../objects/selector.js'
import { KubectlError, pathOf, shownName } from './api.js'
import { type Call, tell } from './call.js'

interface PodLike {
  metadata: { name: string; creationTimestamp: string; deletionTimestamp?: string }
  spec: { nodeName?: string }
  status?: { phase?: string; conditions?: { type: string; status: string }[] }
}

const isReady = ({ status }: PodLike) =>
  status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false
/** Placed before not, running before not, ready before not, the oldest first. */
const rank = (pod: PodLike): string =>
  [!pod.spec.nodeName, pod.status?.phase !== 'Running', !isReady(pod), pod.metadata.creationTimestamp].map(String).join(' ')

/** @param tellsOfMany whether it says so where it takes one of several. @throws KubectlError */
export async function podFor(call: Call, tellsOfMany = false): Promise<string> {
  const [word = ''] = call.words
  if (!word) throw new KubectlError('error: pod, type/name or --filename must be specified')
  const [type = '', name] = word.split('/')
  if (name === undefined) return word
  const [kind] = await call.api.kindsOf(type)
  if (!kind || kind.kind === 'Pod') return name
  const { spec } = (await call.api.json('GET', pathOf(kind, call.namespace, name))) as { spec?: JsonObject }
  const selector = isObject(spec?.selector) ? (spec.selector as JsonObject) : undefined
  if (!selector)
    throw new KubectlError(`error: cannot attach to ${shownName(kind, name)}: selector for ${kind.kind} not implemented`)
  const labels = 'matchLabels' in selector || 'matchExpressions' in selector ? selector : { matchLabels: selector }
  const search = new URLSearchParams({ labelSelector: formatSelector(labels) })
  const { items } = (await call.api.json('GET', `/api/v1/namespaces/${call.namespace}/pods?${search}`)) as unknown as {
    items: PodLike[]
  }
  const sorted = items.sort((left, right) => (rank(left) < rank(right) ? -1 : 1))
  if (!sorted[0]) throw new KubectlError('error: timed out waiting for the condition')
  const { name: found } = sorted[0].metadata
  if (tellsOfMany && sorted.length > 1) await tell(call, `Found ${sorted.length} pods, using pod/${found}\n`)
  return found
}
