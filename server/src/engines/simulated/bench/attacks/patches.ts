/** Patches that are long to apply. */
import { type Attack, CONFIG_MAPS, DEPLOYMENTS, deployment, fieldsOf, many, post } from './attack.js'

const KEYS = 12_000
const applied = (value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'owned' },
  data: fieldsOf(KEYS, (index) => [`key-${index}`, value]),
})
const APPLY = { method: 'PATCH', type: 'application/apply-patch+yaml' }
const VARIABLES = 5_000
const variables = (value: string) => many(VARIABLES, (index) => ({ name: `VARIABLE_${index}`, value }))

export const patches = {
  conflicts: {
    saying: 'configurations of 12,000 conflicts are applied',
    prepare: (api) => api.ask(`${CONFIG_MAPS}/owned?fieldManager=first`, { ...APPLY, body: applied('mine') }),
    again: (api, round) => api.ask(`${CONFIG_MAPS}/owned?fieldManager=second`, { ...APPLY, body: applied(`yours ${round}`) }),
    atOnce: 1,
  },
  operations: {
    saying: 'JSON patches of 10,000 steps come',
    prepare: (api) => api.ask(CONFIG_MAPS, post({ metadata: { name: 'target' }, data: { a: 'x' } })),
    again: (api, round) =>
      api.ask(`${CONFIG_MAPS}/target`, {
        method: 'PATCH',
        type: 'application/json-patch+json',
        body: many(10_000, (index) => ({ op: 'add', path: `/data/k${index % 5000}`, value: `${round}` })),
      }),
    atOnce: 1,
  },
  copies: {
    saying: 'JSON patches of 5,000 copies come',
    prepare: (api) =>
      api.ask(CONFIG_MAPS, post({ metadata: { name: 'copied' }, data: fieldsOf(100, (index) => [`a${index}`, 'x']) })),
    again: (api) =>
      api.ask(`${CONFIG_MAPS}/copied`, {
        method: 'PATCH',
        type: 'application/json-patch+json',
        body: many(5_000, (index) => ({ op: 'copy', from: '/data', path: `/metadata/k${index % 100}` })),
      }),
    atOnce: 1,
  },
  merges: {
    saying: 'strategic patches of 5,000 variables come',
    prepare: (api) => api.ask(DEPLOYMENTS, post(deployment('merged', 0, variables('v')))),
    again: (api, round) =>
      api.ask(`${DEPLOYMENTS}/merged`, {
        method: 'PATCH',
        type: 'application/strategic-merge-patch+json',
        body: { spec: { template: { spec: { containers: [{ name: 'main', env: variables(`${round}`).reverse() }] } } } },
      }),
    atOnce: 1,
  },
} satisfies Record<string, Attack>
