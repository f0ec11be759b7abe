import { checker, type Pod } from '../../lib/index.js'

type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number]

/** As the scheduler reads it: what is left out matches everything. */
const tolerates = ({ key, operator, value, effect }: Toleration) =>
  (key === undefined || key === 'berth') &&
  (operator === 'Exists' || value === 'radar') &&
  (effect === undefined || effect === 'NoSchedule')

export default checker(({ cluster, baseline, expectThat, say }) => ({
  'node-tainted': async () => {
    const { taints = [] } = (await cluster.node('node02')).spec ?? {}
    const found = taints.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`)
    expectThat(found, say('taints'), { seeWith: "kubectl get node node02 -o jsonpath='{.spec.taints}'" }).contains(
      'berth=radar:NoSchedule',
    )
  },
  'radar-tolerates': async () => {
    const tolerations = (await cluster.deployment('radar', 'radar')).spec?.template.spec?.tolerations ?? []
    const seeWith = "kubectl -n radar get deployment radar -o jsonpath='{.spec.template.spec.tolerations}'"
    expectThat(tolerations.filter(tolerates), say('tolerated'), { seeWith }).isNotEmpty()
  },
  'radar-on-node02': async () => {
    expectThat(await cluster.deployment('radar', 'radar'), 'status.availableReplicas').is(2)
    const pods = await cluster.pods('radar', 'app=radar')
    expectThat(
      pods.map((pod) => pod.spec?.nodeName),
      say('places'),
      { seeWith: 'kubectl -n radar get pods -l app=radar -o wide' },
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
    for (const name of ['node01', 'node02']) {
      const cordoned = (await cluster.node(name)).spec?.unschedulable === true
      expectThat(cordoned, `Node ${name} spec.unschedulable`, { seeWith: `kubectl get node ${name}` }).isFalse()
    }
    expectThat(await cluster.node('node01'), 'spec.taints').isEmpty()
  },
}))
