/**
 * What is stored and nothing follows. Whoever writes such an object hears of it in a `Warning`, which kubectl prints: nothing is
 * accepted and ignored in silence. Whoever gives a kind or a field its effect takes its line out; effects.test.ts asks of every field
 * of the schemas that it is here or among those that have one.
 */
import { fieldsOf, isObject, type Json, type KubeObject } from '../objects/object.js'
import { CLAIM, POD_SPEC, UNMOUNTED } from './without-effect-pod.js'

/** Whole kinds, as `group/Kind`. */
export const KINDS: ReadonlySet<string> = new Set([
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'resource.k8s.io/DeviceClass',
  'resource.k8s.io/ResourceClaim',
  'resource.k8s.io/ResourceClaimTemplate',
  'resource.k8s.io/ResourceSlice',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/CSIStorageCapacity',
  'storage.k8s.io/VolumeAttributesClass',
])

/** A path, where `[]` stands for each of a list; with a test where only some values have no effect. */
export type Ineffective = string | [path: string, when: (value: Json) => boolean]

/** No plugin or driver brings these: what a claim of theirs holds is kept by the simulated cluster. */
const REMOTE = UNMOUNTED.filter((source) => source !== 'gitRepo')

/** Fields of kinds that otherwise have their effect. */
export const FIELDS: ReadonlyMap<string, readonly Ineffective[]> = new Map<string, readonly Ineffective[]>([
  ['apiregistration.k8s.io/APIService', ['spec.service']],
  ['node.k8s.io/RuntimeClass', ['handler']],
  ['/PersistentVolumeClaim', CLAIM.map((field) => `spec.${field}`)],
  [
    '/PersistentVolume',
    [...REMOTE.map((source) => `spec.${source}`), 'spec.mountOptions', 'spec.volumeAttributesClassName', 'spec.local.fsType'],
  ],
  ['storage.k8s.io/VolumeAttachment', ['spec.source.inlineVolumeSpec']],
  ['storage.k8s.io/StorageClass', ['mountOptions', 'allowedTopologies']],
  ['networking.k8s.io/IngressClass', ['spec.parameters']],
  ['/Node', ['spec.configSource', 'spec.externalID']],
  [
    'apps/StatefulSet',
    ['spec.updateStrategy.rollingUpdate.maxUnavailable', ...CLAIM.map((field) => `spec.volumeClaimTemplates[].spec.${field}`)],
  ],
])

/** Where a kind has the spec of a Pod. */
export const POD_SPEC_PATHS: ReadonlyMap<string, string> = new Map([
  ['/Pod', 'spec'],
  ['/PodTemplate', 'template.spec'],
  ['/ReplicationController', 'spec.template.spec'],
  ['apps/ReplicaSet', 'spec.template.spec'],
  ['apps/Deployment', 'spec.template.spec'],
  ['apps/StatefulSet', 'spec.template.spec'],
  ['apps/DaemonSet', 'spec.template.spec'],
  ['batch/Job', 'spec.template.spec'],
  ['batch/CronJob', 'spec.jobTemplate.spec.template.spec'],
])

const isSet = (value: Json | undefined): value is Json =>
  value !== undefined && value !== null && value !== 0 && value !== '' && value !== false

/** Each value at the path, with where it stands. */
function valuesAt(value: Json | undefined, path: string, at = ''): { value: Json; at: string }[] {
  if (value === undefined) return []
  if (path === '') return [{ value, at }]
  const [, step = '', list, rest = ''] = /^([^.[]+)(\[\])?\.?(.*)$/.exec(path) ?? []
  const inner = isObject(value) ? value[step] : undefined
  const here = at ? `${at}.${step}` : step
  if (!list) return valuesAt(inner, rest, here)
  return Array.isArray(inner) ? inner.flatMap((each, index) => valuesAt(each, rest, `${here}[${index}]`)) : []
}

function ineffectiveIn(value: Json | undefined, fields: readonly Ineffective[], at = ''): string[] {
  return fields.flatMap((field) => {
    const [path, when] = typeof field === 'string' ? [field, isSet] : field
    return valuesAt(value, path, at)
      .filter((found) => when(found.value))
      .map((found) => found.at)
  })
}

/** One sentence for each part of the object that has no effect. */
export function effectWarnings(group: string, object: KubeObject): string[] {
  const name = `${group}/${object.kind}`
  if (KINDS.has(name)) return [`${object.kind} is stored but has no effect in the simulated cluster`]
  const fields = fieldsOf(object)
  const podPath = POD_SPEC_PATHS.get(name)
  const pods = podPath === undefined ? [] : valuesAt(fields, podPath)
  const paths = [
    ...ineffectiveIn(fields, FIELDS.get(name) ?? []),
    ...pods.flatMap(({ value, at }) => ineffectiveIn(value, POD_SPEC, at)),
  ]
  return paths.map((path) => `${path} is stored but has no effect in the simulated cluster`)
}
