import { checker, MANIFESTS } from '../../lib/index.js'

export default checker(({ cluster, machine, eventually, expectThat }) => {
  /** The kubelet may take 20 s to look at its folder again. Where nothing lies there, no time will help. */
  const patience = async () => {
    const manifests = await machine('node01').run(['grep', '-rl', '--exclude=.*', 'buoys', MANIFESTS])
    return { quietSeconds: manifests.exitCode === 0 ? 25 : 4 }
  }
  return {
    'light-static': async () =>
      eventually(
        async () => {
          const pod = await cluster.pod('buoys', 'light-node01')
          expectThat(pod, 'metadata.ownerReferences[0].kind').is('Node')
          expectThat(pod, "metadata.annotations['kubernetes.io/config.source']").is('file')
          expectThat(pod, 'spec.nodeName').is('node01')
          expectThat(pod, 'status.conditions[type=Ready].status').is('True')
          expectThat(pod, 'spec.containers[0].image').isImage('wheelhouse/app:1')
        },
        await patience(),
      ),
    'light-answers': async () =>
      eventually(
        async () => {
          const answer = await cluster.curlFrom('buoys/client', 'http://light/')
          expectThat(answer).is('[v1] Buoy 7 is lit from light-node01')
        },
        await patience(),
      ),
  }
})
