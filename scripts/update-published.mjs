/** Adds every check that is now in the labs to labs/published.json. What it holds already stays: published checks do not change. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale, root } from './build.mjs'

await buildIfStale({ only: ['programs'] })
const { readContent } = await import('../server/dist/catalogue/content.js')
const { LEDGER, nextLedger, readLedger } = await import('../server/dist/catalogue/lint/published.js')
const ledger = nextLedger(readContent({ root }), readLedger(root))
writeFileSync(join(root, LEDGER), `${JSON.stringify(ledger, null, 2)}\n`)
