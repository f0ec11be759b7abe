import { checker, fewestWanted, type Kinds } from '../../lib/index.js'

/** Of the four revisions that setup made, the newest whose Pods come up. */
const GOOD_REVISION = '2'

/** `undo --to-revision` and changing the template back by hand end alike: what counts is the template and the Pods it has. */
export default checker(({ cluster, baseline, expectThat, say }) => {
  const shop = () => cluster.deployment('tickets', 'shop')
  const replicaSets = () => baseline.list('ReplicaSet', 'tickets', 'app=shop')
  return {
    'all-available': async () => {
      const deployment = await shop()
      expectThat(deployment, 'status.replicas').is(3)
      expectThat(deployment, 'status.updatedReplicas').is(3)
      expectThat(deployment, 'status.availableReplicas').is(3)
    },
    'right-release': async () => {
      const deployment = await shop()
      const good = replicaSets().find((one) => one.metadata?.annotations?.['deployment.kubernetes.io/revision'] === GOOD_REVISION)
      if (!good?.spec?.template) throw new Error('the baseline has no revision 2')
      const { 'pod-template-hash': _, ...labels } = good.spec.template.metadata?.labels ?? {}
      const template = { ...good.spec.template, metadata: { ...good.spec.template.metadata, labels } }
      const seeWith = "kubectl -n tickets get deployment shop -o jsonpath='{.spec.template}'"
      expectThat(sorted(deployment.spec?.template), say('template'), { seeWith }).is(sorted(template))
    },
    'shop-serves': async () => expectThat(await cluster.curlFrom('tickets/client', 'http://shop/version')).is('v2'),
    'never-silent': async () => {
      const broken = new Set(
        replicaSets()
          .filter(isBroken)
          .map(({ metadata }) => metadata?.name),
      )
      const events = await cluster.list('Event', { namespace: 'tickets' })
      const counts = (name: string) => !broken.has(name)
      const fewest = fewestWanted({ deployment: 'shop', before: replicaSets(), events, sinceMs: baseline.takenAtMs, counts })
      const seeWith = 'kubectl -n tickets get events --field-selector reason=ScalingReplicaSet'
      expectThat(fewest, say('fewest'), { seeWith }).isAtLeast(1)
    },
    'same-deployment': async () => {
      expectThat(await shop()).isOriginal(baseline.find('Deployment', 'tickets', 'shop'))
      for (const one of replicaSets()) {
        expectThat(await cluster.replicaSet('tickets', one.metadata?.name ?? '')).isOriginal(one)
      }
    },
  }
})

const isBroken = ({ spec }: Kinds['ReplicaSet']) =>
  spec?.template?.spec?.containers.some(({ image }) => image?.includes('2-broken')) === true

/** The same object with its keys in order, and without keys that say nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(
    ([key, one]) => one !== undefined && !(key === 'creationTimestamp' && one === null),
  )
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]))
}
