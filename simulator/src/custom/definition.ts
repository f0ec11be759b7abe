/** What a CustomResourceDefinition says, as far as we use it. */
import type { KubeObject } from '../objects/object.js'
import type { PrinterColumn } from './columns.js'
import type { JsonSchema } from './json-schema.js'

export interface DefinitionNames {
  plural: string
  singular?: string
  kind: string
  listKind?: string
  shortNames?: string[]
  categories?: string[]
}

export interface ScalePaths {
  specReplicasPath: string
  statusReplicasPath: string
  labelSelectorPath?: string
}

export interface DefinitionVersion {
  name: string
  served: boolean
  storage: boolean
  deprecated?: boolean
  deprecationWarning?: string
  schema?: { openAPIV3Schema?: JsonSchema }
  subresources?: { status?: object; scale?: ScalePaths }
  additionalPrinterColumns?: PrinterColumn[]
  selectableFields?: { jsonPath: string }[]
}

export interface Condition {
  type: string
  status: string
  reason: string
  message: string
  lastTransitionTime: string
}

export interface Definition extends KubeObject {
  spec: {
    group: string
    scope: 'Namespaced' | 'Cluster'
    names: DefinitionNames
    versions: DefinitionVersion[]
    conversion?: { strategy: string; webhook?: object }
    preserveUnknownFields?: boolean
  }
  status?: {
    conditions?: Condition[]
    acceptedNames?: DefinitionNames
    storedVersions?: string[]
  }
}

/** Holds a definition until its objects are gone. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io'

export const DEFINITIONS = 'apiextensions.k8s.io/customresourcedefinitions'

export const isEstablished = ({ status }: Definition): boolean =>
  status?.conditions?.some(({ type, status: state }) => type === 'Established' && state === 'True') === true

/** `v2` before `v1` before `v1beta1`; others by name. @see apimachinery/pkg/version: CompareKubeAwareVersionStrings */
export function newerVersionFirst(left: string, right: string): number {
  const parse = (name: string) => /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name)
  const [a, b] = [parse(left), parse(right)]
  if (!a || !b) return a ? -1 : b ? 1 : left < right ? -1 : 1
  const rank = ([, major, stage, minor]: RegExpExecArray) => [
    stage === undefined ? 2 : stage === 'beta' ? 1 : 0,
    Number(major),
    Number(minor ?? 0),
  ]
  const [x, y] = [rank(a), rank(b)]
  for (const [index, value] of x.entries()) if (value !== y[index]) return (y[index] ?? 0) - value
  return 0
}
