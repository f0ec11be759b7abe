/** Options that several commands share, and how a command reads the configuration. */
import { type Command, InvalidArgumentError } from 'commander'
import { defaultDataDirectory } from '../config/data-directory.js'
import { readConfig } from '../config/read.js'
import type { Config } from '../config/schema.js'

export interface SharedOptions {
  dataDir?: string
  config?: string
  set?: Record<string, string>
}

const HELP_OF_SET = 'any setting, such as environments.idleMinutes=90; may be repeated (docs/operations.md lists them)'

export function withSharedOptions(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'where the database, the log and the installation id live (or WHEELHOUSE_DATA_DIR)')
    .option('--config <file>', 'settings, instead of wheelhouse.yaml in the data directory')
    .option('--set <name=value>', HELP_OF_SET, collectSetting)
}

/** @throws LabError `CONFIG_INVALID` */
export function readSettings(
  { dataDir, config: file, set = {} }: SharedOptions,
  flags: Readonly<Record<string, string | undefined>> = {},
): { config: Config; dataDirectory: string } {
  const dataDirectory = defaultDataDirectory({ ...process.env, ...(dataDir ? { WHEELHOUSE_DATA_DIR: dataDir } : {}) })
  const given = Object.fromEntries(Object.entries(flags).filter((entry): entry is [string, string] => entry[1] !== undefined))
  const config = readConfig({ dataDirectory, file, environment: process.env, flags: { ...set, ...given } })
  return { config, dataDirectory }
}

function collectSetting(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [name = '', ...value] = text.split('=')
  if (value.length === 0) throw new InvalidArgumentError('It is a name and a value, such as http.port=8080.')
  return { ...before, [name]: value.join('=') }
}

/** Reads an option's text. @throws InvalidArgumentError with what is allowed */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}
