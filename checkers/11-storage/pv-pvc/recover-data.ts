import { checker } from '../../lib/index.js'

/** The entries as setup wrote them to the volume. */
const ENTRIES = ['2025-03-01 fares 18240.50', '2025-03-02 fares 17911.00', '2025-03-02 fuel -4120.75'].join('\n')

export default checker(({ cluster, baseline, expectThat }) => ({
  'claim-bound': async () => {
    const claim = await cluster.persistentVolumeClaim('ledger', 'ledger')
    expectThat(claim, 'status.phase').is('Bound')
    expectThat(claim, 'spec.volumeName').is('ledger-2025')
    expectThat(claim, 'spec.resources.requests.storage').isQuantity('1Gi')
  },
  'data-served': async () => {
    // Read for the judgement of settling alone: a Pod that starts explains a missing answer.
    await cluster.deployment('ledger', 'bookkeeper')
    expectThat(await cluster.curlFrom('ledger/client', 'http://bookkeeper/files/entries.txt')).is(ENTRIES)
  },
  'volume-kept': async () => {
    const volume = await cluster.persistentVolume('ledger-2025')
    expectThat(volume).isOriginal(baseline.find('PersistentVolume', null, 'ledger-2025'))
    expectThat(volume, 'spec.persistentVolumeReclaimPolicy').is('Retain')
  },
  'program-kept': async () => {
    const deployment = await cluster.deployment('ledger', 'bookkeeper')
    const before = baseline.find('Deployment', 'ledger', 'bookkeeper')
    expectThat(deployment).isOriginal(before)
    expectThat(deployment, 'spec.template.spec').is(before?.spec?.template.spec)
  },
}))
