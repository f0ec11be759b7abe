import { checker, MANIFESTS, podManifest } from '../../lib/index.js'

/** What setup/30-manifest.sh has written. */
const LOOP = 'while true; do echo howl; sleep 1; done'

export default checker(({ machine, eventually, expectThat, say }) => {
  const node = machine('node01')
  // As the kubelet looks at it: no folders below, no names that begin with a dot.
  const files = [MANIFESTS, '-maxdepth', '1', '!', '-type', 'd', '!', '-name', '.*'] as const
  const manifests = async () => (await node.run(['find', ...files, '-exec', 'grep', '-l', 'siren', '{}', '+'])).stdout
  return {
    // The container itself: the mirror goes for a moment when somebody deletes it.
    'siren-silent': async () =>
      eventually(
        async () => {
          const running = await node.run(['crictl', 'pods', '-q', '--state', 'ready', '--namespace', '^siren$'])
          expectThat(running.stdout, say('containers'), { seeWith: 'ssh node01 sudo crictl pods --namespace siren' }).isEmpty()
          // As long as its manifest lies there under whatever name, it will be back.
          expectThat(await manifests(), say('manifests'), { seeWith: `ssh node01 'sudo grep -l siren ${MANIFESTS}/*'` }).isEmpty()
        },
        // A kubelet looks at its folder every 20 s; where the manifest is still there, no time will help.
        { quietSeconds: (await manifests()) === '' ? 25 : 5 },
      ),
    'manifest-kept': async () => {
      const pod = await podManifest(node, '/root/siren.yaml')
      const seeWith = { seeWith: 'ssh node01 sudo cat /root/siren.yaml' }
      expectThat(pod?.metadata, say('manifest'), seeWith).is({ name: 'siren', namespace: 'siren', labels: { test: '2025' } })
      expectThat(pod?.spec?.containers[0]?.command?.at(-1), say('manifest'), seeWith).is(LOOP)
    },
    'kubelet-runs': async () => expectThat(await node.run(['systemctl', 'is-active', 'kubelet'])).is('active'),
  }
})
