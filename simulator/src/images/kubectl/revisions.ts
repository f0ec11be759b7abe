/** The revisions of a workload, and the way back to one. Models history.go and rollback.go of pkg/polymorphichelpers of kubectl (v1.36). */
import { type JsonObject, sameJson } from '../../objects/object.js'
import { formatSelector } from '../../objects/selector.js'
import { KubectlError } from './api.js'
import type { Call } from './call.js'
import { type Change, STRATEGIC } from './changes.js'
import type { Chosen } from './chosen.js'

interface Metadata {
  name: string
  uid: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: { uid: string; controller?: boolean }[]
}

export interface Template extends JsonObject {
  metadata: { labels?: Record<string, string> }
}

export interface Workload {
  metadata: Metadata
  spec: { selector: object; template: Template; paused?: boolean }
}

export interface Revision {
  revision: number
  cause: string
  annotations: Record<string, string>
  /** What brings it back: of a Deployment its template, of others a patch. */
  template?: Template
  patch?: JsonObject
}

const REVISION = 'deployment.kubernetes.io/revision'
const CAUSE = 'kubernetes.io/change-cause'
const HASH = 'pod-template-hash'
/** Those of a Deployment that stay as they are. */
const OWN = [
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]

const failed = (message: string): KubectlError => new KubectlError(`error: ${message}`)
export const revisionNumber = ({ annotations }: { annotations?: Record<string, string> | undefined }): number =>
  Number(annotations?.[REVISION] ?? 0)

async function ownedBy<T extends { metadata: Metadata }>(
  { api }: Call,
  { namespace }: Chosen,
  { workload, resource }: { workload: Workload; resource: string },
): Promise<T[]> {
  const search = new URLSearchParams({ labelSelector: formatSelector(workload.spec.selector) })
  const { items } = (await api.json('GET', `/apis/apps/v1/namespaces/${namespace}/${resource}?${search}`)) as unknown as {
    items: T[]
  }
  return items.filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ uid, controller }) => controller && uid === workload.metadata.uid),
  )
}

/** The oldest first. @throws KubectlError for a kind that has none */
export async function revisionsOf(call: Call, one: Chosen, workload: Workload): Promise<Revision[]> {
  const { kind } = one.kind
  if (kind === 'Deployment') {
    const sets = await ownedBy<Workload>(call, one, { workload, resource: 'replicasets' })
    return inOrder(
      sets.map(({ metadata, spec }) => ({ ...described(metadata), revision: revisionNumber(metadata), template: spec.template })),
    )
  }
  if (kind !== 'DaemonSet' && kind !== 'StatefulSet')
    throw failed(`no history viewer has been implemented for "${kind}${one.kind.group && `.${one.kind.group}`}"`)
  const kept = await ownedBy<{ metadata: Metadata; revision: number; data: JsonObject }>(call, one, {
    workload,
    resource: 'controllerrevisions',
  })
  return inOrder(kept.map(({ metadata, revision, data }) => ({ ...described(metadata), revision, patch: data })))
}

const described = ({ annotations = {} }: Metadata) => ({ cause: annotations[CAUSE] ?? '', annotations })
const inOrder = (revisions: Revision[]): Revision[] => revisions.sort((left, right) => left.revision - right.revision)

const withoutHash = (template: Template): Template => {
  const { [HASH]: _hash, ...labels } = template.metadata.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

export type Back = { type: 'same' } | { type: 'change'; change: Omit<Change, 'done'> }

/** @param wanted 0 for the one before the last. @throws KubectlError where there is none */
export async function backTo(
  call: Call,
  one: Chosen,
  { workload, wanted }: { workload: Workload; wanted: number },
): Promise<Back> {
  const revisions = await revisionsOf(call, one, workload)
  const found = wanted > 0 ? revisions.find(({ revision }) => revision === wanted) : revisions.at(-2)
  if (!found && wanted > 0) throw failed(`unable to find specified revision ${wanted} in history`)
  if (!found)
    throw failed(
      one.kind.kind === 'Deployment'
        ? `no rollout history found for deployment "${one.name}"`
        : 'no last revision to roll back to',
    )
  return found.template
    ? backOfDeployment(workload, found.template, found.annotations)
    : backOfOthers(workload, found.patch ?? {})
}

function backOfDeployment({ metadata, spec }: Workload, kept: Template, annotations: Record<string, string>): Back {
  if (spec.paused)
    throw failed("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again")
  const template = withoutHash(kept)
  if (sameJson(template, withoutHash(spec.template))) return { type: 'same' }
  const isOwn = ([name]: [string, string]) => OWN.includes(name)
  const mine = Object.entries(metadata.annotations ?? {}).filter(isOwn)
  const theirs = Object.entries(annotations).filter((each) => !isOwn(each))
  const body = [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'replace', path: '/metadata/annotations', value: Object.fromEntries([...mine, ...theirs]) },
  ]
  return { type: 'change', change: { body, contentType: 'application/json-patch+json' } }
}

function backOfOthers({ spec }: Workload, patch: JsonObject): Back {
  if (sameJson(patch, { spec: { template: { ...spec.template, $patch: 'replace' } } })) return { type: 'same' }
  return { type: 'change', change: { body: patch, contentType: STRATEGIC } }
}
