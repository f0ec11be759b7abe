import { controllerOf, keyOf, splitKey } from '../../objects/object.js'
import { selectorOf } from '../../objects/selector.js'
import type { Job, Pod } from '../../schema/kubernetes.generated.js'
import { parseTime } from '../../time/clock.js'
import { claimPods } from '../claim.js'
import { type Controller, defineController, done, type ReconcileContext, requeueAfter } from '../runtime/controller.js'
import { ending } from './conditions.js'
import { isTracked, TRACKING } from './job-pods.js'
import { JobMemory } from './memory.js'
import { JobSync, releasePod } from './sync.js'

const OURS = 'kubernetes.io/job-controller'
const JOB_NAME = 'batch.kubernetes.io/job-name'

/** Runs Pods until enough of them have succeeded. Models pkg/controller/job (v1.36). One for each cluster: it remembers. */
export function jobController(): Controller {
  const memory = new JobMemory()
  return defineController({
    name: 'job-controller',
    reconciles: 'Job',
    owns: ['Pod'],
    async reconcile(context, key) {
      const job = context.informers.get('Job', key)
      if (job && (job.spec.managedBy ?? OURS) !== OURS) return done
      if (!job || ending(job)) {
        memory.forget(key)
        await releaseLeftOvers(context, key, job)
        return done
      }
      if (memory.isBehind(job)) return done
      const matches = selectorOf(job.spec.selector)
      const pods = await claimPods(context, { owner: job, matches, finalizer: TRACKING })
      const againMs = await new JobSync({ context, key, job, pods, memory }).run()
      return Number.isFinite(againMs) ? requeueAfter(againMs) : done
    },
  })
}

/** Pods that no Job counts any more lose the finalizer that would keep them. */
async function releaseLeftOvers(context: ReconcileContext, key: string, job: Job | undefined): Promise<void> {
  const { namespace, name } = splitKey(key)
  const isLeft = (pod: Pod): boolean => {
    const owner = controllerOf(pod)
    return isTracked(pod) && (owner ? owner.kind === 'Job' && owner.name === name : pod.metadata.labels?.[JOB_NAME] === name)
  }
  const pods = job ? context.informers.ownedBy('Pod', job) : context.informers.list('Pod', namespace)
  for (const pod of pods) if (isLeft(pod)) await releasePod(context, pod)
}

/** Deletes Jobs some time after their end, where they ask for it. Models pkg/controller/ttlafterfinished (v1.36). */
export const jobTtlController = defineController({
  name: 'ttl-after-finished-controller',
  reconciles: 'Job',
  async reconcile({ client, informers, clock }, key) {
    const job = informers.get('Job', key)
    const end = job && ending(job)
    if (!end || job.spec.ttlSecondsAfterFinished === undefined || job.metadata.deletionTimestamp) return done
    const left = parseTime(end.lastTransitionTime) + job.spec.ttlSecondsAfterFinished * 1000 - clock.now()
    if (left > 0) return requeueAfter(left)
    await client.delete('Job', keyOf(job), { uid: job.metadata.uid, propagation: 'Foreground' })
    return done
  },
})
