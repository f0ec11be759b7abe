/** Empties volumes of the deprecated policy `Recycle`, each by a Pod. Models recycleVolumeOperation and pkg/volume/util/recyclerclient (v1.36). */
import type { Client } from '../../client/client.js'
import { keyOf } from '../../objects/object.js'
import { unitsOf } from '../../objects/quantity.js'
import { ignoreMissing, isAlreadyExists } from '../../objects/status.js'
import type { PersistentVolume, Pod } from '../../schema/kubernetes.generated.js'
import { isOver } from '../pods.js'
import { done, type Outcome, type ReconcileContext, requeueAfter } from '../runtime/controller.js'
import { unbind } from './binding.js'
import { claimNamesOf } from './claim-names.js'

const NAMESPACE = 'default'
const PREFIX = 'recycler-for-'
/** So often is tried again what failed. @see PVClaimBinderSyncPeriod */
const AGAIN_MS = 15_000
const SCRUB = 'test -e /scrub && find /scrub -mindepth 1 -delete && test -z "$(ls -A /scrub)" || exit 1'
/** @see RecyclerMinimumTimeout and RecyclerTimeoutIncrement of the controller manager, for each Gi */
const TIMEOUTS = { hostPath: { least: 60, more: 30 }, nfs: { least: 300, more: 30 } }
const GIBIBYTE = 1024 ** 3

/** The volume that a Pod empties, by name. */
export const recycledBy = ({ metadata }: Pod): string[] =>
  metadata.namespace === NAMESPACE && metadata.name.startsWith(PREFIX) ? [metadata.name.slice(PREFIX.length)] : []

/** The claim of the volume has gone. Safe to repeat. */
export async function recycle(context: ReconcileContext, volume: PersistentVolume): Promise<Outcome> {
  const source = (['hostPath', 'nfs'] as const).find((each) => volume.spec[each] !== undefined)
  if (!source) return fail(context, volume, 'No recycler plugin found for the volume!')
  const pod = context.informers.get('Pod', `${NAMESPACE}/${PREFIX}${volume.metadata.name}`)
  if (!pod) return begin(context, volume, source)
  if (!isOver(pod) || pod.metadata.deletionTimestamp) return done
  await context.client.delete('Pod', keyOf(pod), { uid: pod.metadata.uid }).catch(ignoreMissing)
  relays(context.client).get(pod.metadata.uid)?.abort()
  if (pod.status?.phase === 'Failed') {
    const why = pod.status.message || 'pod failed, pod.Status.Message unknown'
    return fail(context, volume, `Recycle failed: failed to recycle volume: ${why}`)
  }
  context.events.record(volume, { type: 'Normal', reason: 'VolumeRecycled', message: 'Volume recycled' })
  await unbind(context, volume)
  return done
}

async function begin(context: ReconcileContext, volume: PersistentVolume, source: 'hostPath' | 'nfs'): Promise<Outcome> {
  const users = usersOf(context, volume)
  if (users.length > 0) {
    const message = `Volume is used by pods: ${users.join(',')}`
    context.events.record(volume, { type: 'Normal', reason: 'VolumeFailedRecycle', message })
    return requeueAfter(AGAIN_MS)
  }
  try {
    const pod = await context.client.create('Pod', recycler(volume, source))
    void relay(context, volume, pod)
  } catch (error) {
    // It was made before, and the informers have not shown it yet.
    if (!isAlreadyExists(error)) throw error
  }
  return done
}

/** A claim of the same name is another's, and its Pods use another volume. */
function usersOf({ informers }: ReconcileContext, { spec }: PersistentVolume): string[] {
  const { namespace = '', name = '' } = spec.claimRef ?? {}
  if (informers.get('PersistentVolumeClaim', `${namespace}/${name}`)) return []
  return informers
    .list('Pod', namespace)
    .filter((pod) => !isOver(pod) && claimNamesOf(pod).includes(name))
    .map(keyOf)
}

async function fail({ client, events }: ReconcileContext, volume: PersistentVolume, message: string): Promise<Outcome> {
  if (volume.status?.phase !== 'Failed') {
    await client.updateStatus('PersistentVolume', { ...volume, status: { ...volume.status, phase: 'Failed', message } })
    events.record(volume, { type: 'Warning', reason: 'VolumeFailedRecycle', message })
  }
  return requeueAfter(AGAIN_MS)
}

function recycler({ metadata, spec }: PersistentVolume, source: 'hostPath' | 'nfs') {
  const gibibytes = Math.floor(unitsOf((spec.capacity as { storage?: string } | undefined)?.storage ?? '0') / GIBIBYTE)
  const { least, more } = TIMEOUTS[source]
  const volume = source === 'hostPath' ? { hostPath: { path: spec.hostPath?.path ?? '' } } : { nfs: spec.nfs }
  return {
    metadata: { name: `${PREFIX}${metadata.name}`, generateName: 'pv-recycler-', namespace: NAMESPACE },
    spec: {
      activeDeadlineSeconds: Math.max(least, gibibytes * more),
      restartPolicy: 'Never',
      volumes: [{ name: 'vol', ...volume }],
      containers: [
        {
          name: 'pv-recycler',
          image: 'registry.k8s.io/build-image/debian-base:bookworm-v1.0.6',
          command: ['/bin/sh'],
          args: ['-c', SCRUB],
          volumeMounts: [{ name: 'vol', mountPath: '/scrub' }],
        },
      ],
    },
  } as never
}

/** What ends the relay of each Pod's Events, by the Pod's uid. */
const running = new WeakMap<Client, Map<string, AbortController>>()
function relays(client: Client): Map<string, AbortController> {
  const known = running.get(client) ?? new Map<string, AbortController>()
  running.set(client, known)
  return known
}

/** The volume tells what its Pod tells. */
async function relay({ client, clock, events }: ReconcileContext, volume: PersistentVolume, pod: Pod): Promise<void> {
  const { name, namespace = '', uid, resourceVersion = '' } = pod.metadata
  const ended = new AbortController()
  relays(client).set(uid, ended)
  const cancel = clock.after((pod.spec.activeDeadlineSeconds ?? 0) * 2000, () => ended.abort())
  const fieldSelector = `involvedObject.name=${name}`
  try {
    for await (const { type, object } of client.watch('Event', {
      namespace,
      fieldSelector,
      resourceVersion,
      signal: ended.signal,
    }))
      if (type === 'ADDED') {
        const note = { type: object.type === 'Warning' ? ('Warning' as const) : ('Normal' as const), reason: 'RecyclerPod' }
        events.record(volume, { ...note, message: `Recycler pod: ${object.message}` })
      }
  } catch {
    // Events that cannot be had are not worth a failed reconcile.
  } finally {
    cancel()
    relays(client).delete(uid)
  }
}
