import { checker, type Pod } from '../../lib/index.js'

type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number]

/** As the scheduler reads it: what is left out matches everything. */
const tolerates = ({ key, operator, value, effect }: Toleration) =>
  (key === undefined || key === 'berth') &&
  (operator === 'Exists' || value === 'radar') &&
  (effect === undefined || effect === 'NoSchedule')

export default checker(({ cluster, baseline, expectThat, say }) => ({
  'node-tainted': async () => {
    const node = await cluster.node('node02')
    expectThat(node, 'spec.taints[key=berth].value').is('radar')
    expectThat(node, 'spec.taints[key=berth].effect').is('NoSchedule')
  },
  'radar-tolerates': async () => {
    const tolerations = (await cluster.deployment('radar', 'radar')).spec?.template.spec?.tolerations ?? []
    expectThat(tolerations.filter(tolerates), say('tolerated')).isNotEmpty()
  },
  'radar-on-node02': async () => {
    expectThat(await cluster.deployment('radar', 'radar'), 'status.availableReplicas').is(2)
    const pods = await cluster.pods('radar', 'app=radar')
    expectThat(
      pods.map((pod) => pod.spec?.nodeName),
      say('places'),
    ).is(['node02', 'node02'])
  },
  'office-kept': async () => {
    const office = await cluster.deployment('radar', 'office')
    const before = baseline.find('Deployment', 'radar', 'office')
    expectThat(office).isOriginal(before)
    expectThat(office, 'spec').is(before?.spec)
    expectThat(office, 'status.availableReplicas').is(1)
  },
  'nodes-open': async () => {
    for (const name of ['node01', 'node02']) expectThat(await cluster.node(name), 'spec.unschedulable').isOneOf(undefined, false)
    expectThat(await cluster.node('node01'), 'spec.taints').isEmpty()
  },
}))
