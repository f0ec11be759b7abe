import { checker, type EndpointSlice } from '../../lib/index.js'

const ANSWERS = '/home/candidate/answers/weather'

export default checker(({ cluster, baseline, machine, expectThat, say }) => {
  const answering = async () => readyPods(await cluster.endpointSlices('weather', 'station'))
  return {
    'four-answer': async () => {
      const deployment = await cluster.deployment('weather', 'station')
      expectThat(deployment, 'spec.replicas').is(4)
      expectThat(deployment, 'status.availableReplicas').is(4)
      expectThat(await answering(), say('answering'), { seeWith: 'kubectl -n weather describe service station' }).hasLength(4)
    },
    'names-saved': async () => {
      const file = await machine('base').file(`${ANSWERS}/pods.txt`)
      expectThat(file, 'lines').equalsSet(await answering())
      expectThat(file, 'lines').hasLength(4)
    },
    'address-saved': async () => {
      const service = await cluster.service('weather', 'station')
      expectThat(await machine('base').file(`${ANSWERS}/address.txt`), 'lines').is([service.spec?.clusterIP])
    },
    'service-kept': async () => {
      const service = await cluster.service('weather', 'station')
      const before = baseline.find('Service', 'weather', 'station')
      expectThat(service).isOriginal(before)
      expectThat(service, 'spec').is(before?.spec)
    },
  }
})

const readyPods = (slices: EndpointSlice[]) =>
  slices
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready !== false)
    .map((endpoint) => endpoint.targetRef?.name)
