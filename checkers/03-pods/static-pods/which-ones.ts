import { checker, type Pod } from '../../lib/index.js'

const ANSWERS = '/home/candidate/answers/tally'
/** Where setup/30-manifest.sh puts it. */
const PATH = '/etc/kubernetes/manifests/20-harbour.yml'

/** A static Pod belongs to its node; everything else about it can be imitated. */
const isStatic = (pod: Pod) => pod.metadata?.ownerReferences?.some(({ kind }) => kind === 'Node') ?? false

export default checker(({ cluster, machine, expectThat }) => ({
  'pods-listed': async () => {
    const pods = [...(await cluster.pods('kube-system')), ...(await cluster.pods('tally'))]
    const wanted = pods.filter(isStatic).map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`)
    const file = await machine('base').file(`${ANSWERS}/pods.txt`)
    expectThat(file, 'lines').equalsSet(wanted)
    expectThat(file, 'lines').hasLength(wanted.length)
  },
  'path-named': async () => expectThat(await machine('base').file(`${ANSWERS}/path.txt`), 'lines').is([PATH]),
  'counter-kept': async () => {
    const pod = await cluster.pod('tally', 'counter-node01')
    expectThat(pod, 'status.conditions[type=Ready].status').is('True')
    expectThat(pod, 'metadata.ownerReferences[0].kind').is('Node')
  },
}))
