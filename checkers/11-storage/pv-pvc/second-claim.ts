import { checker } from '../../lib/index.js'

export default checker(({ cluster, baseline, expectThat, say }) => ({
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
    const seeWith = "kubectl get persistentvolume cargo-tern -o jsonpath='{.spec.hostPath.path}'"
    const folder = volume.spec?.hostPath?.path.replace(/\/$/, '')
    expectThat(folder, 'PersistentVolume cargo-tern spec.hostPath.path', { seeWith }).is('/srv/wheelhouse/cargo-tern')
  },
  'loader-ready': async () =>
    expectThat(await cluster.pod('cargo', 'loader-tern'), 'status.conditions[type=Ready].status').is('True'),
  'gull-kept': async () => {
    const claim = await cluster.persistentVolumeClaim('cargo', 'gull')
    expectThat(claim).isOriginal(baseline.find('PersistentVolumeClaim', 'cargo', 'gull'))
    expectThat(claim, 'status.phase').is('Bound')
    expectThat(claim, 'spec.volumeName').is('cargo-gull')
    const volume = await cluster.persistentVolume('cargo-gull')
    const before = baseline.find('PersistentVolume', null, 'cargo-gull')
    expectThat(volume).isOriginal(before)
    expectThat(volume, 'metadata.labels').is(before?.metadata?.labels)
    expectThat(volume, 'spec').is(before?.spec)
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
    // The binder leaves its annotation where the volume's name in the claim is its own work.
    const told = claim.spec?.volumeName && claim.metadata?.annotations?.['pv.kubernetes.io/bound-by-controller'] !== 'yes'
    const seeWith = 'kubectl -n cargo get persistentvolumeclaim tern -o yaml'
    expectThat(Boolean(told), say('told'), { seeWith }).isFalse()
  },
}))
