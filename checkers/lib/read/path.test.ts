import { expect, test } from 'vitest'
import { jsonPath, parsePath, valueAt } from './path.js'

const node = {
  metadata: { annotations: { 'kubernetes.io/change-cause': 'upgrade' } },
  status: {
    conditions: [
      { type: 'MemoryPressure', status: 'False' },
      { type: 'Ready', status: 'True' },
    ],
  },
}

test.each([
  ['status.conditions[type=Ready].status', 'True', '{.status.conditions[?(@.type=="Ready")].status}'],
  ['status.conditions[0].type', 'MemoryPressure', '{.status.conditions[0].type}'],
  ["metadata.annotations['kubernetes.io/change-cause']", 'upgrade', '{.metadata.annotations.kubernetes\\.io/change-cause}'],
  ['spec.template.name', undefined, '{.spec.template.name}'],
])('%s is read and shown as kubectl wants it', (path, value, kubectl) => {
  const steps = parsePath(path)
  expect(valueAt(node, steps)).toBe(value)
  expect(jsonPath(steps)).toBe(kubectl)
})

test('a text that is no path is an error of the author', () => {
  expect(() => parsePath('the number of Pods')).toThrow(/not a path/)
})
