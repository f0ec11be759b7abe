/** The committed data files. The one place of the simulator that reads files of its own package. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../data/', import.meta.url))

export const readData = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T

/** All entries of the JSON objects in a folder of data files, in one object. */
export const readDataFolder = <T>(name: string): Record<string, T> =>
  Object.assign({}, ...readdirSync(join(folder, name)).map((file) => readData<Record<string, T>>(join(name, file))))

/** A mark of a folder's content. */
export function dataMark(name: string): string {
  const mark = createHash('sha256')
  for (const file of readdirSync(join(folder, name)).sort()) mark.update(file).update(readFileSync(join(folder, name, file)))
  return mark.digest('hex')
}
