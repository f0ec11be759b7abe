import { expect, test } from 'vitest'
import { syntaxProblem } from './go-json.js'

const problemOf = (text: string) => syntaxProblem(Buffer.from(text))

// What Go 1.26 prints for each.
test.each([
  ['{not json', "invalid character 'n' looking for beginning of object key string"],
  ['', 'unexpected end of JSON input'],
  ['{"a":', 'unexpected end of JSON input'],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['[1 2]', "invalid character '2' after array element"],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['{} x', "invalid character 'x' after top-level value"],
  ['tru', "invalid character ' ' in literal true (expecting 'e')"],
  ['1e', "invalid character ' ' in exponent of numeric literal"],
  ['"', 'unexpected end of JSON input'],
  ['[1}', "invalid character '}' after array element"],
  ['\u0000', "invalid character '\\x00' looking for beginning of value"],
  ['trux', "invalid character 'x' in literal true (expecting 'e')"],
  ['nil', "invalid character 'i' in literal null (expecting 'u')"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['-x', "invalid character 'x' in numeric literal"],
  ['01', "invalid character '1' after top-level value"],
  ['1.x', "invalid character 'x' after decimal point in numeric literal"],
  ['1ex', "invalid character 'x' in exponent of numeric literal"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
  ['\u009e', "invalid character 'Â' looking for beginning of value"],
])('%j: %s', (text, problem) => {
  expect(problemOf(text)).toBe(problem)
})

test('a byte that is no letter is shown by its number', () => {
  expect(syntaxProblem(Uint8Array.of(0x9e))).toBe("invalid character '\\u009e' looking for beginning of value")
})

test.each(['{"a": [1, -2.5e+3, true, null, "\\u00e9\\n"], "b": {}}', '0', ' [] ', '12'])('%s is JSON', (text) => {
  expect(problemOf(text)).toBeUndefined()
})
