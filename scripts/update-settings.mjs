/** Writes the table of settings into docs/operations.md: `npm run update:settings`. A test fails while it is stale. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale, root } from './build.mjs'

await buildIfStale({ only: ['programs'] })
const { withSettingsTable } = await import('../server/dist/config/describe.js')
const file = join(root, 'docs/operations.md')
writeFileSync(file, withSettingsTable(readFileSync(file, 'utf8')))
