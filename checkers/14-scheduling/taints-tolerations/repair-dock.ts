import { checker, type Pod } from '../../lib/index.js'

/** As every learner reads it. */
const FOR_EVER = '∞'

/** How long the Pod tolerates the taint; for ever where nothing limits it, undefined where it does not. */
function secondsTolerated(pod: Pod): number | typeof FOR_EVER | undefined {
  const matching = (pod.spec?.tolerations ?? []).filter(
    ({ key, operator, value, effect }) =>
      (key === undefined || key === 'state') &&
      (operator === 'Exists' || value === 'repair') &&
      (effect === undefined || effect === 'NoExecute'),
  )
  if (matching.length === 0) return undefined
  // The shortest counts, as it does for the controller that evicts.
  const limits = matching.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? [])
  return limits.length === 0 ? FOR_EVER : Math.min(...limits)
}

/** In seconds: longer than anybody sits at an exam, since a Pod that the cluster has removed by then can no longer be asked. */
const STAY_SECONDS = 4 * 60 * 60

export default checker(({ cluster, baseline, expectThat, say }) => ({
  'node-tainted': async () => {
    const { taints = [] } = (await cluster.node('node01')).spec ?? {}
    const found = taints.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`)
    expectThat(found, say('taints'), { seeWith: "kubectl get node node01 -o jsonpath='{.spec.taints}'" }).contains(
      'state=repair:NoExecute',
    )
  },
  'recorder-stays': async () => {
    const recorder = await cluster.pod('dock', 'recorder')
    expectThat(recorder).isOriginal(baseline.find('Pod', 'dock', 'recorder'))
    expectThat(recorder, 'spec.nodeName').is('node01')
    expectThat(recorder, 'status.conditions[type=Ready].status').is('True')
    const seeWith = "kubectl -n dock get pod recorder -o jsonpath='{.spec.tolerations}'"
    expectThat(secondsTolerated(recorder), say('seconds'), { seeWith }).is(STAY_SECONDS)
  },
  'pumps-moved': async () => {
    expectThat(await cluster.deployment('dock', 'pump'), 'status.availableReplicas').is(2)
    const pods = await cluster.pods('dock', 'app=pump')
    expectThat(
      pods.map((pod) => pod.spec?.nodeName),
      say('places'),
      { seeWith: 'kubectl -n dock get pods -l app=pump -o wide' },
    ).is(['node02', 'node02'])
  },
  'pump-kept': async () => {
    const pump = await cluster.deployment('dock', 'pump')
    const before = baseline.find('Deployment', 'dock', 'pump')
    expectThat(pump).isOriginal(before)
    expectThat(pump, 'spec').is(before?.spec)
  },
}))
