import { checker } from '../../lib/index.js'

const ANSWERS = '/home/candidate/answers/customs'
/** The one that names the group of all ServiceAccounts of the namespace, in setup/20-objects.yaml. */
const BINDING = 'night-shift'

/** The cluster gives the answers, as it would give them to the learner. */
export default checker(({ cluster, baseline, machine, expectThat, say }) => {
  const may = async (who: Parameters<typeof cluster.can>[0], verb: string, resource: string) =>
    (await cluster.can(who, { verb, resource, namespace: 'customs' })).allowed ? 'yes' : 'no'
  return {
    'answers-saved': async () => {
      const wanted = [
        await may({ user: 'eva' }, 'update', 'configmaps'),
        await may({ user: 'otto' }, 'delete', 'pods'),
        await may({ serviceAccount: 'customs/scanner' }, 'delete', 'pods'),
        await may({ group: 'inspectors' }, 'get', 'secrets'),
        await may({ user: 'eva' }, 'delete', 'configmaps'),
      ]
      const file = await machine('base').file(`${ANSWERS}/answers.txt`)
      const seeWith = { seeWith: `cat ${ANSWERS}/answers.txt` }
      expectThat(
        file.lines.map((line) => line.toLowerCase()),
        'answers.txt',
        seeWith,
      ).is(wanted)
    },
    'binding-saved': async () => expectThat(await machine('base').file(`${ANSWERS}/binding.txt`), 'lines').is([BINDING]),
    'rules-kept': async () => {
      const uids = (objects: { metadata?: { uid?: string; resourceVersion?: string } }[]) =>
        objects.map(({ metadata }) => `${metadata?.uid}@${metadata?.resourceVersion}`)
      const now = [...(await cluster.roles('customs')), ...(await cluster.roleBindings('customs'))]
      const before = [...baseline.list('Role', 'customs'), ...baseline.list('RoleBinding', 'customs')]
      expectThat(uids(now), say('rules'), { seeWith: 'kubectl -n customs get roles,rolebindings' }).equalsSet(uids(before))
    },
  }
})
