/** Writes the content format as JSON Schema into labs/schema/. A test fails where these files are stale. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale, root } from './build.mjs'

await buildIfStale({ only: ['programs'] })
const { schemaFiles } = await import('../server/dist/catalogue/schemas.js')
const folder = join(root, 'labs/schema')
mkdirSync(folder, { recursive: true })
for (const [name, content] of Object.entries(schemaFiles())) writeFileSync(join(folder, name), content)
