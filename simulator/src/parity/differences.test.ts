import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { themes } from './scenarios/index.js'

const document = readFileSync(new URL('../../../docs/simulator-differences.md', import.meta.url), 'utf8')
const [, ...rows] = [...document.matchAll(/^\| ([^|]+) \|/gm)].map(([, name]) => (name ?? '').trim())
const known = Object.values(themes)
  .flat()
  .flatMap(({ name, steps }) =>
    steps.flatMap((step) =>
      step.type === 'compare' && step.differs !== undefined ? [{ step: `${name}: ${step.command}`, reason: step.differs }] : [],
    ),
  )

test('every known difference names a row of docs/simulator-differences.md', () => {
  expect(known.length).toBeGreaterThan(0)
  const rowOf = (reason: string) => rows.find((row) => reason.startsWith(`${row}: `))
  expect(known.filter(({ reason }) => !rowOf(reason))).toEqual([])
})

test('every row tells of something of its own', () => {
  expect(rows.filter((row, index) => rows.indexOf(row) !== index)).toEqual([])
  expect([...document.matchAll(/^\| ([^|]+) \| *\|/gm)]).toEqual([])
})

test('every file that the document names is there', () => {
  const files = [...document.matchAll(/`((?:docs|simulator|scripts)\/[\w./-]+)`/g)].map(([, path]) => path ?? '')
  expect(files.length).toBeGreaterThan(0)
  for (const path of files)
    expect([path, () => readFileSync(new URL(`../../../${path}`, import.meta.url))]).toSatisfy(([, read]) => isThere(read))
})

function isThere(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch (error) {
    // A folder is there too.
    return (error as { code?: string }).code === 'EISDIR'
  }
}
