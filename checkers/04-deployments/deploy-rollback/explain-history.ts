import { checker } from '../../lib/index.js'

const ANSWERS = '/home/candidate/answers/timetable'
const REVISION = 'deployment.kubernetes.io/revision'

/** What is asked for stands in the ReplicaSets that setup made, so the answers are read there. */
export default checker(({ cluster, baseline, machine, expectThat }) => {
  const before = () => baseline.list('ReplicaSet', 'timetable', 'app=board')
  const container = (one: ReturnType<typeof before>[number]) => one.spec?.template?.spec?.containers[0]
  return {
    'revision-found': async () => {
      const changed = before().find((one) =>
        container(one)?.env?.some((env) => env.name === 'REFRESH_SECONDS' && env.value === '5'),
      )
      if (!changed) throw new Error('no revision had a refresh of 5 when setup ended')
      expectThat(await machine('base').file(`${ANSWERS}/revision.txt`), 'lines').is([changed.metadata?.annotations?.[REVISION]])
    },
    'image-found': async () => {
      const second = before().find((one) => one.metadata?.annotations?.[REVISION] === '2')
      if (!second) throw new Error('there was no revision 2 when setup ended')
      expectThat(await machine('base').file(`${ANSWERS}/image.txt`), 'lines').is([container(second)?.image])
    },
    'cause-recorded': async () => {
      const deployment = await cluster.deployment('timetable', 'board')
      const present = deployment.metadata?.annotations?.[REVISION]
      const replicaSets = await cluster.replicaSets('timetable', 'app=board')
      const current = replicaSets.find((one) => one.metadata?.annotations?.[REVISION] === present)
      expectThat(current, "metadata.annotations['kubernetes.io/change-cause']", {
        seeWith: 'kubectl -n timetable rollout history deployment/board',
      }).is('refresh of 5 seconds overloaded the server')
    },
    'pods-kept': async () => {
      const deployment = await cluster.deployment('timetable', 'board')
      expectThat(deployment, 'spec.template').is(baseline.find('Deployment', 'timetable', 'board')?.spec?.template)
      for (const pod of baseline.list('Pod', 'timetable', 'app=board')) {
        expectThat(await cluster.pod('timetable', pod.metadata?.name ?? '')).isOriginal(pod)
      }
    },
  }
})
