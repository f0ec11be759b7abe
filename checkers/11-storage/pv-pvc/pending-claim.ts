import { checker, type Pod } from '../../lib/index.js'

/** Enlarging the volume and offering another one are both right: what counts is the claim that was there. */
export default checker(({ cluster, baseline, expectThat, say }) => {
  const claim = () => cluster.persistentVolumeClaim('archive', 'archive')
  return {
    'claim-bound': async () => {
      const found = await claim()
      expectThat(found, 'status.phase').is('Bound')
      expectThat(found, 'status.capacity.storage').isQuantityAtLeast('2Gi')
      if (!found.spec?.volumeName) return
      // A StorageClass of the missing name, with the provisioner of another, makes volumes as well, but elsewhere.
      const name = found.spec.volumeName
      const volume = await cluster.persistentVolume(name)
      const path = volume.spec?.hostPath?.path ?? volume.spec?.local?.path
      const seeWith = `kubectl get persistentvolume ${name} -o jsonpath='{.spec.hostPath.path}{.spec.local.path}'`
      expectThat(path, say('folder', { name }), { seeWith }).satisfies(
        (found?: string) => found?.startsWith('/srv/wheelhouse/') === true,
        say('below'),
      )
    },
    'reader-ready': async () => {
      const pod = await cluster.pod('archive', 'reader')
      expectThat(pod, 'status.conditions[type=Ready].status').is('True')
      const seeWith = "kubectl -n archive get pod reader -o jsonpath='{.spec.volumes}'"
      expectThat(claimsMounted(pod), say('mounted'), { seeWith }).contains('archive')
    },
    'same-claim': async () => expectThat(await claim()).isOriginal(baseline.find('PersistentVolumeClaim', 'archive', 'archive')),
  }
})

/** The claims that a container has somewhere, whatever the volume is called in the Pod. */
function claimsMounted(pod: Pod): string[] {
  const mounts = new Set(pod.spec?.containers.flatMap(({ volumeMounts }) => volumeMounts ?? []).map(({ name }) => name))
  const volumes = pod.spec?.volumes?.filter(({ name }) => mounts.has(name)) ?? []
  return volumes.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? [])
}
