import { expect, test } from 'vitest'
import { alone, aloneIfLong } from './alone.js'
import { Evaluations, inPiece, Rest } from './pieces.js'

/** Performs until nothing rests. @returns the end, and how often something had a turn of its own */
function performed<T>(perform: () => T): { end: T; turns: number } {
  const kept = new Evaluations()
  for (let turns = 0; ; turns++) {
    try {
      return { end: inPiece(kept, perform), turns }
    } catch (error) {
      if (!(error instanceof Rest)) throw error
      expect(error.goOn()).toBe(true)
    }
  }
}

test('each part has a turn of its own, is done once, and the request finds what it came to', () => {
  const done: string[] = []
  const part = (name: string) =>
    alone(
      () => [name],
      () => {
        done.push(name)
        return name
      },
    )
  const { end, turns } = performed(() => [part('a'), part('b'), part('c')].join(''))
  expect(end).toBe('abc')
  expect(done).toEqual(['a', 'b', 'c'])
  expect(turns).toBe(3)
})

test('what is changed after a part does not reach it: the part belongs to an attempt that was given up', () => {
  const { end } = performed(() => {
    const object = { list: [1, 2, 3] }
    const sum = alone(
      () => [object],
      () => object.list.reduce((all, each) => all + each),
    )
    object.list.push(4)
    return alone(
      () => [object],
      () => sum + object.list.length,
    )
  })
  expect(end).toBe(10)
})

test('a fault of a part is thrown where the part is asked for', () => {
  const refuse = () =>
    alone(
      () => [],
      () => {
        throw new Error('no')
      },
    )
  expect(() => performed(refuse)).toThrow('no')
})

test('short values wait for nobody', () => {
  const short = performed(() => aloneIfLong([{ a: 1 }], () => 'done'))
  expect(short).toEqual({ end: 'done', turns: 0 })
  const long = performed(() => aloneIfLong([Array.from({ length: 10_000 }, () => 0)], () => 'done'))
  expect(long).toEqual({ end: 'done', turns: 1 })
})

test('what is another thing in each attempt comes to its end nevertheless', () => {
  let attempts = 0
  const { end } = performed(() => {
    const attempt = attempts++
    return alone(
      () => [attempt],
      () => 'done',
    )
  })
  expect(end).toBe('done')
})
