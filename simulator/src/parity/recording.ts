/** What a real cluster answered: `data/parity/THEME.json`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Answer } from './play.js'
import type { Scenario } from './scenario.js'

/** Answers by name of the scenario, in order. */
export type Transcript = Record<string, Answer[]>

const RECORDINGS = fileURLToPath(new URL('../../data/parity/', import.meta.url))

export function readRecording(theme: string): Transcript {
  const path = join(RECORDINGS, `${theme}.json`)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
}

/** In the order of the scenarios; what no scenario asks any more is dropped. */
export function writeRecording(theme: string, scenarios: Scenario[], answers: ReadonlyMap<string, Answer[]>): void {
  const kept = scenarios.flatMap(({ name }) => {
    const found = answers.get(name)
    return found ? [[name, found] as const] : []
  })
  writeFileSync(join(RECORDINGS, `${theme}.json`), `${JSON.stringify(Object.fromEntries(kept), null, 1)}\n`)
}
