import { checker, type Deployment, fewestWanted, type Kinds } from '../../lib/index.js'

export default checker(({ cluster, baseline, expectThat, say }) => {
  const points = () => cluster.deployment('loyalty', 'points')
  return {
    'version-2-serves': async () => {
      const deployment = await points()
      expectThat(deployment, 'spec.template.spec.containers[0].image').isImage('wheelhouse/app:2')
      expectThat(deployment, 'status.replicas').is(3)
      expectThat(deployment, 'status.updatedReplicas').is(3)
      expectThat(deployment, 'status.availableReplicas').is(3)
      expectThat(await cluster.curlFrom('loyalty/client', 'http://points/version')).is('v2')
    },
    'not-paused': async () => {
      const paused = (await points()).spec?.paused === true
      const seeWith = "kubectl -n loyalty get deployment points -o jsonpath='{.spec.paused}'"
      expectThat(paused, 'Deployment loyalty/points spec.paused', { seeWith }).isFalse()
    },
    'never-fewer': async () => {
      const deployment = await points()
      const seeWith = "kubectl -n loyalty get deployment points -o jsonpath='{.spec.strategy}'"
      expectThat(mostMissing(deployment), say('may-be-missing'), { seeWith }).is(0)
      // A strategy that is mended after the rollout has not helped this one.
      const before = baseline.list('ReplicaSet', 'loyalty', 'app=points')
      const events = await cluster.list('Event', { namespace: 'loyalty' })
      const fewest = fewestWanted({ deployment: 'points', before, events, sinceMs: baseline.takenAtMs })
      const seeEvents = { seeWith: 'kubectl -n loyalty get events --field-selector reason=ScalingReplicaSet' }
      expectThat(fewest, say('fewest'), seeEvents).isAtLeast(3)
    },
    'limits-set': async () => {
      const deployment = await points()
      expectThat(deployment, 'spec.revisionHistoryLimit').is(5)
      expectThat(deployment, 'spec.progressDeadlineSeconds').is(60)
    },
    'broken-never-ran': async () => {
      const all = await cluster.replicaSets('loyalty', 'app=points')
      const broken = all.filter((one) =>
        one.spec?.template?.spec?.containers.some((container) => container.image?.includes('2-broken')),
      )
      expectThat(broken, say('broken-replicasets'), { seeWith: 'kubectl -n loyalty get replicasets -o wide' }).isEmpty()
      // A ReplicaSet can be deleted, and its revision with it; what its Pods did stands in the events for an hour.
      const told = (await cluster.list('Event', { namespace: 'loyalty' })).filter(tellsOfBroken(baseline.takenAtMs))
      const pods = new Set(told.map(({ involvedObject }) => involvedObject.name))
      expectThat(pods, say('broken-pods'), { seeWith: 'kubectl -n loyalty get events | grep 2-broken' }).isEmpty()
    },
    'same-deployment': async () => expectThat(await points()).isOriginal(baseline.find('Deployment', 'loyalty', 'points')),
  }
})

/** Since setup: an attempt before this one may have left events behind. */
const tellsOfBroken =
  (sinceMs: number) =>
  ({ involvedObject, message, lastTimestamp, eventTime, metadata }: Kinds['Event']) =>
    involvedObject.kind === 'Pod' &&
    involvedObject.name?.startsWith('points-') === true &&
    message?.includes('app:2-broken') === true &&
    Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '') > sinceMs

/**
 * How many Pods a rollout may take away, as the Deployment controller counts: percentages of the replicas, the missing ones rounded
 * down, the extra ones up; and where both come to nothing, one may be missing.
 */
function mostMissing(deployment: Deployment): number {
  const { replicas = 1, strategy } = deployment.spec ?? {}
  if (strategy?.type === 'Recreate') return replicas
  const missing = amount(strategy?.rollingUpdate?.maxUnavailable, { of: replicas, round: Math.floor })
  const extra = amount(strategy?.rollingUpdate?.maxSurge, { of: replicas, round: Math.ceil })
  return missing === 0 && extra === 0 ? 1 : missing
}

function amount(value: unknown, { of, round }: { of: number; round: (value: number) => number }): number {
  const text = String(value ?? '25%')
  return text.endsWith('%') ? round((Number.parseFloat(text) * of) / 100) : Number(text)
}
