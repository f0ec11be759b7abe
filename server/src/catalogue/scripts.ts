/** Scripts of a task: the lines at their head say where they run and, for a mutant, which checks must catch it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MutantScript, Script } from './catalogue.js'

/** Only the leading block of comments is read: `# machine: node01`, `# user: root`, `# caught-by: a, b`. */
export function header(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const line of text.split('\n')) {
    if (!line.startsWith('#')) break
    const match = /^#\s*(machine|user|caught-by):\s*(.*?)\s*$/.exec(line)
    if (match?.[1] && match[2] !== undefined) found[match[1]] = match[2]
  }
  return found
}

export function readScript(file: string, name: string): Script {
  const { machine, user } = header(readFileSync(file, 'utf8'))
  return { name, file, machine: machine ?? 'base', user: user === 'root' ? 'root' : 'candidate' }
}

export function readMutant(file: string, name: string): MutantScript {
  const caughtBy = header(readFileSync(file, 'utf8'))['caught-by'] ?? ''
  return { ...readScript(file, name), caughtBy: caughtBy.split(/[\s,]+/).filter((id) => id !== '') }
}

/** The files of a folder with one of these endings, in name order; none where there is no such folder. */
export function filesIn(directory: string, ...endings: string[]): string[] {
  if (!existsSync(directory)) return []
  const names = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile())
  return names
    .map((entry) => entry.name)
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .sort()
    .map((name) => join(directory, name))
}
