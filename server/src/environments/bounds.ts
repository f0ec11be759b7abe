/** How many environments this computer carries. */
import { totalmem } from 'node:os'
import type { Config } from '../config/schema.js'
import type { EngineCapabilities } from '../engines/engine.js'
import type { Bounds } from './admission.js'

/** Kept for the system, the server and the browser. */
const RESERVED_BYTES = 2_000_000_000
/** A control plane with one worker and its workstation, measured on kind at 0.7 GB, and room for what a learner runs. */
const PER_ENVIRONMENT_BYTES = 1_500_000_000

export function boundsOf(
  settings: Pick<Config['environments'], 'parallelCreations' | 'mostRunning'>,
  { environmentBytes = PER_ENVIRONMENT_BYTES }: Pick<EngineCapabilities, 'environmentBytes'>,
  memoryBytes = totalmem(),
): Bounds {
  const byMemory = Math.max(1, Math.floor((memoryBytes - RESERVED_BYTES) / environmentBytes))
  return { parallelCreations: settings.parallelCreations, mostRunning: settings.mostRunning || byMemory }
}
