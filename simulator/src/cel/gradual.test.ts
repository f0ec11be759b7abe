import { expect, test } from 'vitest'
import { atOnce, gradually, type Parts } from './gradual.js'
import { Evaluations, inPiece, Rest } from './pieces.js'

const PARTS = 20
/** Each part is a good half of a piece. */
function* counting(done: number[]): Parts<number> {
  for (let part = 0; part < PARTS; part++) {
    done.push(part)
    yield 30_000
  }
  return done.length
}

test('work of many parts rests between them, and is done once however often the request begins anew', () => {
  const kept = new Evaluations()
  const done: number[] = []
  let rests = 0
  for (;;) {
    try {
      const result = inPiece(kept, () =>
        gradually(
          () => ['same'],
          () => counting(done),
        ),
      )
      expect(result).toBe(PARTS)
      break
    } catch (error) {
      if (!(error instanceof Rest)) throw error
      rests++
      error.goOn()
    }
  }
  expect(done).toEqual(Array.from({ length: PARTS }, (_, index) => index))
  expect(rests).toBeGreaterThan(3)
})

test('where nobody may rest it is done at once', () => {
  const result = gradually(
    () => [],
    () => counting([]),
  )
  expect(result).toBe(PARTS)
  expect(atOnce(counting([]))).toBe(PARTS)
})
