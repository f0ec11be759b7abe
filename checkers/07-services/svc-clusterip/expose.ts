import { checker, type EndpointSlice, relabelled } from '../../lib/index.js'

/** With the labels of their Pods. */
const DEPLOYMENTS = { calculator: 'app=calculator,track=stable', 'calculator-canary': 'app=calculator,track=canary' }

export default checker(({ cluster, baseline, expectThat, say }) => ({
  answers: async () => expectThat(await cluster.curlFrom('fares/client', 'http://fares/version')).is('v1'),
  'reaches-stable-pods': async () => {
    await cluster.service('fares', 'fares')
    const stable = await cluster.pods('fares', 'app=calculator,track=stable')
    const reached = readyPods(await cluster.endpointSlices('fares', 'fares'))
    const seeWith = 'kubectl -n fares describe service fares'
    expectThat(reached, say('reached'), { seeWith }).equalsSet(stable.map((pod) => pod.metadata?.name))
    expectThat(reached, say('reached'), { seeWith }).hasLength(3)
  },
  'inside-only': async () => {
    const service = await cluster.service('fares', 'fares')
    expectThat(service, 'spec.type').is('ClusterIP')
    expectThat(service, 'spec.externalIPs').isEmpty()
  },
  'deployments-kept': async () => {
    for (const [name, labels] of Object.entries(DEPLOYMENTS)) {
      const deployment = await cluster.deployment('fares', name)
      const before = baseline.find('Deployment', 'fares', name)
      expectThat(deployment).isOriginal(before)
      expectThat(deployment, 'spec.replicas').is(before?.spec?.replicas)
      expectThat(deployment, 'spec.template').is(before?.spec?.template)
      const pods = await cluster.pods('fares', labels)
      expectThat(relabelled(pods, deployment), say('relabelled'), {
        seeWith: 'kubectl -n fares get pods --show-labels',
      }).isEmpty()
    }
  },
}))

const readyPods = (slices: EndpointSlice[]) =>
  slices
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready !== false)
    .map((endpoint) => endpoint.targetRef?.name)
