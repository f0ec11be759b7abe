/** A value against a schema of the content format: every problem at once, each with its place and a hint. */
import { ChapterManifest, LabManifest, TaskManifest } from '@wheelhouse/protocol'
import { Ajv, type ErrorObject } from 'ajv'
import { didYouMean } from './did-you-mean.js'
import type { Problem } from './problem.js'
import type { YamlFile } from './yaml-file.js'

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true })
const SCHEMAS = { chapter: ajv.compile(ChapterManifest), lab: ajv.compile(LabManifest), task: ajv.compile(TaskManifest) }

export interface Manifests {
  chapter: ChapterManifest
  lab: LabManifest
  task: TaskManifest
}

/** The manifest, where nothing is wrong with it. */
export function validate<Name extends keyof Manifests>(
  name: Name,
  yaml: YamlFile,
): { manifest: Manifests[Name] | undefined; problems: Problem[] } {
  if (yaml.problems.length > 0) return { manifest: undefined, problems: yaml.problems }
  const check = SCHEMAS[name]
  if (check(yaml.value)) return { manifest: yaml.value as Manifests[Name], problems: [] }
  const problems = (check.errors ?? []).filter(isOwn).map((error) => problemOf(error, yaml))
  return { manifest: undefined, problems }
}

/** A union that fails also lists why each of its branches did; `const` of the branches says it less well than `anyOf` itself. */
const isOwn = (error: ErrorObject) => !error.schemaPath.includes('/anyOf/')

function problemOf(error: ErrorObject, yaml: YamlFile): Problem {
  const pointer = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  const extra = error.keyword === 'additionalProperties' ? String(error.params.additionalProperty) : undefined
  const place = extra === undefined ? yaml.place(pointer) : yaml.place([...pointer, extra], 'key')
  const where = pointer.length === 0 ? '' : `${pointer.join('.')}: `
  return { file: yaml.file, ...place, rule: 'schema', message: `${where}${sentence(error)}` }
}

interface Verbose {
  properties?: Record<string, unknown>
  description?: string
  anyOf?: { const?: unknown }[]
}

function sentence(error: ErrorObject): string {
  const { params, data } = error
  const schema = (error.parentSchema ?? {}) as Verbose
  switch (error.keyword) {
    case 'required':
      return `"${params.missingProperty}" is missing.`
    case 'additionalProperties':
      return unknownKey(String(params.additionalProperty), schema)
    case 'enum': {
      const allowed = (params.allowedValues as unknown[]).map(String)
      return `${quote(data)} is none of ${shortList(allowed)}.${didYouMean(String(data), allowed)}`
    }
    case 'anyOf':
      return `${quote(data)} is none of ${shortList((schema.anyOf ?? []).map((branch) => String(branch.const)))}.`
    case 'const':
      return `must be ${quote(params.allowedValue)}, or left out.`
    case 'pattern':
      return `${quote(data)} does not have the right form${schema.description ? `: ${schema.description}` : ` (${params.pattern})`}.`
    case 'uniqueItems':
      return `entry ${Number(params.i) + 1} stands there twice.`
    default:
      return `${error.message ?? error.keyword}; found ${quote(data)}.`
  }
}

function unknownKey(name: string, { properties = {} }: Verbose): string {
  const cutText = 'en' in properties && 'zh' in properties ? ' A text with a comma inside { } needs quotes.' : ''
  return `"${name}" is not a key of the format.${didYouMean(name, Object.keys(properties))}${cutText}`
}

const quote = (value: unknown) => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
const shortList = (values: string[]) => (values.length > 12 ? `the ${values.length} known ones` : values.join(', '))
