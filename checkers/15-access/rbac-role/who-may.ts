import { checker, type Kinds } from '../../lib/index.js'

const ANSWERS = '/home/candidate/answers/customs'
/** The one that names the group of all ServiceAccounts of the namespace, in setup/20-objects.yaml. */
const BINDING = 'night-shift'

/** The cluster gives the answers, as it would give them to the learner. */
export default checker(({ cluster, baseline, machine, expectThat, say }) => {
  const may = async (who: Parameters<typeof cluster.can>[0], verb: string, resource: string) =>
    (await cluster.can(who, { verb, resource, namespace: 'customs' })).allowed ? 'yes' : 'no'
  return {
    'answers-saved': async () => {
      const wanted = await Promise.all([
        may({ user: 'eva' }, 'update', 'configmaps'),
        may({ user: 'otto' }, 'delete', 'pods'),
        may({ serviceAccount: 'customs/scanner' }, 'delete', 'pods'),
        may({ group: 'inspectors' }, 'get', 'secrets'),
        may({ user: 'eva' }, 'delete', 'configmaps'),
      ])
      const file = await machine('base').file(`${ANSWERS}/answers.txt`)
      if (!file.exists) return expectThat(file, 'lines').is(wanted)
      const answers = file.lines.map((line) => line.toLowerCase())
      return expectThat(answers, 'answers.txt', { seeWith: `cat ${ANSWERS}/answers.txt` }).is(wanted)
    },
    'binding-saved': async () => expectThat(await machine('base').file(`${ANSWERS}/binding.txt`), 'lines').is([BINDING]),
    'rules-kept': async () => {
      const roles = differing(await cluster.roles('customs'), baseline.list('Role', 'customs'))
      const bindings = differing(await cluster.roleBindings('customs'), baseline.list('RoleBinding', 'customs'))
      const everywhere = differing(
        (await cluster.clusterRoleBindings()).filter(concerns),
        baseline.list('ClusterRoleBinding', null).filter(concerns),
      )
      const found = [
        ...roles.map((name) => `role/${name}`),
        ...bindings.map((name) => `rolebinding/${name}`),
        ...everywhere.map((name) => `clusterrolebinding/${name}`),
      ]
      expectThat(found, say('rules'), {
        seeWith: 'kubectl -n customs get roles,rolebindings,clusterrolebindings -o wide',
      }).isEmpty()
    },
  }
})

/** Those who are asked about, and the groups that they belong to. */
const SUBJECTS = new Set(['eva', 'otto', 'scanner', 'inspectors', 'system:serviceaccounts:customs'])
const concerns = ({ subjects = [] }: Kinds['ClusterRoleBinding']) => subjects.some(({ name }) => SUBJECTS.has(name))

type Named = { metadata?: { name?: string; uid?: string; resourceVersion?: string } }

/** Names of those that are new, gone or changed. */
function differing(now: Named[], before: Named[]): string[] {
  const version = ({ metadata }: Named) => `${metadata?.name} ${metadata?.uid} ${metadata?.resourceVersion}`
  const [is, was] = [new Set(now.map(version)), new Set(before.map(version))]
  const different = [...now.filter((one) => !was.has(version(one))), ...before.filter((one) => !is.has(version(one)))]
  return [...new Set(different.map(({ metadata }) => metadata?.name ?? ''))]
}
