import { checker } from '../../lib/index.js'

export default checker(({ cluster, baseline, machine, eventually, expectThat }) => ({
  // A kubelet that has just been started reports in a few seconds, and nothing tells that it is about to.
  'node-ready': () =>
    eventually(async () => expectThat(await cluster.node('node01'), 'status.conditions[type=Ready].status').is('True'), {
      quietSeconds: 10,
    }),
  'lamps-lit': async () => {
    expectThat(await cluster.deployment('lighthouse', 'lamp'), 'status.availableReplicas').is(3)
    for (const pod of await cluster.pods('lighthouse', 'app=lamp')) expectThat(pod, 'spec.nodeName').is('node01')
  },
  'kubelet-stays': async () => {
    const node = machine('node01')
    expectThat(await node.run(['systemctl', 'is-active', 'kubelet'])).is('active')
    expectThat(await node.run(['systemctl', 'is-enabled', 'kubelet'])).is('enabled')
  },
  'lamp-kept': async () => {
    const before = baseline.find('Deployment', 'lighthouse', 'lamp')
    const deployment = await cluster.deployment('lighthouse', 'lamp')
    expectThat(deployment).isOriginal(before)
    expectThat(deployment, 'spec.template.spec').is(before?.spec?.template.spec)
    expectThat(deployment, 'spec.replicas').is(before?.spec?.replicas)
  },
}))
