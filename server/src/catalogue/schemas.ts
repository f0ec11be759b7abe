/** The content format as JSON Schema, for editors: `labs/schema/*.json`, written by `npm run update:schemas`. */
import { ChapterManifest, LabManifest, TaskManifest } from '@wheelhouse/protocol'

const DRAFT = 'https://json-schema.org/draft/2020-12/schema'

/** File name to its content. */
export function schemaFiles(): Record<string, string> {
  const schemas = { chapter: ChapterManifest, lab: LabManifest, task: TaskManifest }
  const entries = Object.entries(schemas).map(([name, schema]) => {
    const title = `Wheelhouse ${name}.yaml`
    return [`${name}.schema.json`, `${JSON.stringify({ $schema: DRAFT, title, ...schema }, null, 2)}\n`] as const
  })
  return Object.fromEntries(entries)
}
