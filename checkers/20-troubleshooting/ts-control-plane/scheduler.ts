import { checker, flagsOf, MANIFESTS, manifestChanges, originalPodManifest, podManifest } from '../../lib/index.js'

const MANIFEST = `${MANIFESTS}/kube-scheduler.yaml`
const seeManifest = { seeWith: `ssh controlplane sudo cat ${MANIFEST}` }

/** That Pods find their nodes again counts, and that nobody but the scheduler of this cluster finds them. */
export default checker(({ cluster, baseline, machine, eventually, expectThat, say }) => {
  const node = machine('controlplane')
  /** A manifest that has just been repaired takes the kubelet some 15 s; one that has not, no time will help. */
  const patience = async () => {
    const program = (await podManifest(node, MANIFEST))?.spec?.containers[0]?.command?.[0] ?? ''
    return /^(.*\/)?kube-scheduler$/.test(program) ? { quietSeconds: 25 } : { withinSeconds: 8 }
  }
  return {
    'gauges-placed': async () =>
      eventually(
        async () => expectThat(await cluster.deployment('tides', 'gauge'), 'status.availableReplicas').is(3),
        await patience(),
      ),
    'scheduler-healthy': async () =>
      eventually(
        async () => {
          const health = await node.run(['curl', '-sSk', '--max-time', '5', 'https://127.0.0.1:10259/healthz'])
          expectThat(health, 'stdout').is('ok')
        },
        await patience(),
      ),
    'gauge-kept': async () => {
      const before = baseline.find('Deployment', 'tides', 'gauge')
      const deployment = await cluster.deployment('tides', 'gauge')
      expectThat(deployment).isOriginal(before)
      expectThat(deployment, 'spec.template.spec').is(before?.spec?.template.spec)
      expectThat(deployment, 'spec.replicas').is(before?.spec?.replicas)
    },
    'settings-kept': async () => {
      const [now, before] = await Promise.all([podManifest(node, MANIFEST), originalPodManifest(node, MANIFEST)])
      expectThat(flagsOf(now), say('flags'), seeManifest).equalsSet(flagsOf(before))
      expectThat(now?.spec?.containers[0]?.image, say('image'), seeManifest).isImage(before.spec?.containers[0]?.image ?? '')
    },
    'folder-kept': async () => {
      const changes = await manifestChanges(node, 'kube-scheduler.yaml')
      expectThat(changes, say('changes'), { seeWith: `ssh controlplane ls -l ${MANIFESTS}` }).isEmpty()
    },
  }
})
