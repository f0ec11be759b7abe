import { checker } from '../../lib/index.js'

const USERS = ['ana', 'li']
/** Who may read a log may as well list and watch logs: there is no such request, and `kubectl create role` writes it so. */
const ALLOWED = ['pods', 'pods/log'].flatMap((resource) => ['get', 'list', 'watch'].map((verb) => `${verb} ${resource}`))

/** What the two may do is asked, not read: rules can be written in many ways. */
export default checker(({ cluster, expectThat }) => {
  const may = (user: string, verb: string, resource: string) => cluster.can({ user }, { verb, resource, namespace: 'quay' })
  return {
    'may-read': async () => {
      const reading = (user: string) => [
        ...['get', 'list', 'watch'].map((verb) => may(user, verb, 'pods')),
        may(user, 'get', 'pods/log'),
      ]
      for (const answer of await Promise.all(USERS.flatMap(reading))) expectThat(answer).isTrue()
    },
    'by-role': async () => {
      await cluster.role('quay', 'pod-reader')
      const binding = await cluster.roleBinding('quay', 'read-pods')
      expectThat(binding, 'roleRef.kind').is('Role')
      expectThat(binding, 'roleRef.name').is('pod-reader')
    },
    'no-more': async () => {
      const more = USERS.flatMap((user) => [
        cluster.rulesOf({ user }, 'quay', ALLOWED),
        ...['default', 'kube-system'].map((namespace) => cluster.rulesOf({ user }, namespace)),
      ])
      for (const rules of await Promise.all([...more, cluster.rulesOf({ user: 'tom' }, 'quay')])) expectThat(rules).isEmpty()
    },
  }
})
