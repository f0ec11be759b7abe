import { checker } from '../../lib/index.js'

const DRIVER = { serviceAccount: 'docks/crane-driver' }
const SCALE = 'deployments/scale'
const ALLOWED = [
  'get deployments.apps crane',
  ...['get', 'patch', 'update'].map((verb) => `${verb} deployments.apps/scale crane`),
]

export default checker(({ cluster, expectThat, say }) => {
  const may = (verb: string, resource: string) => cluster.can(DRIVER, { verb, resource, name: 'crane', namespace: 'docks' })
  return {
    'may-scale': async () => {
      await cluster.serviceAccount('docks', 'crane-driver')
      const scaling = ['get', 'patch', 'update'].map((verb) => may(verb, SCALE))
      for (const answer of await Promise.all([may('get', 'deployments'), ...scaling])) expectThat(answer).isTrue()
    },
    'account-used': async () => {
      const cabin = await cluster.deployment('docks', 'cabin')
      expectThat(cabin, 'spec.template.spec.serviceAccountName').is('crane-driver')
      expectThat(cabin, 'status.availableReplicas').is(1)
      const pods = await cluster.pods('docks', 'app=cabin')
      const seeWith =
        'kubectl -n docks get pods -l app=cabin -o custom-columns=NAME:.metadata.name,ACCOUNT:.spec.serviceAccountName'
      const accounts = new Set(pods.map((pod) => pod.spec?.serviceAccountName))
      expectThat(accounts, say('accounts'), { seeWith }).equalsSet(['crane-driver'])
    },
    'no-more': async () => {
      const [driver, elsewhere, others] = await Promise.all([
        cluster.rulesOf(DRIVER, 'docks', ALLOWED),
        cluster.rulesOf(DRIVER, 'default'),
        cluster.rulesOf({ serviceAccount: 'docks/default' }, 'docks'),
      ])
      for (const more of [driver, elsewhere, others]) expectThat(more).isEmpty()
    },
  }
})
