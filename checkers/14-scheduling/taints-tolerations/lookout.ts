import { checker, type Pod } from '../../lib/index.js'

type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number]

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'

export default checker(({ cluster, baseline, expectThat, say }) => {
  const seeWith = 'kubectl -n lookout get pods -o wide'
  /** Of the DaemonSet itself: a Pod that only looks like one of its own has no such owner. */
  const readyOn = async (node: string) => {
    const pods = await cluster.pods('lookout')
    return pods.filter((pod) => pod.spec?.nodeName === node && isOwn(pod) && isReady(pod) && !pod.metadata?.deletionTimestamp)
  }
  return {
    'on-the-control-plane': async () => {
      const tolerations = (await cluster.daemonSet('lookout', 'lookout')).spec?.template.spec?.tolerations ?? []
      // A Pod that slipped in while the taint was gone stays where it is, until the next one is to come in its place.
      const seeTolerations = "kubectl -n lookout get daemonset lookout -o jsonpath='{.spec.template.spec.tolerations}'"
      expectThat(tolerations.filter(tolerates), say('tolerated'), { seeWith: seeTolerations }).isNotEmpty()
      expectThat(await readyOn('controlplane'), say('ready-on', { node: 'controlplane' }), { seeWith }).hasLength(1)
    },
    'on-node01': async () => {
      const daemonSet = await cluster.daemonSet('lookout', 'lookout')
      // A guard that holds does not wait by itself: the Pod of yesterday may be about to go.
      expectThat(daemonSet, 'status.observedGeneration').is(daemonSet.metadata?.generation)
      expectThat(daemonSet, 'status.updatedNumberScheduled').is(daemonSet.status?.desiredNumberScheduled)
      expectThat(await readyOn('node01'), say('ready-on', { node: 'node01' }), { seeWith }).hasLength(1)
    },
    'same-daemonset': async () => {
      const before = baseline.find('DaemonSet', 'lookout', 'lookout')
      const daemonSet = await cluster.daemonSet('lookout', 'lookout')
      expectThat(daemonSet).isOriginal(before)
      expectThat(daemonSet, 'spec.template.spec.containers').is(before?.spec?.template.spec?.containers)
    },
    'taint-kept': async () =>
      expectThat(await cluster.node('controlplane'), `spec.taints[key=${CONTROL_PLANE}].effect`).is('NoSchedule'),
  }
})

/** As the DaemonSet's controller reads it: what is left out matches everything. */
const tolerates = ({ key, operator, value = '', effect }: Toleration) =>
  (key === undefined || key === CONTROL_PLANE) &&
  (operator === 'Exists' || value === '') &&
  (effect === undefined || effect === 'NoSchedule')

const isOwn = (pod: Pod) =>
  pod.metadata?.ownerReferences?.some(({ kind, name }) => kind === 'DaemonSet' && name === 'lookout') ?? false
const isReady = (pod: Pod) => pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
