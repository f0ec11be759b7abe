import { checker } from '../../lib/index.js'

const DRIVER = { serviceAccount: 'docks/crane-driver' }
const SCALE = 'deployments/scale'

export default checker(({ cluster, expectThat, say }) => {
  const may = async (verb: string, resource: string, name: string, who = DRIVER) =>
    expectThat(await cluster.can(who, { verb, resource, name, namespace: 'docks' }))
  return {
    'may-scale': async () => {
      await cluster.serviceAccount('docks', 'crane-driver')
      ;(await may('get', 'deployments', 'crane')).isTrue()
      for (const verb of ['get', 'patch', 'update']) (await may(verb, SCALE, 'crane')).isTrue()
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
      for (const verb of ['patch', 'update', 'delete']) (await may(verb, 'deployments', 'crane')).isFalse()
      for (const verb of ['patch', 'update']) (await may(verb, SCALE, 'conveyor')).isFalse()
      ;(await may('get', 'deployments', 'conveyor')).isFalse()
      for (const resource of ['secrets', 'pods', 'deployments', 'deployments/scale'])
        expectThat(await cluster.can(DRIVER, { verb: 'list', resource, namespace: 'docks' })).isFalse()
      expectThat(await cluster.can(DRIVER, { verb: 'patch', resource: SCALE, name: 'crane', namespace: 'default' })).isFalse()
      ;(await may('patch', SCALE, 'crane', { serviceAccount: 'docks/default' })).isFalse()
    },
  }
})
