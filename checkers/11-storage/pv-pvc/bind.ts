import { checker, type Pod } from '../../lib/index.js'

export default checker(({ cluster, expectThat, say }) => ({
  'volume-right': async () => {
    const volume = await cluster.persistentVolume('logbook')
    expectThat(volume, 'spec.capacity.storage').isQuantity('1Gi')
    expectThat(volume, 'spec.accessModes').is(['ReadWriteOnce'])
    expectThat(volume, 'spec.persistentVolumeReclaimPolicy').is('Retain')
    expectThat(volume, 'spec.storageClassName').is('harbour-disk')
    const seeWith = "kubectl get persistentvolume logbook -o jsonpath='{.spec.hostPath.path}'"
    const folder = volume.spec?.hostPath?.path.replace(/\/$/, '')
    expectThat(folder, 'PersistentVolume logbook spec.hostPath.path', { seeWith }).is('/srv/wheelhouse/logbook')
  },
  'claim-bound': async () => {
    const claim = await cluster.persistentVolumeClaim('logbook', 'logbook')
    expectThat(claim, 'status.phase').is('Bound')
    expectThat(claim, 'spec.volumeName').is('logbook')
    expectThat(claim, 'spec.resources.requests.storage').isQuantity('500Mi')
  },
  'writer-writes': async () => {
    const pod = await cluster.pod('logbook', 'writer')
    expectThat(pod, 'spec.containers[0].image').isImage('busybox:1.37')
    expectThat(pod, 'status.conditions[type=Ready].status').is('True')
    const seeWith = "kubectl -n logbook get pod writer -o jsonpath='{.spec.volumes}'"
    expectThat(claimsAt(pod, '/logbook'), say('mounted'), { seeWith }).is(['logbook'])
    expectThat(writesByItself(pod), say('by-itself'), { seeWith: 'kubectl -n logbook get pod writer -o yaml' }).isTrue()
    const entries = await cluster.execIn('logbook/writer', ['cat', '/logbook/entries.txt'])
    const lines = entries.stdout.split('\n').map((line) => line.trim())
    if (entries.exitCode !== 0) return expectThat(entries, 'stdout').contains('on watch')
    const seeEntries = { seeWith: 'kubectl -n logbook exec writer -- cat /logbook/entries.txt' }
    return expectThat(lines, say('entries'), seeEntries).contains('on watch')
  },
}))

/** The claims that stand behind a folder of the first container. */
function claimsAt(pod: Pod, folder: string): (string | undefined)[] {
  const mounts = pod.spec?.containers[0]?.volumeMounts?.filter((mount) => mount.mountPath.replace(/\/$/, '') === folder) ?? []
  const volumes = mounts.map((mount) => pod.spec?.volumes?.find((volume) => volume.name === mount.name))
  return volumes.map((volume) => volume?.persistentVolumeClaim?.claimName).filter((name) => name !== undefined)
}

/** Whether the line stands in what the containers run, or may stand in a script that they are given. */
function writesByItself(pod: Pod): boolean {
  const { containers = [], initContainers = [], volumes = [] } = pod.spec ?? {}
  const given = volumes.some(({ configMap, secret }) => configMap || secret)
  return given || JSON.stringify([containers, initContainers]).includes('on watch')
}
