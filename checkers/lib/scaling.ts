/** How the rollouts of a Deployment went, from what its controller told: its events outlive the ReplicaSets that they are about. */
import type { Kinds } from './api/json.js'

type ReplicaSet = Kinds['ReplicaSet']
type Event = Kinds['Event']

/** Models the texts of pkg/controller/deployment/sync.go (v1.36). */
const SCALED = /^Scaled (?:up|down) replica set (\S+) from (\d+) to (\d+)$/

export interface Rollouts {
  /** The Deployment's name. */
  deployment: string
  /** Its ReplicaSets as they were, such as `baseline.list('ReplicaSet', namespace, labels)`. */
  before: readonly ReplicaSet[]
  /** All events of the namespace. */
  events: readonly Event[]
  /** By the cluster's clock, milliseconds since the epoch: when the ReplicaSets were like that. */
  sinceMs: number
  /** Whether a ReplicaSet's Pods count, by its name. Absent: all do. */
  counts?: (name: string) => boolean
}

/**
 * The fewest Pods that the ReplicaSets of a Deployment were to have at any moment since, all together: that there were fewer is then
 * certain. That there never were is not, since nobody notes how many of them were ready; and events last an hour.
 */
export function fewestWanted({ deployment, before, events, sinceMs, counts = () => true }: Rollouts): number {
  const sizes = new Map(before.map(({ metadata, spec }) => [metadata?.name ?? '', spec?.replicas ?? 1]))
  const total = () => [...sizes].reduce((sum, [name, size]) => sum + (counts(name) ? size : 0), 0)
  let fewest = total()
  for (const event of scalingsOf(deployment, events, sinceMs)) {
    const [, name = '', from, to] = SCALED.exec(event.message ?? '') ?? []
    // Put together with others by the recorder, or one is missing: what came after cannot be told any more.
    if (from === undefined || (sizes.get(name) ?? 0) !== Number(from)) break
    sizes.set(name, Number(to))
    fewest = Math.min(fewest, total())
    // When it happened again is not known.
    if ((event.count ?? 1) > 1) break
  }
  return fewest
}

function scalingsOf(deployment: string, events: readonly Event[], sinceMs: number): Event[] {
  const own = events.filter(
    ({ reason, involvedObject }) =>
      reason === 'ScalingReplicaSet' && involvedObject.kind === 'Deployment' && involvedObject.name === deployment,
  )
  const since = own.filter((event) => recordedAt(event) > BigInt(Math.floor(sinceMs)) * NANOS_PER_MS)
  return since.sort((a, b) => (recordedAt(a) < recordedAt(b) ? -1 : 1))
}

const NANOS_PER_MS = 1_000_000n

/** In nanoseconds: the recorder's clock, which it writes behind the name. The times beside it have whole seconds. */
function recordedAt({ metadata, firstTimestamp }: Event): bigint {
  const [, nanos] = /\.([0-9a-f]{14,16})$/.exec(metadata.name ?? '') ?? []
  if (nanos) return BigInt(`0x${nanos}`)
  return BigInt(Date.parse(firstTimestamp ?? metadata.creationTimestamp ?? '') || 0) * NANOS_PER_MS
}
