/**
 * Clusters that have come up already, one a shape: what a new cluster of that shape begins with, so that nobody waits for forty controllers
 * to bring up the cluster's own Pods. A fork shares every object that bears neither a time nor the CA; uids and generated names are
 * the same in every cluster of the process, which nobody can see: clusters never meet.
 */
import { type NodeImage, nodeImages } from '../kubelet/node-object.js'
import { fieldsOf, type Json, type JsonObject, type KubeObject } from '../objects/object.js'
import type { Checkpoint } from '../storage/store.js'
import { pause } from '../time/clock.js'
import { movedBy } from './moved.js'
import type { ClusterShape } from './shape.js'

export interface Prepared {
  objects: Checkpoint
  /** When it was taken. */
  atMs: number
  caPem: string
}

export interface Fork {
  nowMs: number
  caPem: string
  /** That its nodes hold from the start. */
  images: string[]
}

const prepared = new Map<string, Promise<Prepared>>()
const ready = new Map<string, Prepared>()
const keyOfShape = ({ controlPlanes, workers }: ClusterShape): string => `${controlPlanes} ${workers}`

/** Makes it once; `make` brings a cluster of the shape up. */
export async function prepareShape(shape: ClusterShape, make: () => Promise<Prepared>): Promise<void> {
  const key = keyOfShape(shape)
  const making = prepared.get(key) ?? make()
  prepared.set(key, making)
  try {
    ready.set(key, await making)
  } catch (error) {
    prepared.delete(key)
    throw error
  }
}

/** What a new cluster begins with, where its shape is prepared. */
export function forkOf(shape: ClusterShape, fork: Fork): Checkpoint | undefined {
  const from = ready.get(keyOfShape(shape))
  if (!from) return undefined
  // Whole seconds, so that nothing lies in the future.
  const laterMs = Math.floor((fork.nowMs - from.atMs) / 1000) * 1000
  const change: Change = { move: movedBy(laterMs), images: nodeImages(fork.images), from: from.caPem, to: fork.caPem }
  const objects: Checkpoint['objects'] = {}
  for (const [resource, entries] of Object.entries(from.objects.objects))
    objects[resource] = entries.map(([key, object]) => [key, forked(object, change)])
  return { revision: from.objects.revision, objects }
}

interface Change {
  move: (object: KubeObject) => KubeObject
  images: NodeImage[]
  from: string
  to: string
}

function forked(object: KubeObject, change: Change): KubeObject {
  const later = change.move(object)
  if (object.kind === 'ConfigMap') return withAuthority(later, change)
  if (object.kind !== 'Node') return later
  const { status } = fieldsOf(later) as { status: JsonObject }
  return { ...later, status: { ...status, images: change.images as unknown as Json } } as KubeObject
}

const encoded = (text: string): string => Buffer.from(text).toString('base64')

/** The certificate stands in it as it is, or within a kubeconfig. */
function withAuthority(object: KubeObject, { from, to }: Change): KubeObject {
  const { data } = fieldsOf(object) as { data?: Record<string, string> }
  if (!data) return object
  const replaced = Object.entries(data).map(([name, text]) => [
    name,
    text.replaceAll(from, to).replaceAll(encoded(from), encoded(to)),
  ])
  return { ...object, data: Object.fromEntries(replaced) } as KubeObject
}

/** Waits until nothing more is written. */
export async function settled(revision: () => number): Promise<void> {
  let [before, quiet] = [revision(), 0]
  while (quiet < QUIET_LOOKS) {
    await pause(LOOK_MS)
    quiet = revision() === before ? quiet + 1 : 0
    before = revision()
  }
}

const LOOK_MS = 50
/** Longer than any wait of a component that has more to do, such as the delay with which endpoints are gathered. */
const QUIET_LOOKS = 30
