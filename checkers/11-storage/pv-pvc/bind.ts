import { checker, type Pod } from '../../lib/index.js'

export default checker(({ cluster, expectThat, say }) => ({
  'volume-right': async () => {
    const volume = await cluster.persistentVolume('logbook')
    expectThat(volume, 'spec.capacity.storage').isQuantity('1Gi')
    expectThat(volume, 'spec.accessModes').is(['ReadWriteOnce'])
    expectThat(volume, 'spec.persistentVolumeReclaimPolicy').is('Retain')
    expectThat(volume, 'spec.storageClassName').is('harbour-disk')
    expectThat(volume, 'spec.hostPath.path').matches(/^\/srv\/wheelhouse\/logbook\/?$/)
  },
  'claim-bound': async () => {
    const claim = await cluster.persistentVolumeClaim('logbook', 'logbook')
    expectThat(claim, 'status.phase').is('Bound')
    expectThat(claim, 'spec.volumeName').is('logbook')
    expectThat(claim, 'spec.resources.requests.storage').isQuantity('500Mi')
  },
  'writer-writes': async () => {
    const pod = await cluster.pod('logbook', 'writer')
    expectThat(pod, 'status.conditions[type=Ready].status').is('True')
    const seeWith = "kubectl -n logbook get pod writer -o jsonpath='{.spec.volumes}'"
    expectThat(claimsAt(pod, '/logbook'), say('mounted'), { seeWith }).is(['logbook'])
    const entries = await cluster.execIn('logbook/writer', ['cat', '/logbook/entries.txt'])
    expectThat(entries, 'stdout').matches(/^on watch$/m)
  },
}))

/** The claims that stand behind a folder of the first container. */
function claimsAt(pod: Pod, folder: string): (string | undefined)[] {
  const mounts = pod.spec?.containers[0]?.volumeMounts?.filter((mount) => mount.mountPath.replace(/\/$/, '') === folder) ?? []
  const volumes = mounts.map((mount) => pod.spec?.volumes?.find((volume) => volume.name === mount.name))
  return volumes.map((volume) => volume?.persistentVolumeClaim?.claimName).filter((name) => name !== undefined)
}
