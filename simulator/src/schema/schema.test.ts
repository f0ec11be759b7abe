import { describe, expect, test } from 'vitest'
import { builtIns } from '../kinds/resource.js'
import { type Field, factsOf, typeNames } from './types.js'

const references = (field: Field): string[] => [
  ...(field.ref ? [field.ref] : []),
  ...(field.items ? references(field.items) : []),
]

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
