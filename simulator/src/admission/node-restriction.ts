/** A kubelet touches its own node and its own Pods alone. @see plugin/pkg/admission/noderestriction */
import { fieldsOf, sameJson } from '../objects/object.js'
import { failure } from '../objects/status.js'
import type { Node, Pod, TokenRequestSpec } from '../schema/kubernetes.generated.js'
import type { AdmissionPlugin, AdmissionReview } from './admission.js'

const PREFIX = 'system:node:'
const MIRROR = 'kubernetes.io/config.mirror'

/** Labels of Kubernetes' own prefixes that a kubelet may set. @see kubelet/pkg/apis/well_known_labels.go */
const KUBELET_LABELS = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
])
const KUBELET_NAMESPACES = ['kubelet.kubernetes.io', 'node.kubernetes.io']

const isWithin = (namespace: string, parent: string): boolean => namespace === parent || namespace.endsWith(`.${parent}`)

function mayNotSet(label: string): boolean {
  const slash = label.indexOf('/')
  const namespace = slash < 0 ? '' : label.slice(0, slash)
  if (isWithin(namespace, 'node-restriction.kubernetes.io')) return true
  const isOurs = isWithin(namespace, 'kubernetes.io') || isWithin(namespace, 'k8s.io')
  return isOurs && !KUBELET_LABELS.has(label) && !KUBELET_NAMESPACES.some((each) => isWithin(namespace, each))
}

/** The name of the node that the user is, where it is one. */
function nodeOf({ request }: AdmissionReview): string | undefined {
  const { name, groups } = request.user
  return groups.includes('system:nodes') && name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined
}

type Refuse = (why: string) => Error

function checkMirror(pod: Pod, node: string, { context }: AdmissionReview): string | undefined {
  if (pod.metadata.annotations?.[MIRROR] === undefined)
    return `pod does not have ${JSON.stringify(MIRROR)} annotation, node ${JSON.stringify(node)} can only create mirror pods`
  const quoted = JSON.stringify(node)
  if (pod.spec.nodeName !== node) return `node ${quoted} can only create pods with spec.nodeName set to itself`
  const owners = pod.metadata.ownerReferences ?? []
  if (owners.length > 1) return `node ${quoted} can only create pods with a single owner reference set to itself`
  const [owner] = owners
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    return `node ${quoted} can only create pods with an owner reference set to itself`
  if (!owner.controller) return `node ${quoted} can only create pods with a controller owner reference set to itself`
  if (owner.blockOwnerDeletion) return `node ${quoted} must not set blockOwnerDeletion on an owner reference`
  const own = context.store.get('nodes', node)
  return own && own.metadata.uid !== owner.uid
    ? `node ${node} UID mismatch: expected ${owner.uid} got ${own.metadata.uid}`
    : undefined
}

function boundPod({ context, request }: AdmissionReview, name: string): Pod {
  const found = context.store.get('pods', `${request.namespace}/${name}`)
  if (!found) throw failure.notFound({ group: '', resource: 'pods' }, name)
  return found as Pod
}

function checkEviction(review: AdmissionReview, node: string): string | undefined {
  return boundPod(review, review.request.name).spec.nodeName === node
    ? undefined
    : `node ${node} can only evict pods with spec.nodeName set to itself`
}

/** A kubelet asks for tokens on behalf of its Pods. */
function checkToken(review: AdmissionReview, node: string): string | undefined {
  if (review.request.subresource !== 'token') return undefined
  const { boundObjectRef: reference } = fieldsOf(review.object).spec as TokenRequestSpec
  if (reference?.apiVersion !== 'v1' || reference.kind !== 'Pod' || !reference.name)
    return 'node requested token not bound to a pod'
  if (!reference.uid) return 'node requested token with a pod binding without a uid'
  const pod = boundPod(review, reference.name)
  if (pod.metadata.uid !== reference.uid)
    return `the UID in the bound object reference (${reference.uid}) does not match the UID in record. The object might have been deleted and then recreated`
  return pod.spec.nodeName === node ? undefined : 'node requested token bound to a pod scheduled on a different node'
}

function checkPod(review: AdmissionReview, node: string): string | undefined {
  const { request, operation, object, old } = review
  if (request.subresource === 'eviction') return checkEviction(review, node)
  const pod = object as Pod
  const quoted = JSON.stringify(node)
  if (request.subresource === 'status') {
    if ((old as Pod).spec.nodeName !== node)
      return `node ${quoted} can only update pod status for pods with spec.nodeName set to itself`
    return sameJson(pod.metadata.labels ?? {}, old?.metadata.labels ?? {})
      ? undefined
      : `node ${quoted} cannot update labels through pod status`
  }
  if (request.subresource)
    return `unexpected pod subresource ${JSON.stringify(request.subresource)}, only 'status' and 'eviction' are allowed`
  if (operation === 'CREATE') return checkMirror(pod, node, review)
  if (operation === 'DELETE')
    return pod.spec.nodeName === node ? undefined : `node ${quoted} can only delete pods with spec.nodeName set to itself`
  return `unexpected operation "UPDATE", node ${quoted} can only create and delete mirror pods`
}

function changedLabels(now: Record<string, string> = {}, before: Record<string, string> = {}): string[] {
  return [...new Set([...Object.keys(now), ...Object.keys(before)])].filter((key) => now[key] !== before[key])
}

function checkNode({ request, operation, object, old }: AdmissionReview, node: string): string | undefined {
  const name = request.name || object.metadata.name
  const quoted = JSON.stringify(node)
  if (name !== node) return `node ${quoted} is not allowed to modify node ${JSON.stringify(name)}`
  if (operation === 'DELETE') return undefined
  const [now, before] = [object as Node, old as Node | undefined]
  const forbidden = changedLabels(now.metadata.labels, before?.metadata.labels).filter(mayNotSet).sort().join(', ')
  if (!before) return forbidden ? `node ${quoted} is not allowed to set the following labels: ${forbidden}` : undefined
  if (!sameJson(now.spec?.taints ?? [], before.spec?.taints ?? [])) return `node ${quoted} is not allowed to modify taints`
  if (!sameJson(now.metadata.ownerReferences ?? [], before.metadata.ownerReferences ?? []))
    return `node ${quoted} is not allowed to modify ownerReferences`
  return forbidden ? `is not allowed to modify labels: ${forbidden}` : undefined
}

function checkLease({ request, object }: AdmissionReview, node: string): string | undefined {
  if (request.namespace !== 'kube-node-lease') return 'can only access leases in the "kube-node-lease" system namespace'
  const name = request.name || object.metadata.name
  return name === node ? undefined : 'can only access node lease with the same name as the requesting node'
}

function check(review: AdmissionReview): void {
  const node = nodeOf(review)
  if (node === undefined) return
  const { resource, name } = review.request
  const refuse: Refuse = (why) => failure.forbidden(resource, name || review.object.metadata.name, why)
  const tests = { pods: checkPod, nodes: checkNode, serviceaccounts: checkToken, 'coordination.k8s.io/leases': checkLease }
  const test = (tests as Record<string, typeof checkPod>)[resource.storage]
  const problem = test?.(review, node)
  if (problem) throw refuse(problem)
}

export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  seesParts: true,
  mutate: check,
  validate(review) {
    if (review.operation === 'DELETE') check(review)
  },
}
