/**
 * What Pods write to the disk of their node, and who has to go for it: who is over a limit of its own, and while the disk is short, who
 * takes most beyond its requests. Models pkg/kubelet/eviction (v1.36) with kubeadm's threshold `imagefs.available<15%`, the first that
 * is met where images and volumes share a disk.
 */
import { DISK_BYTES, diskBytes } from '../containers/file-system.js'
import { formatQuantity, parseQuantity, unitsOf } from '../objects/quantity.js'
import type { Container, Pod } from '../schema/kubernetes.generated.js'
import type { Clock } from '../time/clock.js'
import { bytesText, isCritical, TRANSITION_MS, type Victim } from './eviction.js'
import type { PodHost } from './pod-host.js'

const RESOURCE = 'ephemeral-storage'
/** What the system of a node and its images take. */
const SYSTEM_BYTES = 4 * 1024 ** 3
/** As upstream has it: a percentage is a 32-bit float there. */
const THRESHOLD_BYTES = Math.floor(DISK_BYTES * Math.fround(0.15))

interface Used {
  name: string
  bytes: number
}

export interface PodStorage {
  pod: Pod
  /** What running containers wrote beside their volumes. */
  containers: Used[]
  /** Every emptyDir. */
  volumes: Used[]
  /** Without what is kept in memory. */
  totalBytes: number
}

const isInMemory = ({ spec }: Pod, name: string): boolean =>
  spec.volumes?.find((each) => each.name === name)?.emptyDir?.medium === 'Memory'
const sum = (parts: Used[]): number => parts.reduce((total, { bytes }) => total + bytes, 0)

export function storageOf({ pod, slots, volumes }: Pick<PodHost, 'pod' | 'slots' | 'volumes'>): PodStorage {
  const containers = slots.flatMap(({ name, state }) =>
    state.type === 'running' ? [{ name, bytes: state.run.machine.fs.ownBytes }] : [],
  )
  const emptyDirs = volumes.emptyDirs().map(({ name, root }) => ({ name, bytes: diskBytes(root) }))
  const onDisk = emptyDirs.filter(({ name }) => !isInMemory(pod, name))
  return { pod, containers, volumes: emptyDirs, totalBytes: sum(containers) + sum(onDisk) }
}

export const freeBytesWith = (all: PodStorage[]): number =>
  Math.max(
    0,
    all.reduce((left, { totalBytes }) => left - totalBytes, DISK_BYTES - SYSTEM_BYTES),
  )

const listed = ({ spec }: Pod): Container[] => [...spec.containers, ...(spec.initContainers ?? [])]
const amount = (container: Container, which: 'limits' | 'requests'): string | undefined =>
  (container.resources?.[which] as Record<string, string> | undefined)?.[RESOURCE]
const quantityText = (text: string): string => {
  const parsed = parseQuantity(text)
  return parsed ? formatQuantity(parsed) : text
}

/** Why a Pod has used up what it was given. @see localStorageEviction */
export function breachOf(storage: PodStorage): string | undefined {
  return emptyDirBreach(storage) ?? podBreach(storage) ?? containerBreach(storage)
}

function emptyDirBreach({ pod, volumes }: PodStorage): string | undefined {
  for (const { name, emptyDir } of pod.spec.volumes ?? []) {
    const limit = emptyDir?.sizeLimit
    const used = volumes.find((each) => each.name === name)?.bytes ?? 0
    if (limit === undefined || unitsOf(String(limit)) <= 0 || used <= unitsOf(String(limit))) continue
    return `Usage of EmptyDir volume ${JSON.stringify(name)} exceeds the limit ${JSON.stringify(quantityText(String(limit)))}. `
  }
  return undefined
}

function podBreach({ pod, totalBytes }: PodStorage): string | undefined {
  const limits = pod.spec.containers.flatMap((each) => amount(each, 'limits') ?? [])
  const total = limits.reduce((all, text) => all + unitsOf(text), 0)
  if (limits.length === 0 || totalBytes <= total) return undefined
  const text = limits.length === 1 ? quantityText(limits[0] ?? '') : bytesText(total)
  return `Pod ephemeral local storage usage exceeds the total limit of containers ${text}. `
}

function containerBreach({ pod, containers }: PodStorage): string | undefined {
  for (const { name, bytes } of containers) {
    const container = listed(pod).find((each) => each.name === name)
    const limit = container && amount(container, 'limits')
    if (limit !== undefined && unitsOf(limit) > 0 && bytes > unitsOf(limit))
      return `Container ${name} exceeded its local ephemeral storage limit ${JSON.stringify(quantityText(limit))}. `
  }
  return undefined
}

const requestedBy = ({ spec }: Pod): number =>
  spec.containers.reduce((total, each) => total + unitsOf(amount(each, 'requests') ?? '0'), 0)

export class DiskPressure {
  #lastSeenMs = Number.NEGATIVE_INFINITY
  constructor(readonly clock: Clock) {}

  /** Now, or until lately. */
  get isShort(): boolean {
    return this.clock.now() - this.#lastSeenMs < TRANSITION_MS
  }

  /** @param all what every Pod of the node takes @returns who has to go, where the disk is short */
  look(all: PodStorage[]): Victim | undefined {
    const available = freeBytesWith(all)
    if (available >= THRESHOLD_BYTES) return undefined
    this.#lastSeenMs = this.clock.now()
    const [first] = all.filter(({ pod }) => !isCritical(pod)).sort(evictedFirst)
    return first && { pod: first.pod, message: messageFor(first, available) }
  }

  /** Why the kubelet takes no such Pod now: whatever is not critical. @see managerImpl.Admit */
  refusalOf(pod: Pod): string | undefined {
    return this.isShort && !isCritical(pod) ? 'The node had condition: [DiskPressure]. ' : undefined
  }
}

/** @see rankDiskPressureFunc */
function evictedFirst(a: PodStorage, b: PodStorage): number {
  const excess = ({ pod, totalBytes }: PodStorage) => totalBytes - requestedBy(pod)
  const priority = ({ pod }: PodStorage) => pod.spec.priority ?? 0
  return Number(excess(b) > 0) - Number(excess(a) > 0) || priority(a) - priority(b) || excess(b) - excess(a)
}

/** @see evictionMessage */
function messageFor({ pod, containers }: PodStorage, available: number): string {
  const parts = containers.flatMap(({ name, bytes }) => {
    const container = listed(pod).find((each) => each.name === name)
    const request = (container && amount(container, 'requests')) ?? '0'
    if (bytes <= unitsOf(request)) return []
    return [`Container ${name} was using ${bytesText(bytes)}, request is ${request}, has larger consumption of ${RESOURCE}. `]
  })
  return `The node was low on resource: ${RESOURCE}. Threshold quantity: ${THRESHOLD_BYTES}, available: ${Math.floor(available / 1024)}Ki. ${parts.join('')}`
}
