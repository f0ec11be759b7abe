import { expect, test } from 'vitest'
import { CostLimitError } from './effort.js'
import { Evaluation, evaluate } from './evaluate.js'
import { fromJson, toJson } from './json.js'
import { inPiece, Rest } from './pieces.js'
import { Environment } from './program.js'
import { Series } from './series.js'
import { DYN } from './types.js'
import { EvaluationError, type Value } from './values.js'

const environment = new Environment([['self', DYN]])
const self = fromJson({
  a: Array.from({ length: 200 }, (_, index) => index),
  none: [],
  m: { x: 1, y: 2 },
  text: 'a'.repeat(400_000),
})
const variables = (name: string): Value | undefined => (name === 'self' ? self : undefined)
const checked = (text: string) => environment.compile(text)

/** A request that begins anew after each rest. */
function inPieces(text: string): { end: unknown; pieces: number } {
  const series = new Series()
  for (let pieces = 1; ; pieces++) {
    series.rewind()
    try {
      return { end: inPiece(undefined, () => series.evaluate(checked(text), variables)), pieces }
    } catch (error) {
      if (!(error instanceof Rest)) return { end: error, pieces }
    }
  }
}

function atOnce(text: string): unknown {
  try {
    return evaluate(checked(text), variables)
  } catch (error) {
    return error
  }
}

const shown = (end: unknown): unknown =>
  end instanceof Error ? [end.constructor, end.message] : { ...(end as object), value: toJson((end as { value: Value }).value) }

const WITHIN = 'self.a.exists(b, b == a + 500)'
test.each([
  `self.a.all(a, !${WITHIN})`,
  `self.a.exists(a, ${WITHIN})`,
  `self.a.exists_one(a, a == 3 || ${WITHIN})`,
  `self.a.filter(a, a < 500 && !${WITHIN})`,
  'self.a.map(a, self.a.filter(b, b > a).size())',
  'self.a.map(a, a > 100, self.a.filter(b, b > a).size())',
  'self.a.sortBy(a, self.a.filter(b, b < 200 - a).size())[0]',
  `self.a.transformMap(i, a, !${WITHIN})[7]`,
  `self.a.transformList(i, a, !${WITHIN})`,
  `[1].all(x, self.a.all(a, !${WITHIN}))`,
  `self.a.filter(a, !${WITHIN}).map(a, self.a.exists(b, b == a)).all(x, x)`,
  `self.a.all(a, !${WITHIN}) && self.a.all(a, !${WITHIN}) && self.a.exists(a, ${WITHIN})`,
  // A fault that the other side hides, and one that nothing hides.
  `self.a.all(a, ${WITHIN} || a / 0 == 1) || self.a.all(a, !${WITHIN})`,
  `self.a.all(a, !${WITHIN} && self.none[0] == a)`,
  `self.a.all(a, !${WITHIN}) && self.m.z == 1`,
  `cel.bind(x, self.a.filter(a, !${WITHIN}), x.all(a, x.exists(b, a == b)))`,
  // Calls that are long each, outside of any loop and within one.
  Array.from({ length: 12 }, (_, index) => `self.text.indexOf('b${index}') < 0`).join(' && '),
  'self.text.upperAscii().lowerAscii().split("").size() == 400000',
  'self.a.all(a, a < 3 ? self.text.upperAscii().contains("A") : true)',
])('%s ends in pieces as at once', (text) => {
  const { end, pieces } = inPieces(text)
  expect(pieces).toBeGreaterThan(1)
  expect(shown(end)).toEqual(shown(atOnce(text)))
})

test('what costs too much is stopped in pieces too', () => {
  const text = 'self.a.all(a, self.a.all(b, self.a.all(c, a + b + c >= 0)))'
  const { end, pieces } = inPieces(text)
  expect(end).toBeInstanceOf(CostLimitError)
  expect(pieces).toBeGreaterThan(5)
})

test('one that rests goes on alone, and the request finds its end', () => {
  const series = new Series()
  const program = checked(`self.a.all(a, !${WITHIN})`)
  const attempt = () => {
    series.rewind()
    return inPiece(undefined, () => series.evaluate(program, variables))
  }
  let rest: unknown
  try {
    attempt()
  } catch (error) {
    rest = error
  }
  expect(rest).toBeInstanceOf(Rest)
  let pieces = 0
  while (!(rest as Rest).goOn()) pieces++
  expect(pieces).toBeGreaterThan(0)
  expect(attempt()).toEqual(atOnce(`self.a.all(a, !${WITHIN})`))
})

test('nothing rests where nobody would go on', () => {
  const result = new Evaluation(checked(`self.a.all(a, !${WITHIN})`), variables).run()
  expect(result.value).toBe(true)
  expect(() => evaluate(checked('self.none[0]'), variables)).toThrow(EvaluationError)
})
