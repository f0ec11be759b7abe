import { checker } from '../../lib/index.js'

/** The repaired Pod does its work behind the old Service, and is the old one in all that was not wrong. */
export default checker(({ cluster, baseline, expectThat }) => {
  const scanner = () => cluster.pod('gate', 'scanner')
  return {
    'scanner-ready': async () => expectThat(await scanner(), 'status.conditions[type=Ready].status').is('True'),
    'gate-opens': async () =>
      expectThat(await cluster.curlFrom('gate/client', 'http://gate/')).is('[v1] Gate 4 is open from scanner'),
    'identity-kept': async () => {
      const pod = await scanner()
      const before = baseline.find('Pod', 'gate', 'scanner')
      const [container] = before?.spec?.containers ?? []
      expectThat(pod, 'spec.containers[0].image').isImage(container?.image ?? '')
      for (const [label, value] of Object.entries(before?.metadata?.labels ?? {})) {
        expectThat(pod, `metadata.labels['${label}']`).is(value)
      }
      expectThat(pod, "metadata.annotations['harbour.example/owner']").is('pier-team')
      for (const { name, value } of container?.env ?? []) expectThat(pod, `spec.containers[0].env[name=${name}].value`).is(value)
    },
    'service-kept': async () => {
      const service = await cluster.service('gate', 'gate')
      const before = baseline.find('Service', 'gate', 'gate')
      expectThat(service).isOriginal(before)
      expectThat(service, 'spec.selector').is(before?.spec?.selector)
      expectThat(service, 'spec.ports').is(before?.spec?.ports)
    },
  }
})
