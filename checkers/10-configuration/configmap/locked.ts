import { checker, type Deployment } from '../../lib/index.js'

export default checker(({ cluster, baseline, expectThat, say }) => {
  const desk = () => cluster.deployment('pricing', 'desk')
  const wanted = () => ({ ...baseline.find('ConfigMap', 'pricing', 'prices-v1')?.data, CURRENCY: 'EUR' })
  return {
    'second-list-right': async () => expectThat(await cluster.configMap('pricing', 'prices-v2'), 'data').is(wanted()),
    'second-list-locked': async () => expectThat(await cluster.configMap('pricing', 'prices-v2'), 'immutable').isTrue(),
    'desk-sees-it': async () => {
      const seeWith = 'kubectl -n pricing describe deployment desk'
      expectThat(configMapsOf(await desk()), say('sources'), { seeWith }).equalsSet(['prices-v2'])
      expectThat(literalsOf(await desk(), Object.keys(wanted())), say('literals'), { seeWith }).isEmpty()
      const answers = Object.entries(wanted()).map(async ([key, value]) => ({
        value,
        answer: await cluster.curlFrom('pricing/client', `http://desk/env?${key}`),
      }))
      for (const { value, answer } of await Promise.all(answers)) expectThat(answer).is(value)
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

/** Those of the variables whose value stands in the Deployment: they would go before what a ConfigMap says. */
function literalsOf(deployment: Deployment, keys: string[]): string[] {
  const [container] = deployment.spec?.template?.spec?.containers ?? []
  return (container?.env ?? []).filter(({ name, value }) => value !== undefined && keys.includes(name)).map(({ name }) => name)
}
