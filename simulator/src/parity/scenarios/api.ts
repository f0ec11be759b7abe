import type { Scenario } from '../scenario.js'
import { admitted } from './admitted.js'
import { change } from './change.js'
import { create } from './create.js'
import { custom, nodes } from './custom.js'
import { discover } from './discover.js'
import { accessLives, clusterLives, coreLives, networkLives, storageLives, workloadLives } from './kinds/index.js'
import { manifests } from './manifests.js'
import { observe } from './observe.js'
import { output } from './output.js'
import { otherRefusals, podRefusals, refusals, workloadRefusals } from './refusals/index.js'
import { rights } from './rights.js'

/** The themes of the API server. */
export const apiThemes: Record<string, Scenario[]> = {
  refusals,
  'refusals-pods': podRefusals,
  'refusals-workloads': workloadRefusals,
  'refusals-others': otherRefusals,
  observe,
  output,
  discover,
  create,
  change,
  rights,
  admitted,
  custom,
  nodes,
  manifests,
  'kinds-core': coreLives,
  'kinds-workloads': workloadLives,
  'kinds-network': networkLives,
  'kinds-storage': storageLives,
  'kinds-access': accessLives,
  'kinds-cluster': clusterLives,
}
