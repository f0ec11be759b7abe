import { expect, test } from 'vitest'
import type { Json } from '../objects/object.js'
import { rootField } from '../schema/types.js'
import { typeProblem } from './typed.js'

const deployment = rootField('io.k8s.api.apps.v1.Deployment')
const container = (fields: Json): Json => ({ spec: { template: { spec: { containers: [fields] } } } })

test.each<[string, Json, string]>([
  ['a field that is not there', { spec: { replicsa: 1 } }, '.spec.replicsa: field not declared in schema'],
  ['a text for a number', { spec: { replicas: 'x' } }, '.spec.replicas: expected numeric (int or float), got string'],
  [
    'a number for a text',
    container({ name: 'a', image: 1 }),
    '.spec.template.spec.containers[name="a"].image: expected string, got &value.valueUnstructured{Value:1}',
  ],
  [
    'a text for a list',
    { spec: { template: { spec: { containers: 'x' } } } },
    '.spec.template.spec.containers: expected list, got &{x}',
  ],
  ['a list for a map', { spec: [1] }, '.spec: expected map, got &{[1]}'],
  [
    'two items with one key',
    { spec: { template: { spec: { containers: [{ name: 'a' }, { name: 'a' }] } } } },
    '.spec.template.spec.containers: duplicate entries for key [name="a"]',
  ],
  [
    'two problems',
    { spec: { replicas: 'x', paused: 1 } },
    'errors:\n  .spec.replicas: expected numeric (int or float), got string\n  .spec.paused: expected boolean, got &{1}',
  ],
])('%s', (_what, value, problem) => {
  expect(typeProblem(value, deployment)).toBe(problem)
})

test('what fits has no problem', () => {
  expect(typeProblem(container({ name: 'a', ports: [{ containerPort: 80 }] }), deployment)).toBeUndefined()
})
