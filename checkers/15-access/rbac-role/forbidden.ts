import { checker } from '../../lib/index.js'

const REPORTER = { serviceAccount: 'reports/reporter' }

export default checker(({ cluster, baseline, expectThat }) => {
  const may = (verb: string, resource: string) => cluster.can(REPORTER, { verb, resource, namespace: 'reports' })
  return {
    'lists-pods': async () => expectThat(await may('list', 'pods')).isTrue(),
    'lists-deployments': async () => expectThat(await may('list', 'deployments')).isTrue(),
    'no-more': async () => {
      const [here, elsewhere] = await Promise.all([
        cluster.rulesOf(REPORTER, 'reports', ['list pods', 'list deployments.apps']),
        cluster.rulesOf(REPORTER, 'default'),
      ])
      expectThat(here).isEmpty()
      expectThat(elsewhere).isEmpty()
    },
    'reporter-kept': async () =>
      expectThat(await cluster.pod('reports', 'reporter')).isOriginal(baseline.find('Pod', 'reports', 'reporter')),
  }
})
