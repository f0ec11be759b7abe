/** The names and types that the expressions of policies know. Models apiserver/pkg/admission/plugin/cel/compile.go. */
import { Environment } from '../../cel/program.js'
import { BOOL, type CelType, DYN, INT, listOf, mapOf, parseType, STRING, simple } from '../../cel/types.js'

const objectOf = (name: string, fields: Record<string, CelType>): CelType => ({ kind: 'object', name, fields })
const GVK = objectOf('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING })
const GVR = objectOf('kubernetes.GroupVersionResource', { group: STRING, version: STRING, resource: STRING })
const TIMESTAMP = simple('timestamp')

export const REQUEST = objectOf('kubernetes.AdmissionRequest', {
  kind: GVK,
  resource: GVR,
  subResource: STRING,
  requestKind: GVK,
  requestResource: GVR,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: objectOf('kubernetes.UserInfo', {
    username: STRING,
    uid: STRING,
    groups: listOf(STRING),
    extra: mapOf(STRING, listOf(STRING)),
  }),
  dryRun: BOOL,
  options: DYN,
})

export const NAMESPACE = objectOf('kubernetes.Namespace', {
  metadata: objectOf('kubernetes.NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: objectOf('kubernetes.NamespaceSpec', { finalizers: listOf(STRING) }),
  status: objectOf('kubernetes.NamespaceStatus', {
    phase: STRING,
    conditions: listOf(
      objectOf('kubernetes.NamespaceCondition', {
        status: STRING,
        type: STRING,
        lastTransitionTime: TIMESTAMP,
        message: STRING,
        reason: STRING,
      }),
    ),
  }),
})

export interface EnvironmentNeeds {
  params?: boolean
  authorizer?: boolean
  /** `Object{...}` and `JSONPatch{...}` */
  patches?: boolean
  variables?: Record<string, CelType>
  /** Better known types of the object and the params, for a check of types. */
  types?: { object?: CelType; params?: CelType }
}

const JSON_PATCH: Record<string, CelType> = { op: STRING, from: STRING, path: STRING, value: DYN }

/** Any field may be named in an `Object`: what it fits is found when the patch is applied. */
function structs(name: string): ((field: string) => CelType | undefined) | undefined {
  if (name === 'JSONPatch') return (field) => JSON_PATCH[field]
  return /^Object(\.\w+)*$/.test(name) ? () => DYN : undefined
}

const AUTHORIZER = parseType('kubernetes.authorization.Authorizer')
const RESOURCE_CHECK = parseType('kubernetes.authorization.ResourceCheck')

export function environmentFor({ params, authorizer, patches, variables, types }: EnvironmentNeeds): Environment {
  const known: [string, CelType][] = [
    ['object', types?.object ?? DYN],
    ['oldObject', types?.object ?? DYN],
    ['request', REQUEST],
    ['namespaceObject', NAMESPACE],
  ]
  if (params) known.push(['params', types?.params ?? DYN])
  if (authorizer) known.push(['authorizer', AUTHORIZER])
  // Upstream's check of types does not know it.
  if (authorizer && !types) known.push(['authorizer.requestResource', RESOURCE_CHECK])
  if (variables) known.push(['variables', objectOf('kubernetes.variables', variables)])
  return new Environment(known, patches ? structs : undefined)
}
