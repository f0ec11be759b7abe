import { checker, relabelled } from '../../lib/index.js'

/** The Service is fitted to the Pods, not the Pods to the Service. */
export default checker(({ cluster, baseline, expectThat, say }) => ({
  'has-endpoints': async () => {
    const slices = await cluster.endpointSlices('seats', 'seats')
    const pods = await cluster.pods('seats', 'app=seats')
    const endpoints = slices.flatMap((slice) => slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready !== false)
    const names = endpoints.map((endpoint) => endpoint.targetRef?.name)
    expectThat(names, say('behind'), { seeWith: 'kubectl -n seats describe service seats' }).equalsSet(
      pods.map((pod) => pod.metadata?.name),
    )
  },
  answers: async () => expectThat(await cluster.curlFrom('seats/client', 'http://seats/')).contains('[v1] Seats available from '),
  'same-service': async () => {
    const service = await cluster.service('seats', 'seats')
    const before = baseline.find('Service', 'seats', 'seats')
    expectThat(service).isOriginal(before)
    expectThat(service, 'spec.clusterIP').is(before?.spec?.clusterIP)
  },
  'deployment-kept': async () => {
    const deployment = await cluster.deployment('seats', 'seats')
    const before = baseline.find('Deployment', 'seats', 'seats')
    expectThat(deployment).isOriginal(before)
    expectThat(deployment, 'spec').is(before?.spec)
    const pods = await cluster.pods('seats', 'app=seats')
    expectThat(relabelled(pods, deployment), say('relabelled'), { seeWith: 'kubectl -n seats get pods --show-labels' }).isEmpty()
  },
}))
