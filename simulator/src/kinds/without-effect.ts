/**
 * What is stored and nothing follows. Whoever writes such an object hears of it in a `Warning`, which kubectl prints: nothing is
 * accepted and ignored in silence. Whoever gives a kind its effect takes its line out.
 */
import { fieldsOf, isObject, type KubeObject } from '../objects/object.js'

/** Whole kinds, as `group/Kind`. */
const KINDS: ReadonlySet<string> = new Set([
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/ResourceClaim',
  'resource.k8s.io/ResourceClaimTemplate',
  'resource.k8s.io/ResourceSlice',
  'storage.k8s.io/VolumeAttributesClass',
])

/** Fields of kinds that otherwise have their effect. */
const FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/Pod', ['spec.resourceClaims', 'spec.schedulingGroup']],
  ['apiregistration.k8s.io/APIService', ['spec.service']],
  ['node.k8s.io/RuntimeClass', ['handler']],
  ['/PersistentVolumeClaim', ['spec.dataSource', 'spec.dataSourceRef', 'spec.volumeAttributesClassName']],
  ['apps/StatefulSet', ['spec.updateStrategy.rollingUpdate.maxUnavailable']],
])

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== 0 && value !== ''

function valueAt(object: KubeObject, path: string): unknown {
  let value: unknown = fieldsOf(object)
  for (const name of path.split('.')) value = isObject(value) ? value[name] : undefined
  return value
}

/** One sentence for each part of the object that has no effect. */
export function effectWarnings(group: string, object: KubeObject): string[] {
  const name = `${group}/${object.kind}`
  if (KINDS.has(name)) return [`${object.kind} is stored but has no effect in the simulated cluster`]
  const paths = FIELDS.get(name)?.filter((path) => isSet(valueAt(object, path))) ?? []
  return paths.map((path) => `${path} is stored but has no effect in the simulated cluster`)
}
