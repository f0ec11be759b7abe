import { expect, test } from 'vitest'
import { CostLimitError } from '../effort.js'
import { evaluate } from '../evaluate.js'
import { fromJson, toJson } from '../json.js'
import { Environment } from '../program.js'
import { DYN } from '../types.js'
import type { Value } from '../values.js'

const environment = new Environment([['self', DYN]])
const self = fromJson({ long: 'a'.repeat(900_000), digits: '9'.repeat(900_000) })
const variables = (name: string): Value | undefined => (name === 'self' ? self : undefined)
const value = (text: string) => toJson(evaluate(environment.compile(text), variables).value)

// A letter beyond the first 65,536 is one to CEL and two units to JavaScript.
test.each([
  ['"a😀b".indexOf("b")', 2],
  ['"a😀b😀".lastIndexOf("😀")', 3],
  ['"a😀b😀".lastIndexOf("😀", 2)', 1],
  ['"a😀b".charAt(1)', '😀'],
  ['"a😀b".charAt(3)', ''],
  ['"a😀b".substring(1, 2)', '😀'],
  ['"a😀b".substring(2)', 'b'],
  ['"a😀b".split("")', ['a', '😀', 'b']],
  ['"a😀".replace("", "-")', '-a-😀-'],
  ['"a😀".replace("", "-", 1)', '-a😀'],
  ['"aXbXc".replace("X", "--")', 'a--b--c'],
  ['"aXbXc".replace("X", "", 1)', 'abXc'],
  ['"aXbXc".replace("Y", "-", 0)', 'aXbXc'],
  ['"a😀".size()', 2],
  ['"\\uE000" < "😀"', true],
  ['"ab" < "abc"', true],
  ["strings.quote('a\\tb\\n😀')", '"a\\tb\\n😀"'],
  ['int("-0009223372036854775808") == -9223372036854775808', true],
  ['isQuantity(self.digits)', false],
  ['isURL(self.long)', false],
])('%s is %j', (text, wanted) => {
  expect(value(text)).toEqual(wanted)
})

test.each([
  ['lists.range(900000).distinct().size() > 0'],
  ['sets.contains(lists.range(9000), lists.range(9000))'],
  ['self.long.substring(0, 20000).replace("", self.long.substring(0, 20000)) != ""'],
  ['lists.range(3000).map(x, self.long.substring(0, 3000)).join(self.long.substring(0, 3000)) != ""'],
  ['self.long.split("").sort().size() > 0'],
  ['self.long.matches("(a|b)*c")'],
  ['self.long.findAll("a").size() > 0'],
])('%s ends before it has taken long', (text) => {
  expect(() => value(text)).toThrow(CostLimitError)
})

test('a number that is too long is none', () => {
  expect(() => value('int(self.digits)')).toThrow("type conversion error from 'string' to 'int'")
})
