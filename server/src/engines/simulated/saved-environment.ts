/** What the simulated engine keeps on disk of one environment. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileByRename } from '../../hosts/local-files.js'
import type { EnvironmentSpec } from '../engine.js'

export interface Saved {
  spec: EnvironmentSpec
  condition: 'building' | 'running' | 'stopped'
}

const FILE = 'environment.json'

const readJson = async <T>(path: string): Promise<T | undefined> => {
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null ? undefined : (JSON.parse(text) as T)
}

export const loadSaved = (directory: string): Promise<Saved | undefined> => readJson(join(directory, FILE))
export const save = (directory: string, saved: Saved): Promise<void> =>
  writeFileByRename(join(directory, FILE), JSON.stringify(saved), 0o600)
