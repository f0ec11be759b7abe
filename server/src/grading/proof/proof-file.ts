/** A proof as JSON: every scene with its verdict, for a pipeline to read and for `wheelhouse prove --compare`. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { SceneResult } from './prove-task.js'

const SCHEMA = 'wheelhouse/prove/v1'

export interface ProofFile {
  schema: typeof SCHEMA
  /** The engine's name. */
  engine: string
  scenes: SceneResult[]
  /** Tasks, as `lab/task`, that were not begun because time was up. */
  left: string[]
}

export function writeProof(file: string, proof: Omit<ProofFile, 'schema'>): void {
  writeFileSync(file, `${JSON.stringify({ schema: SCHEMA, ...proof }, null, 2)}\n`)
}

/** @returns undefined where it is no such file. @throws the system's error where it cannot be read */
export function readProof(file: string): ProofFile | undefined {
  const text = readFileSync(file, 'utf8')
  try {
    const proof = JSON.parse(text) as ProofFile
    return proof.schema === SCHEMA ? proof : undefined
  } catch {
    return undefined
  }
}
