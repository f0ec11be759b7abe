import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { yamlProblem } from './yaml-problem.js'

function problemOf(text: string): string {
  try {
    load(text)
  } catch (error) {
    return yamlProblem(error, text)
  }
  throw new Error('it was read')
}

// What sigs.k8s.io/yaml 1.6 prints for each.
test.each([
  ['a: [1, 2', "yaml: line 1: did not find expected ',' or ']'"],
  ['a: {b: 1', "yaml: line 1: did not find expected ',' or '}'"],
  ['a: [1, 2}\n', "yaml: did not find expected ',' or ']'"],
  ['a: b: c', 'yaml: mapping values are not allowed in this context'],
  ['x\ny: 1', 'yaml: line 2: mapping values are not allowed in this context'],
  ['a:\n\tb: c', 'yaml: line 2: found character that cannot start any token'],
  ["a: 'x", 'yaml: found unexpected end of stream'],
  ['a: *none', "yaml: unknown anchor 'none' referenced"],
  ['a:\n  b: 1\n c: 2', 'yaml: line 2: did not find expected key'],
  ['a: b\n- c', 'yaml: line 1: did not find expected key'],
  ['- a\nb: c', "yaml: line 1: did not find expected '-' indicator"],
  ['a: @x', 'yaml: found character that cannot start any token'],
  ['a: "\\x"', 'yaml: did not find expected hexdecimal number'],
])('%j: %s', (text, problem) => {
  expect(problemOf(text)).toBe(problem)
})
