import { checker, flagsOf, MANIFESTS, manifestChanges, originalPodManifest, podManifest } from '../../lib/index.js'

const MANIFEST = `${MANIFESTS}/kube-apiserver.yaml`
const seeManifest = { seeWith: `ssh controlplane sudo cat ${MANIFEST}` }
const MODE = '--authorization-mode='

/** An API server that answers everybody is not repaired: who may do what is asked, not read from the flag. */
export default checker(({ cluster, baseline, machine, eventually, expectThat, say }) => {
  const node = machine('controlplane')
  /** A manifest that has just been repaired takes the kubelet some 20 s; one that has not, no time will help. */
  const onceItAnswers = async (work: () => Promise<void>) => {
    const pod = await podManifest(node, MANIFEST)
    const repaired = pod && !flagsOf(pod).includes(`${MODE}Node,RABC`)
    const start = async () => {
      await cluster.namespace('bridge')
      await eventually(work, { quietSeconds: 2 })
    }
    return eventually(start, repaired ? { quietSeconds: 40 } : {})
  }
  return {
    'api-answers': () =>
      onceItAnswers(async () => {
        const before = baseline.find('Deployment', 'bridge', 'radar')
        const radar = await cluster.deployment('bridge', 'radar')
        expectThat(radar).isOriginal(before)
        expectThat(radar, 'spec.template.spec').is(before?.spec?.template.spec)
      }),
    'rules-hold': () =>
      onceItAnswers(async () => {
        const stowaway = { user: 'stowaway' }
        expectThat(await cluster.can(stowaway, { verb: 'list', resource: 'secrets', namespace: 'kube-system' })).isFalse()
        expectThat(await cluster.can(stowaway, { verb: 'delete', resource: 'deployments', namespace: 'bridge' })).isFalse()
        const keeper = { serviceAccount: 'bridge/keeper' }
        expectThat(await cluster.can(keeper, { verb: 'list', resource: 'pods', namespace: 'bridge' })).isTrue()
      }),
    'nodes-may': () =>
      onceItAnswers(async () => {
        const kubelet = { user: 'system:node:node01', groups: ['system:nodes'] }
        expectThat(await cluster.can(kubelet, { verb: 'patch', resource: 'nodes/status', name: 'node01' })).isTrue()
      }),
    'settings-kept': async () => {
      const [now, before] = await Promise.all([podManifest(node, MANIFEST), originalPodManifest(node, MANIFEST)])
      const others = (flags: string[]) => flags.filter((flag) => !flag.startsWith(MODE))
      expectThat(others(flagsOf(now)), say('flags'), seeManifest).equalsSet(others(flagsOf(before)))
      expectThat(now?.spec?.containers[0]?.image, say('image'), seeManifest).isImage(before.spec?.containers[0]?.image ?? '')
    },
    'folder-kept': async () => {
      const changes = await manifestChanges(node, 'kube-apiserver.yaml')
      expectThat(changes, say('changes'), { seeWith: `ssh controlplane ls -l ${MANIFESTS}` }).isEmpty()
    },
  }
})
