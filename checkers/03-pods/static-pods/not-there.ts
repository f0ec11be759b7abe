import { checker, MANIFESTS, podManifest } from '../../lib/index.js'

/** What setup/30-manifest.sh has written. */
const METADATA = { name: 'foghorn', namespace: 'foghorn', labels: { app: 'foghorn', pier: 'north' } }
const CONTAINER = {
  name: 'horn',
  image: 'busybox:1.37',
  command: ['sh', '-c', 'while true; do echo foghorn sounds; sleep $PAUSE; done'],
  env: [{ name: 'PAUSE', value: '2' }],
  resources: { requests: { memory: '8Mi' } },
}

export default checker(({ cluster, machine, eventually, expectThat, say }) => ({
  // After a file that it could not read, the kubelet looks at its folder every 20 s only. One that is still wrong, no time will help.
  'foghorn-sounds': async () => {
    const repaired = (await podManifest(machine('node01'), `${MANIFESTS}/foghorn.yaml`))?.kind === 'Pod'
    return eventually(
      async () => {
        const pod = await cluster.pod('foghorn', 'foghorn-node01')
        expectThat(pod, 'metadata.ownerReferences[0].kind').is('Node')
        expectThat(pod, 'spec.nodeName').is('node01')
        expectThat(pod, 'status.conditions[type=Ready].status').is('True')
        expectThat(await cluster.logs('foghorn/foghorn-node01', { tail: 5 })).contains('foghorn sounds')
      },
      { quietSeconds: repaired ? 25 : 4 },
    )
  },
  'manifest-kept': async () => {
    const path = `${MANIFESTS}/foghorn.yaml`
    const pod = await podManifest(machine('node01'), path)
    const seeWith = { seeWith: `ssh node01 sudo cat ${path}` }
    const { name, namespace, labels } = pod?.metadata ?? {}
    expectThat({ name, namespace, labels }, say('metadata'), seeWith).is(METADATA)
    expectThat(pod?.spec?.containers, say('containers'), seeWith).is([CONTAINER])
  },
}))
