/** What an autoscaler scales. Models scaleForResourceMappings of pkg/controller/podautoscaler/horizontal.go (v1.36). */
import type { Client } from '../../client/client.js'
import { formatSelector, type LabelMatcher, selectorOf } from '../../objects/selector.js'
import type { HorizontalPodAutoscaler, LabelSelector } from '../../schema/kubernetes.generated.js'
import type { Informers } from '../runtime/informer.js'

export const SCALED = ['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'] as const
type Scaled = (typeof SCALED)[number]

export interface Scale {
  kind: Scaled
  replicas: number
  matches: LabelMatcher
  selector: string
}

/** An API version without a slash is one of the core group. */
const groupOf = ({ apiVersion = '' }: { apiVersion?: string | undefined }): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''

const isScaled = (kind: string, group: string): kind is Scaled =>
  SCALED.some((each) => each === kind) && group === (kind === 'ReplicationController' ? '' : 'apps')

export function scaleOf(informers: Informers, { metadata, spec }: HorizontalPodAutoscaler): Scale | undefined {
  const { kind, name } = spec.scaleTargetRef
  if (!isScaled(kind, groupOf(spec.scaleTargetRef))) return undefined
  const target = informers.get(kind, `${metadata.namespace}/${name}`)
  if (!target) return undefined
  const { selector } = target.spec
  const labels = (kind === 'ReplicationController' ? { matchLabels: selector } : selector) as LabelSelector
  return { kind, replicas: target.spec.replicas ?? 1, matches: selectorOf(labels), selector: formatSelector(labels) }
}

/** Why there is no scale, in upstream's words. */
export async function whyNoScale(client: Client, { spec }: HorizontalPodAutoscaler): Promise<string> {
  const { kind, name } = spec.scaleTargetRef
  const group = groupOf(spec.scaleTargetRef)
  const served = (await client.resources()).find((each) => each.kind === kind && each.group === group)
  if (!served) return `no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}`
  if (!isScaled(kind, group)) return 'the server could not find the requested resource'
  return `${served.resource}${group ? `.${group}` : ''} ${JSON.stringify(name)} not found`
}
