/** The committed data files. The one place of the simulator that reads files of its own package. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../data/', import.meta.url))

export const readData = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T

/** All entries of the JSON objects in a folder of data files, in one object. */
export const readDataFolder = <T>(name: string): Record<string, T> =>
  Object.assign({}, ...readdirSync(join(folder, name)).map((file) => readData<Record<string, T>>(join(name, file))))
