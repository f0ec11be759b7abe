import { expect, test } from 'vitest'
import { en } from './en'
import { zh } from './zh'

type Texts = { readonly [key: string]: string | Texts }

const flat = (texts: Texts, path = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`),
  )
const slots = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort()

const english = flat(en)
const chinese = new Map(flat(zh))

test('every English text has a Chinese one, but for singulars, which Chinese does not have', () => {
  const missing = english.map(([key]) => key).filter((key) => !key.endsWith('_one') && !chinese.has(key))
  expect(missing).toEqual([])
})

test('no Chinese text has lost its English one', () => {
  const known = new Set(english.map(([key]) => key))
  expect([...chinese.keys()].filter((key) => !known.has(key))).toEqual([])
})

test('both languages fill in the same values', () => {
  for (const [key, text] of english)
    if (chinese.has(key)) expect([key, slots(chinese.get(key) ?? '')]).toEqual([key, slots(text)])
})

test('no text is empty', () => {
  expect([...english, ...chinese].filter(([, text]) => text.trim() === '')).toEqual([])
})
