import { sameJson } from '../../objects/object.js'
import { selectorOf } from '../../objects/selector.js'
import type { ControllerRevision, Pod } from '../../schema/kubernetes.generated.js'
import { claimPods } from '../claim.js'
import { nextAvailable } from '../pods.js'
import { ensureRevision, listRevisions, trimRevisions } from '../revisions.js'
import { defineController, done, requeueAfter } from '../runtime/controller.js'
import { ordinalOf, revisionOf } from './identity.js'
import { StatefulSync } from './sync.js'

/** Keeps Pods with names, an order and claims of their own. Models pkg/controller/statefulset (v1.36). */
export const statefulSetController = defineController({
  name: 'statefulset-controller',
  reconciles: 'StatefulSet',
  owns: ['Pod'],
  reads: ['PersistentVolumeClaim', 'ControllerRevision'],
  async reconcile(context, key) {
    const { client, clock, informers, expectations } = context
    const set = informers.get('StatefulSet', key)
    if (!set || expectations.pending(key)) return done
    const matches = selectorOf(set.spec.selector)
    const pods = (await claimPods(context, { owner: set, matches })).filter((pod) => ordinalOf(set, pod) >= 0)
    const revisions = await listRevisions(context, set, matches)
    const update = await ensureRevision(client, set, { revisions })
    const current = revisions.find((each) => each.metadata.name === set.status?.currentRevision) ?? update
    const sync = new StatefulSync({ context, key, set, pods, current, update })
    let failure: unknown
    try {
      await sync.run()
    } catch (error) {
      failure = error
    }
    const status = sync.status()
    if (!sameJson(status, set.status)) await client.updateStatus('StatefulSet', { ...set, status })
    await trimRevisions(client, set, { revisions, live: inUse(pods, current, update) })
    if (failure) throw failure
    const wait = nextAvailable(pods, set.spec.minReadySeconds ?? 0, clock.now())
    return wait === undefined ? done : requeueAfter(wait)
  },
})

const inUse = (pods: Pod[], ...revisions: ControllerRevision[]): Set<string> =>
  new Set([...pods.map(revisionOf), ...revisions.map((each) => each.metadata.name)])
