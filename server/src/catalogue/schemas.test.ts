import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { schemaFiles } from './schemas.js'

const folder = fileURLToPath(new URL('../../../labs/schema', import.meta.url))

test('labs/schema is what the format says; mend it with npm run update:schemas', () => {
  const committed = readdirSync(folder).map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8'))])
  const wanted = Object.entries(schemaFiles()).map(([name, content]) => [name, JSON.parse(content)])
  expect(Object.fromEntries(committed)).toEqual(Object.fromEntries(wanted))
})
