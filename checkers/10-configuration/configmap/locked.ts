import { checker, type Deployment } from '../../lib/index.js'

export default checker(({ cluster, baseline, expectThat, say }) => {
  const desk = () => cluster.deployment('pricing', 'desk')
  const wanted = () => ({ ...baseline.find('ConfigMap', 'pricing', 'prices-v1')?.data, CURRENCY: 'EUR' })
  return {
    'second-list-right': async () => expectThat(await cluster.configMap('pricing', 'prices-v2'), 'data').is(wanted()),
    'second-list-locked': async () => expectThat(await cluster.configMap('pricing', 'prices-v2'), 'immutable').isTrue(),
    'desk-sees-it': async () => {
      const seeWith = "kubectl -n pricing get deployment desk -o jsonpath='{.spec.template.spec.containers[0]}'"
      expectThat(configMapsOf(await desk()), say('sources'), { seeWith }).equalsSet(['prices-v2'])
      for (const [key, value] of Object.entries(wanted())) {
        expectThat(await cluster.curlFrom('pricing/client', `http://desk/env?${key}`)).is(value)
      }
    },
    'first-list-kept': async () => {
      const first = await cluster.configMap('pricing', 'prices-v1')
      const before = baseline.find('ConfigMap', 'pricing', 'prices-v1')
      expectThat(first).isOriginal(before)
      expectThat(first, 'data').is(before?.data)
    },
    'same-deployment': async () => expectThat(await desk()).isOriginal(baseline.find('Deployment', 'pricing', 'desk')),
  }
})

/** The ConfigMaps that the container's variables come from. */
function configMapsOf(deployment: Deployment): Set<string> {
  const [container] = deployment.spec?.template?.spec?.containers ?? []
  const whole = container?.envFrom?.map((source) => source.configMapRef?.name) ?? []
  const single = container?.env?.map((variable) => variable.valueFrom?.configMapKeyRef?.name) ?? []
  return new Set([...whole, ...single].filter((name) => name !== undefined))
}
