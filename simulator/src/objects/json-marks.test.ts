import { expect, test } from 'vitest'
import { inTextOrder, jsonMarks } from './json-marks.js'

test.each([
  ['{}', undefined],
  ['{"a":[1,2,{"b":"c, d: 1.5 \\" {"}],"e":-3}', undefined],
  ['{"a":1,"a":2}', { repeated: ['a'], written: [] }],
  ['{"a":{"b":1},"c":{"b":1}}', undefined],
  ['{"a":[{"b":1},{"b":1,"b":2,"b":3}]}', { repeated: ['a[1].b'], written: [] }],
  ['{"a":"x","\\u0061":"y"}', { repeated: ['a'], written: [] }],
  ['{"a":[[0.5],-1e3, 7 ,{"b":1E-2}]}', { repeated: [], written: ['a[0][0] 0.5', 'a[1] -1e3', 'a[3].b 1E-2'] }],
  ['{"a":{"x.y":1,"x.y":1}}', { repeated: ['a.x.y'], written: [] }],
])('%s', (text, found) => {
  const marks = jsonMarks(text)
  expect(marks && { repeated: marks.repeated, written: [...marks.written].map((entry) => entry.join(' ')) }).toEqual(found)
})

test('what is unknown and what is repeated is told as the text has it, and nothing within the unknown', () => {
  const text = '{"z":{"k":1,"k":2},"b":1,"a":{"c":1,"d":[{"x":1}]},"b":2,"b":3}'
  const repeated = jsonMarks(text)?.repeated ?? []
  expect(repeated).toEqual(['z.k', 'b'])
  expect(inTextOrder(text, ['z', 'a.d[0].x'], repeated)).toEqual([
    'unknown field "z"',
    'unknown field "a.d[0].x"',
    'duplicate field "b"',
  ])
})
