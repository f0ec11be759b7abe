/** Where Podman's words differ from Docker's. It is asked for JSON, whose shape holds over its versions; its templates do not. */
import type { EngineFacts, FoundContainer } from './container-cli.js'
import { LABEL } from './labels.js'

interface PodmanInfo {
  host: { cgroupVersion: string; memTotal: number; cpus: number }
  store: { graphRoot: string }
  version: { Version: string; APIVersion: string }
}

export function podmanFacts(info: string): EngineFacts {
  const { host, store, version } = JSON.parse(info) as PodmanInfo
  return {
    version: version.Version,
    apiVersion: version.APIVersion,
    cgroupVersion: host.cgroupVersion === 'v2' ? 2 : 1,
    memoryBytes: host.memTotal,
    cpus: host.cpus,
    rootDirectory: store.graphRoot,
  }
}

type Labels = Record<string, string> | null | undefined

export function podmanContainers(json: string): FoundContainer[] {
  const found = JSON.parse(json || '[]') as { Names: string[]; State: string; Labels: Labels }[]
  return found.map(({ Names: [name = ''], State, Labels }) => ({
    name,
    state: State.toLowerCase(),
    environment: Labels?.[LABEL.environment] ?? '',
    machine: Labels?.[LABEL.machine] ?? '',
    role: Labels?.[LABEL.role] ?? '',
  }))
}

export function podmanNetworks(json: string): { name: string; environment: string }[] {
  const found = JSON.parse(json || '[]') as { name: string; labels?: Labels }[]
  return found.map(({ name, labels }) => ({ name, environment: labels?.[LABEL.environment] ?? '' }))
}
