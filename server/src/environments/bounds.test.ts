import { expect, test } from 'vitest'
import { boundsOf } from './bounds.js'

const GIB = 2 ** 30
const settings = { parallelCreations: 2, mostRunning: 0 }

test('how many environments a computer carries follows from its memory and from what one takes on this engine', () => {
  expect(boundsOf(settings, {}, 8 * GIB).mostRunning).toBe(4)
  expect(boundsOf(settings, { environmentBytes: 100_000_000 }, 8 * GIB).mostRunning).toBe(65)
  expect(boundsOf({ ...settings, mostRunning: 7 }, {}, 8 * GIB).mostRunning).toBe(7)
})
