import { checker } from '../../lib/index.js'

/** Enlarging the volume and offering another one are both right: what counts is the claim that was there. */
export default checker(({ cluster, baseline, expectThat }) => {
  const claim = () => cluster.persistentVolumeClaim('archive', 'archive')
  return {
    'claim-bound': async () => {
      const found = await claim()
      expectThat(found, 'status.phase').is('Bound')
      expectThat(found, 'status.capacity.storage').isQuantityAtLeast('2Gi')
    },
    'reader-ready': async () => {
      const pod = await cluster.pod('archive', 'reader')
      expectThat(pod, 'status.conditions[type=Ready].status').is('True')
      expectThat(pod, 'spec.volumes[name=archive].persistentVolumeClaim.claimName').is('archive')
    },
    'same-claim': async () => expectThat(await claim()).isOriginal(baseline.find('PersistentVolumeClaim', 'archive', 'archive')),
  }
})
