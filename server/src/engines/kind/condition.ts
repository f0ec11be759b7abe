/** How an environment is, from its record and what the container engine has of it. */
import type { EnvironmentCondition } from '../engine.js'
import type { FoundContainer } from './container-cli.js'
import type { EnvironmentRecord } from './record.js'

export function conditionOf(record: EnvironmentRecord, containers: FoundContainer[]): EnvironmentCondition {
  const missing = missingOf(record, containers)
  if (missing) return { broken: missing }
  const down = containers.filter(({ state }) => state !== 'running')
  if (down.length === 0) return 'running'
  if (down.length === containers.length) return 'stopped'
  return { broken: `${down.map(({ machine, state }) => `${machine} is ${state}`).join(', ')}` }
}

/** Machines that the record names and the container engine does not have; null where it has all. */
export function missingOf(record: EnvironmentRecord, containers: FoundContainer[]): string | null {
  const planned = [record.layout.base, ...record.layout.clusters.flatMap((cluster) => cluster.containers)]
  const missing = planned.filter(({ container }) => !containers.some(({ name }) => name === container))
  return missing.length === 0 ? null : `${missing.map(({ machine }) => machine).join(', ')} no longer exists`
}
