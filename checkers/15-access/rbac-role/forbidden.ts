import { checker } from '../../lib/index.js'

const REPORTER = { serviceAccount: 'reports/reporter' }

export default checker(({ cluster, baseline, expectThat }) => {
  const may = (verb: string, resource: string, namespace = 'reports') => cluster.can(REPORTER, { verb, resource, namespace })
  return {
    'lists-pods': async () => expectThat(await may('list', 'pods')).isTrue(),
    'lists-deployments': async () => expectThat(await may('list', 'deployments')).isTrue(),
    'no-more': async () => {
      const more = ['pods', 'deployments'].flatMap((resource) => [
        ...['get', 'watch', 'create', 'delete', 'patch'].map((verb) => may(verb, resource)),
        may('list', resource, 'default'),
      ])
      const others = ['secrets', 'configmaps', 'services'].map((resource) => may('list', resource))
      for (const answer of await Promise.all([...more, ...others])) expectThat(answer).isFalse()
    },
    'reporter-kept': async () =>
      expectThat(await cluster.pod('reports', 'reporter')).isOriginal(baseline.find('Pod', 'reports', 'reporter')),
  }
})
