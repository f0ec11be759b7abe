/** The configuration in words: what differs from the defaults, and the table of every setting. */
import { type Config, SETTINGS } from './schema.js'

/** Every setting that differs from its default, as `name=value`; secrets are redacted. */
export function summarise(config: Config): string[] {
  const values = config as unknown as Record<string, Record<string, unknown>>
  return SETTINGS.flatMap(({ section, key, name, schema }) => {
    const value = values[section]?.[key]
    if (JSON.stringify(value) === JSON.stringify(schema.default)) return []
    return [`${name}=${schema.secret ? '(set)' : JSON.stringify(value)}`]
  })
}

/** A Markdown table of every setting: what docs/operations.md shows. */
export function settingsTable(): string {
  const rows = SETTINGS.map(({ name, variable, schema }) => {
    const initial = Array.isArray(schema.default) ? schema.default.join(', ') : String(schema.default)
    const unit = schema.unit ? ` ${schema.unit}` : ''
    const choices = schema.enum ? ` (${schema.enum.join(', ')})` : ''
    return `| \`${name}\` | \`${variable}\` | ${initial === '' ? '' : `\`${initial}\`${unit}`} | ${schema.description}${choices} |`
  })
  return ['| setting | environment | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

const BEGIN = '<!-- settings: `npm run update:settings` writes this table -->'
const END = '<!-- /settings -->'

/** The page with the table between its marks brought up to date. */
export function withSettingsTable(page: string): string {
  const [before, after] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)]
  return `${page.slice(0, before)}\n\n${settingsTable()}\n\n${page.slice(after)}`
}
