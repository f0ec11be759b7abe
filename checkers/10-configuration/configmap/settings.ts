import { checker, type Deployment } from '../../lib/index.js'

const VALUES = { COLOUR: 'ocean blue', FONT_SIZE: '48', SCROLL: 'true' }

export default checker(({ cluster, baseline, expectThat, say }) => {
  const display = () => cluster.deployment('signage', 'display')
  return {
    'values-stored': async () => {
      const stored = await cluster.configMap('signage', 'display')
      for (const [key, value] of Object.entries(VALUES)) expectThat(stored, `data.${key}`).is(value)
    },
    'display-sees-them': async () => {
      // Read for the judgement of settling alone: a rollout in progress explains a wrong answer.
      await display()
      const answers = Object.entries(VALUES).map(async ([key, value]) => ({
        value,
        answer: await cluster.curlFrom('signage/client', `http://display/env?${key}`),
      }))
      for (const { value, answer } of await Promise.all(answers)) expectThat(answer).is(value)
    },
    'taken-from-configmap': async () => {
      const taken = keysTaken(await display(), { from: 'display', keys: Object.keys(VALUES) })
      const seeWith = 'kubectl -n signage describe deployment display'
      expectThat(taken, say('taken'), { seeWith }).includesAll(Object.keys(VALUES))
    },
    'language-kept': async () => {
      const deployment = await display()
      expectThat(deployment).isOriginal(baseline.find('Deployment', 'signage', 'display'))
      expectThat(deployment, 'spec.template.spec.containers[0].env[name=LANGUAGE].value').is('en')
    },
  }
})

/** The variables that get their value from the ConfigMap: one by one, or all at once where no literal of the name is in the way. */
function keysTaken(deployment: Deployment, { from, keys }: { from: string; keys: string[] }): string[] {
  const [container] = deployment.spec?.template?.spec?.containers ?? []
  const all = container?.envFrom?.some((source) => source.configMapRef?.name === from && !source.prefix) ?? false
  return keys.filter((key) => {
    const own = container?.env?.find((variable) => variable.name === key)
    if (!own) return all
    return own.valueFrom?.configMapKeyRef?.name === from && own.valueFrom.configMapKeyRef.key === key
  })
}
