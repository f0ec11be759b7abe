/** What a verdict was graded by, as a hash: file names and contents, whatever the order of the disk. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export function contentVersion(directory: string, ...others: string[]): string {
  const hash = createHash('sha256')
  const within = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  for (const file of [...within, ...others]) {
    const content = readFileSync(file)
    hash.update(`${relative(directory, file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex').slice(0, 16)
}
