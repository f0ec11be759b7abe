import { checker } from '../../lib/index.js'

export default checker(({ cluster, baseline, expectThat }) => ({
  'tern-bound': async () => {
    const claim = await cluster.persistentVolumeClaim('cargo', 'tern')
    expectThat(claim, 'status.phase').is('Bound')
    expectThat(claim, 'spec.volumeName').is('cargo-tern')
  },
  'volume-right': async () => {
    const volume = await cluster.persistentVolume('cargo-tern')
    expectThat(volume, 'spec.capacity.storage').isQuantity('2Gi')
    expectThat(volume, 'spec.accessModes').is(['ReadWriteOnce'])
    expectThat(volume, 'spec.persistentVolumeReclaimPolicy').is('Retain')
    expectThat(volume, 'spec.hostPath.path').matches(/^\/srv\/wheelhouse\/cargo-tern\/?$/)
  },
  'loader-ready': async () =>
    expectThat(await cluster.pod('cargo', 'loader-tern'), 'status.conditions[type=Ready].status').is('True'),
  'gull-kept': async () => {
    const claim = await cluster.persistentVolumeClaim('cargo', 'gull')
    expectThat(claim).isOriginal(baseline.find('PersistentVolumeClaim', 'cargo', 'gull'))
    expectThat(claim, 'status.phase').is('Bound')
    expectThat(claim, 'spec.volumeName').is('cargo-gull')
  },
  'spare-kept': async () => {
    const volume = await cluster.persistentVolume('cargo-spare')
    const before = baseline.find('PersistentVolume', null, 'cargo-spare')
    expectThat(volume).isOriginal(before)
    expectThat(volume, 'metadata.labels').is(before?.metadata?.labels)
    expectThat(volume, 'spec').is(before?.spec)
  },
  'tern-kept': async () => {
    const claim = await cluster.persistentVolumeClaim('cargo', 'tern')
    expectThat(claim).isOriginal(baseline.find('PersistentVolumeClaim', 'cargo', 'tern'))
  },
}))
