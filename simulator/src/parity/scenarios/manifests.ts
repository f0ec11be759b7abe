/** A hundred manifests after the examples of the documentation: applied, and read back with all their defaults. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import { file, kubectl, type Scenario, type Step, scenario, until } from '../scenario.js'

const FOLDER = fileURLToPath(new URL('../../../src/parity/manifests/', import.meta.url))

/** A Deployment gets its revision from its controller. */
const settled = (kind: string, name: string): Step[] =>
  kind === 'Deployment' ? [until(`get deployment ${name} -o jsonpath={.status.observedGeneration}`, '1')] : []

function steps(text: string): Step[] {
  return parseAllDocuments(text).flatMap((document) => {
    const { kind, metadata } = document.toJS() as { kind: string; metadata: { name: string } }
    const path = `${kind.toLowerCase()}-${metadata.name.replace('{{ns}}', 'ns').replace(/[^\w-]/g, '-')}.yaml`
    return [
      file(path, document.toString({ directives: false })),
      kubectl(`apply -f ${path}`),
      ...settled(kind, metadata.name),
      kubectl(`get -f ${path} -o yaml`, { without: 'status' }),
    ]
  })
}

export const manifests: Scenario[] = readdirSync(FOLDER)
  .sort()
  .map((name) =>
    scenario(
      `manifests: ${name.replace('.yaml', '')}`,
      ...steps(readFileSync(`${FOLDER}${name}`, 'utf8')),
      // What has no namespace stays behind otherwise.
      ...cleanUp(readFileSync(`${FOLDER}${name}`, 'utf8')),
    ),
  )

function cleanUp(text: string): Step[] {
  const names = [...text.matchAll(/^kind: (\w+)\nmetadata: \{ (?:generateName: \S+, )?name: "(\S*\{\{ns\}\}[^"]*)"/gm)]
  return names.map(([, kind, name]) => kubectl(`delete ${kind?.toLowerCase()} ${name} --wait=false`))
}
