import { expect, test } from 'vitest'
import { loadYaml } from './yaml.js'
import { yamlProblem } from './yaml-problem.js'

function problemOf(text: string): string {
  try {
    loadYaml(text)
  } catch (error) {
    return yamlProblem(error, text)
  }
  throw new Error('it was read')
}

// What sigs.k8s.io/yaml 1.6 prints for each.
test.each([
  ['[a]: b\n', 'yaml: invalid map key: []interface {}{"a"}'],
  ['? [a, b]\n: c\n', 'yaml: invalid map key: []interface {}{"a", "b"}'],
  ['a:\n  {a: 1}: b\n', 'yaml: invalid map key: map[interface {}]interface {}{"a":1}'],
  ['~: x\n', 'unsupported map key of type: %!s(<nil>), key: <nil>, value: "x"'],
  ['a:\n  null: 1\n', 'unsupported map key of type: %!s(<nil>), key: <nil>, value: 1'],
  ['\ta: b\n', 'yaml: found character that cannot start any token'],
  ['a:\n \tb: c\n', 'yaml: line 2: found character that cannot start any token'],
  ['-\ta: 1\n', 'yaml: found character that cannot start any token'],
  ['a:\n  - b\n  -\tc\n', 'yaml: line 3: found character that cannot start any token'],
  ['# x\n\t# y\na: b\n', 'yaml: line 2: found character that cannot start any token'],
  ['a: b\n\tc: d\n', 'yaml: line 2: found a tab character that violates indentation'],
  ['a:\n  b: c\n\td: e\n', 'yaml: line 3: found a tab character that violates indentation'],
  ['a:\n- x\n\t- y\n', 'yaml: line 3: found a tab character that violates indentation'],
  ['a: b\n\t\n', 'yaml: line 2: found a tab character that violates indentation'],
  ['a: |\n\ttext\n', 'yaml: line 2: found a tab character where an indentation space is expected'],
  ['a: |\n  text\n\tmore\n', 'yaml: line 3: found a tab character where an indentation space is expected'],
  ['a: {b: 1}}\n', 'yaml: did not find expected key'],
  ['a: ,\n', 'yaml: did not find expected node content'],
])('%j: %s', (text, problem) => {
  expect(problemOf(text)).toBe(problem)
})

test.each([
  ['{a: 1} x\n', { a: 1 }],
  ['{"kind":"Pod"}{"kind":"Node"}\n', { kind: 'Pod' }],
  ['# first\n{a: 1}\nb: 2\n', { a: 1 }],
  ['[1]]\n', [1]],
  ['a: 1\n...\nb: 2\n', { a: 1 }],
  ['a:\tb\n', { a: 'b' }],
  ['a: [1,\n\t2]\n', { a: [1, 2] }],
  ["a: 'x\n\ty'\n", { a: 'x y' }],
  ['a: |\n  all:\n  \tcc main.c\nb: 1\n', { a: 'all:\n\tcc main.c\n', b: 1 }],
  ['a: |\n  x\n\nb: "null: [1]: "\n', { a: 'x\n', b: 'null: [1]: ' }],
  ['.inf: 1\n-.Inf: 2\n.NaN: 3\n', { '.inf': 1, '-.inf': 2, '.nan': 3 }],
  [
    'a: {1.50: x, 1234567.5: why, 1e3: z}\nb: .inf\n',
    { a: { 1.5: 'x', '1.2345675e+06': 'why', 1000: 'z' }, b: Number.POSITIVE_INFINITY },
  ],
  ['".inf": 1\nport.5: 2\n', { '.inf': 1, 'port.5': 2 }],
])('%j is read', (text, value) => {
  expect(loadYaml(text).value).toEqual(value)
})

test('of a great many documents the first is read', () => {
  expect(loadYaml(`a: 1\n${'---\nb: 2\n'.repeat(20_000)}`).value).toEqual({ a: 1 })
  expect(loadYaml('---\n'.repeat(60_000)).value ?? null).toBeNull()
})
