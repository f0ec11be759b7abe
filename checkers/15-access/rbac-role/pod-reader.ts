import { checker } from '../../lib/index.js'

const USERS = ['ana', 'li']

/** What the two may do is asked, not read: rules can be written in many ways. */
export default checker(({ cluster, expectThat }) => {
  const may = async (user: string, verb: string, resource: string, namespace = 'quay') =>
    expectThat(await cluster.can({ user }, { verb, resource, namespace }))
  return {
    'may-read': async () => {
      for (const user of USERS) {
        for (const verb of ['get', 'list', 'watch']) (await may(user, verb, 'pods')).isTrue()
        ;(await may(user, 'get', 'pods/log')).isTrue()
      }
    },
    'by-role': async () => {
      await cluster.role('quay', 'pod-reader')
      const binding = await cluster.roleBinding('quay', 'read-pods')
      expectThat(binding, 'roleRef.kind').is('Role')
      expectThat(binding, 'roleRef.name').is('pod-reader')
    },
    'no-more': async () => {
      for (const user of USERS) {
        for (const verb of ['create', 'update', 'patch', 'delete']) (await may(user, verb, 'pods')).isFalse()
        for (const resource of ['secrets', 'configmaps', 'deployments', 'services']) {
          for (const verb of ['get', 'list']) (await may(user, verb, resource)).isFalse()
        }
        // A WebSocket begins with a GET, and was let through with that verb alone for long.
        for (const verb of ['get', 'create']) (await may(user, verb, 'pods/exec')).isFalse()
        for (const namespace of ['default', 'kube-system']) (await may(user, 'list', 'pods', namespace)).isFalse()
      }
      ;(await may('tom', 'list', 'pods')).isFalse()
    },
  }
})
