import { describe, expect, test } from 'vitest'
import { builtIns } from '../kinds/resource.js'
import type { Json } from '../objects/object.js'
import { decodeObject, storedForm } from './decode.js'
import { type Field, factsOf, rootField, typeNames } from './types.js'
import { conversionProblem } from './unstructured.js'

const references = (field: Field): string[] => [
  ...(field.ref ? [field.ref] : []),
  ...(field.items ? references(field.items) : []),
]

describe('an object in the form of Go', () => {
  const POD = 'io.k8s.api.core.v1.Pod'
  const ROLE = 'io.k8s.api.rbac.v1.ClusterRole'

  test('has its fields in the order of the struct', () => {
    const sent = {
      status: {},
      spec: { containers: [], volumes: [{ name: 'a' }] },
      metadata: { uid: 'u', name: 'n' },
      kind: 'Pod',
    }
    const decoded = decodeObject(POD, 'Pod', sent)
    expect(Object.keys(decoded)).toEqual(['kind', 'metadata', 'spec', 'status'])
    expect(Object.keys(decoded.metadata as object)).toEqual(['name', 'uid'])
    expect(Object.keys(decoded.spec as object)).toEqual(['volumes', 'containers'])
  })

  test('has the keys of its maps in their order', () => {
    const { metadata } = decodeObject(POD, 'Pod', { metadata: { labels: { tier: 'a', app: 'b' } } })
    expect(Object.keys((metadata as { labels: object }).labels)).toEqual(['app', 'tier'])
  })

  test('has null for a list that Go always writes, once it has been stored', () => {
    expect(storedForm(ROLE, 'ClusterRole', { metadata: { name: 'a' }, rules: [] })).toMatchObject({ rules: null })
    expect(decodeObject(ROLE, 'ClusterRole', { metadata: { name: 'a' }, rules: [] })).toMatchObject({ rules: [] })
  })

  test.each<[string, object, string]>([
    ['a text for a number', { spec: { priority: 'x' } }, 'unrecognized type: int32'],
    ['a broken number', { spec: { priority: 1.5 } }, 'cannot convert float64 to int32'],
    ['a number for a text', { spec: { nodeName: 1 } }, 'cannot convert int64 to string'],
    ['an object for a list', { spec: { containers: { name: 'x' } } }, 'cannot restore slice from map'],
    ['a list for an object', { spec: [] }, 'cannot restore struct from: slice'],
    ['a text for a map', { metadata: { labels: 'x' } }, 'cannot restore map from string'],
  ])('%s is told as the converter of patches does', (_what, value, problem) => {
    expect(conversionProblem(value as Json, rootField(POD))).toBe(problem)
  })
})

describe('schema data', () => {
  test('every type that a field refers to is there', () => {
    const missing = typeNames().flatMap((name) =>
      Object.values(factsOf(name)?.fields ?? {})
        .flatMap(references)
        .filter((reference) => !factsOf(reference)),
    )
    expect(missing).toEqual([])
  })

  test('every served kind has a type', () => {
    // The metrics API is an extension's: its kinds are not among those of k8s.io/api that the facts are made from.
    const ours = builtIns.filter(({ group }) => group !== 'metrics.k8s.io')
    expect(ours.filter((resource) => !resource.typeName).map((resource) => `${resource.group}/${resource.kind}`)).toEqual([])
  })

  test('lists that merge by key name fields that their items have', () => {
    const wrong = typeNames().flatMap((name) =>
      Object.entries(factsOf(name)?.fields ?? {})
        .filter(([, field]) => field.keys?.some((key) => field.items?.ref && !factsOf(field.items.ref)?.fields?.[key]))
        .map(([property]) => `${name}.${property}`),
    )
    expect(wrong).toEqual([])
  })

  test('the facts hold no prose', () => {
    const withProse = typeNames().filter((name) => JSON.stringify(factsOf(name)).includes('"description":"'))
    expect(withProse).toEqual([])
  })
})
