import { checker } from '../../lib/index.js'

const DRIVER = { serviceAccount: 'docks/crane-driver' }
const SCALE = 'deployments/scale'

export default checker(({ cluster, expectThat, say }) => {
  const may = (verb: string, resource: string, name: string, who = DRIVER) =>
    cluster.can(who, { verb, resource, name, namespace: 'docks' })
  return {
    'may-scale': async () => {
      await cluster.serviceAccount('docks', 'crane-driver')
      const scaling = ['get', 'patch', 'update'].map((verb) => may(verb, SCALE, 'crane'))
      for (const answer of await Promise.all([may('get', 'deployments', 'crane'), ...scaling])) expectThat(answer).isTrue()
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
      const more = [
        ...['patch', 'update', 'delete'].map((verb) => may(verb, 'deployments', 'crane')),
        ...['patch', 'update'].map((verb) => may(verb, SCALE, 'conveyor')),
        may('get', 'deployments', 'conveyor'),
        ...['secrets', 'pods', 'deployments', 'deployments/scale'].map((resource) =>
          cluster.can(DRIVER, { verb: 'list', resource, namespace: 'docks' }),
        ),
        cluster.can(DRIVER, { verb: 'patch', resource: SCALE, name: 'crane', namespace: 'default' }),
        may('patch', SCALE, 'crane', { serviceAccount: 'docks/default' }),
      ]
      for (const answer of await Promise.all(more)) expectThat(answer).isFalse()
    },
  }
})
