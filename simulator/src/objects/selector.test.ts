import { describe, expect, test } from 'vitest'
import { refusalOf } from '../testing.js'
import { parseLabelSelector } from './selector.js'

describe('label selectors', () => {
  test.each([
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a!', "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['!a b', "found 'b', expected: ',' or 'end of string'"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a in', "unable to parse requirement: found '' expected: '('"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['a=(', "unable to parse requirement: found '(', expected: identifier"],
    [
      'a>b',
      "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    ['-a', 'unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of'],
    ['a=-b', 'unable to parse requirement: values[0][a]: Invalid value: "-b": a valid label must be'],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
  ])('%s is refused in the words of a real server', (text, message) => {
    const refusal = refusalOf(() => parseLabelSelector(text))
    expect([refusal.code, refusal.message]).toEqual([400, expect.stringContaining(message)])
  })

  test.each([
    ['a==b,c!=d,!e,f in (g),h notin (i,j)', { a: 'b', f: 'g', h: 'k' }, true],
    ['a==b,c!=d,!e,f in (g),h notin (i,j)', { a: 'b', f: 'g', h: 'j' }, false],
    ['in in (in)', { in: 'in' }, true],
    ['a in ()', { a: '' }, true],
    ['a in (,b)', { a: '' }, true],
    ['a=', { a: '' }, true],
    ['a>1', { a: '2' }, true],
    ['a<1', { a: '2' }, false],
  ])('%s of %o is %s', (text, labels, isMatch) => {
    expect(parseLabelSelector(text)(labels as unknown as Record<string, string>)).toBe(isMatch)
  })
})
