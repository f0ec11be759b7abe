import { checker, flagsOf, MANIFESTS, manifestChanges, originalPodManifest, podManifest } from '../../lib/index.js'

const MANIFEST = `${MANIFESTS}/kube-controller-manager.yaml`
const seeManifest = { seeWith: `ssh controlplane sudo cat ${MANIFEST}` }
/** The flag that setup adds: no controller manager since v1.26 knows it. */
const REMOVED = '--horizontal-pod-autoscaler-use-rest-clients'

export default checker(({ cluster, baseline, machine, eventually, expectThat, say }) => {
  const node = machine('controlplane')
  /** A manifest that has just been repaired takes the kubelet some 15 s; one that has not, no time will help. */
  const patience = async () => {
    const flags = flagsOf(await podManifest(node, MANIFEST))
    return flags.length === 0 || flags.some((flag) => flag.startsWith(REMOVED)) ? {} : { quietSeconds: 25 }
  }
  return {
    'radios-available': async () =>
      eventually(
        async () => expectThat(await cluster.deployment('pilots', 'radio'), 'status.availableReplicas').is(3),
        await patience(),
      ),
    'manager-healthy': async () =>
      eventually(
        async () => {
          const health = await node.run(['curl', '-sSk', '--max-time', '5', 'https://127.0.0.1:10257/healthz'])
          expectThat(health, 'stdout').is('ok')
        },
        await patience(),
      ),
    'radio-kept': async () => {
      const before = baseline.find('Deployment', 'pilots', 'radio')
      const deployment = await cluster.deployment('pilots', 'radio')
      expectThat(deployment).isOriginal(before)
      expectThat(deployment, 'spec.template.spec').is(before?.spec?.template.spec)
      expectThat(deployment, 'spec.replicas').is(before?.spec?.replicas)
    },
    'settings-kept': async () => {
      const [now, before] = await Promise.all([podManifest(node, MANIFEST), originalPodManifest(node, MANIFEST)])
      const others = flagsOf(now).filter((flag) => !flag.startsWith(REMOVED))
      expectThat(others, say('flags'), seeManifest).equalsSet(flagsOf(before))
      expectThat(now?.spec?.containers[0]?.image, say('image'), seeManifest).isImage(before.spec?.containers[0]?.image ?? '')
    },
    'folder-kept': async () => {
      const changes = await manifestChanges(node, 'kube-controller-manager.yaml')
      expectThat(changes, say('changes'), { seeWith: `ssh controlplane ls -l ${MANIFESTS}` }).isEmpty()
    },
  }
})
