import { checker } from '../../lib/index.js'

const REPORTER = { serviceAccount: 'reports/reporter' }

export default checker(({ cluster, baseline, expectThat }) => {
  const may = async (verb: string, resource: string, namespace = 'reports') =>
    expectThat(await cluster.can(REPORTER, { verb, resource, namespace }))
  return {
    'lists-pods': async () => (await may('list', 'pods')).isTrue(),
    'lists-deployments': async () => (await may('list', 'deployments')).isTrue(),
    'no-more': async () => {
      for (const resource of ['pods', 'deployments']) {
        for (const verb of ['get', 'watch', 'create', 'delete', 'patch']) (await may(verb, resource)).isFalse()
        ;(await may('list', resource, 'default')).isFalse()
      }
      for (const resource of ['secrets', 'configmaps', 'services']) (await may('list', resource)).isFalse()
    },
    'reporter-kept': async () =>
      expectThat(await cluster.pod('reports', 'reporter')).isOriginal(baseline.find('Pod', 'reports', 'reporter')),
  }
})
