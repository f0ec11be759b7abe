/** Reads the configuration: defaults < wheelhouse.yaml < environment < flags. Every problem is found before anything starts. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LabError } from '@wheelhouse/protocol'
import { Value } from 'typebox/value'
import { parse as parseYaml } from 'yaml'
import { didYouMean } from '../catalogue/did-you-mean.js'
import { type Config, SETTINGS, type Setting } from './schema.js'

export interface ConfigSources {
  /** Looked at for wheelhouse.yaml. */
  dataDirectory: string
  /** A file named by `--config`; it must exist. */
  file?: string | undefined
  environment?: Readonly<Record<string, string | undefined>>
  /** `SECTION.KEY` and its text, from flags. */
  flags?: Readonly<Record<string, string>>
}

interface Found {
  value: unknown
  /** For messages: the flag, the variable or the file and key. */
  where: string
}

/**
 * @returns every setting with its value
 * @throws LabError `CONFIG_INVALID` with every problem at once
 */
export function readConfig(sources: ConfigSources): Config {
  const problems: string[] = []
  const fromFile = readFile(sources, problems)
  const result: Record<string, Record<string, unknown>> = {}
  for (const setting of SETTINGS) {
    const found = fromFlags(setting, sources) ?? fromEnvironment(setting, sources) ?? fromFile.get(setting.name)
    const value = found ? found.value : setting.schema.default
    if (found && !Value.Check(setting.schema as object, value)) problems.push(problemOf(setting, found))
    const inner = result[setting.section] ?? {}
    inner[setting.key] = value
    result[setting.section] = inner
  }
  problems.push(...unknownNames(sources), ...contradictions(result as unknown as Config))
  if (problems.length > 0) throw new LabError('CONFIG_INVALID', { problems: problems.map((line) => `- ${line}`).join('\n') })
  return result as unknown as Config
}

function fromFlags(setting: Setting, { flags = {} }: ConfigSources): Found | undefined {
  const text = flags[setting.name]
  return text === undefined ? undefined : { value: fromText(setting, text), where: setting.name }
}

function fromEnvironment(setting: Setting, { environment = {} }: ConfigSources): Found | undefined {
  const text = environment[setting.variable]
  return text === undefined ? undefined : { value: fromText(setting, text), where: setting.variable }
}

/** A text as the setting's type, or the text itself where it is not of that type: the check then says so. */
function fromText({ schema }: Setting, text: string): unknown {
  if (schema.type === 'integer' || schema.type === 'number') return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text
  if (schema.type === 'boolean') return { true: true, '1': true, yes: true, false: false, '0': false, no: false }[text] ?? text
  if (schema.type === 'array')
    return text
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean)
  return text
}

function readFile({ dataDirectory, file }: ConfigSources, problems: string[]): Map<string, Found> {
  const found = new Map<string, Found>()
  const path = file ?? join(dataDirectory, 'wheelhouse.yaml')
  if (!existsSync(path)) {
    if (file) problems.push(`${path}: there is no such file`)
    return found
  }
  try {
    const content: unknown = parseYaml(readFileSync(path, 'utf8')) ?? {}
    flatten(path, content, { found, problems })
  } catch (error) {
    problems.push(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
  return found
}

function flatten(path: string, content: unknown, into: { found: Map<string, Found>; problems: string[] }): void {
  if (typeof content !== 'object' || content === null) {
    into.problems.push(`${path}: sections with settings are wanted, such as "http: { port: 8080 }"`)
    return
  }
  for (const [section, inner] of Object.entries(content)) {
    const entries = typeof inner === 'object' && inner !== null ? Object.entries(inner) : [['', inner]]
    for (const [key, value] of entries) {
      const name = key ? `${section}.${key}` : section
      if (SETTINGS.some((setting) => setting.name === name)) into.found.set(name, { value, where: `${path}: ${name}` })
      else into.problems.push(`${path}: ${name} is not a setting.${didYouMean(name, NAMES)}`)
    }
  }
}

function unknownNames({ environment = {}, flags = {} }: ConfigSources): string[] {
  const sections = new Set(SETTINGS.map(({ variable, key }) => variable.slice(0, variable.length - snakeLength(key))))
  const variables = Object.keys(environment)
    .filter((name) => [...sections].some((prefix) => name.startsWith(prefix)))
    .filter((name) => !SETTINGS.some((setting) => setting.variable === name))
    .map((name) => `${name} is not a setting.${didYouMean(name, VARIABLES)}`)
  const names = Object.keys(flags)
    .filter((name) => !SETTINGS.some((setting) => setting.name === name))
    .map((name) => `--set ${name} is not a setting.${didYouMean(name, NAMES)}`)
  return [...variables, ...names]
}

const snakeLength = (key: string) => key.replace(/[A-Z]/g, '__').length

const NAMES = SETTINGS.map(({ name }) => name)
const VARIABLES = SETTINGS.map(({ variable }) => variable)

function problemOf({ schema }: Setting, { value, where }: Found): string {
  return `${where}: ${schema.secret ? 'the value' : JSON.stringify(value)} is not ${wanted(schema)}`
}

function wanted({ type, enum: choices, minimum, maximum, unit }: Setting['schema']): string {
  if (choices) return `one of ${choices.join(', ')}`
  const of = unit ? ` of ${unit}` : ''
  const bounds = [minimum === undefined ? '' : `at least ${minimum}`, maximum === undefined ? '' : `at most ${maximum}`]
  const range = bounds.filter(Boolean).join(' and ')
  const kind = { integer: `a whole number${of}`, number: `a number${of}`, boolean: 'true or false', array: 'a list of texts' }[
    type ?? ''
  ]
  return `${kind ?? 'a text'}${range ? `, ${range}` : ''}`
}

/** What is wrong between settings that are each right. */
function contradictions(config: Config): string[] {
  const problems: string[] = []
  const { publicUrl } = config.http
  if (typeof publicUrl === 'string' && publicUrl && !isHttpUrl(publicUrl))
    problems.push(`http.publicUrl: "${publicUrl}" is not an address such as https://labs.example.org`)
  const { idleMinutes, idleWarningMinutes } = config.environments
  if (idleMinutes > 0 && idleWarningMinutes >= idleMinutes)
    problems.push(
      `environments.idleWarningMinutes: ${idleWarningMinutes} is not less than environments.idleMinutes (${idleMinutes})`,
    )
  return problems
}

function isHttpUrl(text: string): boolean {
  try {
    return ['http:', 'https:'].includes(new URL(text).protocol)
  } catch {
    return false
  }
}
