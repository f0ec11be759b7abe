/**
 * No field of the schemas is stored and ignored in silence: each of the kinds that administrators write is told of as one without effect,
 * or stands in the list of those that have one. A field that a new schema brings is in neither, and fails here.
 */
import { describe, expect, test } from 'vitest'
import { asObject, type JsonObject } from '../objects/object.js'
import { type Field, structOf, typeForKind } from '../schema/types.js'
import { effectWarnings, FIELDS, type Ineffective, KINDS, POD_SPEC_PATHS } from './without-effect.js'
import { POD_SPEC } from './without-effect-pod.js'

const KINDS_OF_ADMINISTRATORS = [
  ...['/v1/Pod', '/v1/PodTemplate', '/v1/ReplicationController', '/v1/Service', '/v1/Node', '/v1/Namespace', '/v1/ConfigMap'],
  ...[
    '/v1/Secret',
    '/v1/ServiceAccount',
    '/v1/PersistentVolume',
    '/v1/PersistentVolumeClaim',
    '/v1/ResourceQuota',
    '/v1/LimitRange',
  ],
  ...['apps/v1/Deployment', 'apps/v1/ReplicaSet', 'apps/v1/StatefulSet', 'apps/v1/DaemonSet', 'batch/v1/Job', 'batch/v1/CronJob'],
  ...['networking.k8s.io/v1/Ingress', 'networking.k8s.io/v1/IngressClass', 'networking.k8s.io/v1/NetworkPolicy'],
  ...['storage.k8s.io/v1/StorageClass', 'storage.k8s.io/v1/VolumeAttachment', 'autoscaling/v2/HorizontalPodAutoscaler'],
  ...['policy/v1/PodDisruptionBudget', 'scheduling.k8s.io/v1/PriorityClass', 'node.k8s.io/v1/RuntimeClass'],
  ...['certificates.k8s.io/v1/CertificateSigningRequest', 'discovery.k8s.io/v1/EndpointSlice'],
  ...['rbac.authorization.k8s.io/v1/Role', 'rbac.authorization.k8s.io/v1/RoleBinding'],
]
const NOT_ASKED = new Set(['apiVersion', 'kind', 'metadata', 'status'])

const pathOf = (field: Ineffective): string => (typeof field === 'string' ? field : field[0])

/** The paths without effect of a kind, with those of the Pods in it. */
function ineffectivePaths(name: string): Set<string> {
  const podPath = POD_SPEC_PATHS.get(name)
  const inPods = podPath === undefined ? [] : POD_SPEC.map((field) => `${podPath}.${pathOf(field)}`)
  return new Set([...(FIELDS.get(name) ?? []).map(pathOf), ...inPods])
}

/** Every field below, as `Type.field`; what is told of as without effect is not looked into. */
function fieldsBelow(type: string, { path, told, seen }: { path: string; told: Set<string>; seen: Set<string> }): string[] {
  const facts = structOf({ type: 'ref', ref: type })
  const name = type.split('.').slice(-1)[0]
  if (!facts?.fields || seen.has(type) || type.includes('apimachinery')) return []
  const inside = new Set([...seen, type])
  return Object.entries(facts.fields).flatMap(([field, schema]) => {
    if (path === '' && NOT_ASKED.has(field)) return []
    const { below, list } = innermost(schema)
    const here = `${path ? `${path}.` : ''}${field}${list}`
    if (told.has(here) || told.has(here.replace(/\[\]$/, ''))) return []
    return [`${name}.${field}`, ...(below ? fieldsBelow(below, { path: here, told, seen: inside }) : [])]
  })
}

function innermost(field: Field): { below: string | undefined; list: string } {
  if (field.type === 'array' && field.items) return { below: innermost(field.items).below, list: '[]' }
  if (field.type === 'map' && field.items) return { below: innermost(field.items).below, list: '{}' }
  return { below: field.ref, list: '' }
}

describe('every field has its effect or its warning', () => {
  test('by the schemas of Kubernetes', () => {
    const found = new Map<string, Set<string>>()
    for (const address of KINDS_OF_ADMINISTRATORS) {
      const [group = '', version = '', kind = ''] = address.split('/')
      const told = ineffectivePaths(`${group}/${kind}`)
      const all = fieldsBelow(typeForKind(group, version, kind) ?? '', { path: '', told, seen: new Set() })
      expect(all, address).not.toEqual([])
      for (const each of all) {
        const [type = '', field = ''] = each.split('.')
        found.set(type, (found.get(type) ?? new Set()).add(field))
      }
    }
    const lines = [...found].sort().map(([type, fields]) => `${type}: ${[...fields].sort().join(' ')}\n`)
    // Who adds a field to this list says that it has its effect, or none upstream either.
    return expect(lines.join('')).toMatchFileSnapshot('testdata/fields-with-effect.txt')
  })

  test('and every path that is told of as without effect is one of the schemas', () => {
    for (const [name, fields] of FIELDS) {
      const [group = '', kind = ''] = name.split('/')
      const version = name.startsWith('apiregistration') ? undefined : 'v1'
      if (!version) continue
      for (const field of fields)
        expect(exists(typeForKind(group, version, kind), pathOf(field)), `${name} ${pathOf(field)}`).toBe(true)
    }
    for (const field of POD_SPEC) expect(exists('io.k8s.api.core.v1.PodSpec', pathOf(field)), pathOf(field)).toBe(true)
  })
})

function exists(type: string | undefined, path: string): boolean {
  let at: string | undefined = type
  for (const step of path.replaceAll('[]', '').split('.')) {
    const field: Field | undefined = structOf({ type: 'ref', ref: at ?? '' })?.fields?.[step]
    if (!field) return false
    at = innermost(field).below
  }
  return true
}

describe('a warning', () => {
  const pod = (spec: JsonObject) => asObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec })

  test('names the place in the object', () => {
    const containers = [
      { name: 'a', securityContext: { privileged: false } },
      {
        name: 'b',
        securityContext: { privileged: true },
        volumeMounts: [{ mountPropagation: 'None' }, { mountPropagation: 'HostToContainer' }],
      },
    ]
    expect(effectWarnings('', pod({ containers, hostUsers: true, shareProcessNamespace: false }))).toEqual([
      'spec.containers[1].volumeMounts[1].mountPropagation is stored but has no effect in the simulated cluster',
      'spec.containers[1].securityContext.privileged is stored but has no effect in the simulated cluster',
    ])
    expect(effectWarnings('', pod({ containers: [], hostUsers: false, volumes: [{ name: 'v', nfs: { server: 'a' } }] }))).toEqual(
      [
        'spec.volumes[0].nfs is stored but has no effect in the simulated cluster',
        'spec.hostUsers is stored but has no effect in the simulated cluster',
      ],
    )
  })

  test('finds the Pod in a template, and whole kinds', () => {
    const template = { spec: { containers: [{ name: 'a', securityContext: { procMount: 'Unmasked' } }] } }
    const object = (kind: string, spec: JsonObject) => asObject({ kind, apiVersion: 'v1', metadata: { name: 'web' }, spec })
    expect(effectWarnings('batch', object('CronJob', { jobTemplate: { spec: { template } } }))).toEqual([
      'spec.jobTemplate.spec.template.spec.containers[0].securityContext.procMount is stored but has no effect in the simulated cluster',
    ])
    for (const name of KINDS) {
      const [group = '', kind = ''] = name.split('/')
      expect(effectWarnings(group, object(kind, {}))).toEqual([`${kind} is stored but has no effect in the simulated cluster`])
    }
  })
})
