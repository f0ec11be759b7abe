import { checker } from '../../lib/index.js'

const USERS = ['ana', 'li']

/** What the two may do is asked, not read: rules can be written in many ways. */
export default checker(({ cluster, expectThat }) => {
  const may = (user: string, verb: string, resource: string, namespace = 'quay') =>
    cluster.can({ user }, { verb, resource, namespace })
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
      const more = (user: string) => [
        ...['create', 'update', 'patch', 'delete'].map((verb) => may(user, verb, 'pods')),
        ...['secrets', 'configmaps', 'deployments', 'services'].flatMap((resource) =>
          ['get', 'list'].map((verb) => may(user, verb, resource)),
        ),
        // A WebSocket begins with a GET, and was let through with that verb alone for long.
        ...['get', 'create'].map((verb) => may(user, verb, 'pods/exec')),
        ...['default', 'kube-system'].map((namespace) => may(user, 'list', 'pods', namespace)),
      ]
      for (const answer of await Promise.all([...USERS.flatMap(more), may('tom', 'list', 'pods')])) expectThat(answer).isFalse()
    },
  }
})
