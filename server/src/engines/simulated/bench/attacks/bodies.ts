/** Bodies of many megabytes, of many values, of deep nesting. */
import { type Attack, CONFIG_MAPS, fieldsOf, lazily, many, PODS, post } from './attack.js'

/** Just below the limit and above it: the first is read, the second refused. */
const large = lazily(() =>
  [3_000_000, 10_000_000].map((size) =>
    JSON.stringify({ metadata: { name: 'large' }, data: fieldsOf(size / 100, (index) => [`k${index}`, 'x'.repeat(80)]) }),
  ),
)
/** The mistake is the last letter. */
const broken = lazily(() => `${large()[0]?.slice(0, -1)},`)
const deep = lazily(() => ['['.repeat(900_000), `{"metadata":{"name":"deep"},"data":${'{"a":'.repeat(900)}1${'}'.repeat(900)}}`])

/** Values of one body, just below what is refused for their number. */
const VALUES = 39_900

/** Made, and taken away again. */
const written = (saying: string, path: string, bodyOf: (name: string) => object): Attack => ({
  saying,
  again: async (api, round) => {
    const name = `wide-${round}`
    await api.ask(path, post(bodyOf(name)))
    await api.ask(`${path}/${name}`, { method: 'DELETE' })
  },
  atOnce: 1,
})

const pod = (name: string, spec: object) => ({
  metadata: { name },
  spec: { schedulerName: 'nobody', containers: [{ name: 'main', image: 'nginx:1.28', ...spec }] },
})
const garbage = lazily(() =>
  Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${'QUJD'.repeat(540_000)}\n-----END CERTIFICATE REQUEST-----\n`).toString(
    'base64',
  ),
)
const WRONG = many(3_000, (index) => ({ name: `Not a name ${index}`, image: ' ' }))

export const bodies = {
  bodies: {
    saying: 'bodies of 3 and 10 MB come, four at once',
    again: (api, round) => api.ask(CONFIG_MAPS, post(large()[round % 2] ?? '')),
    atOnce: 4,
  },
  nesting: {
    saying: 'bodies of deep nesting come, four at once',
    again: (api, round) => api.ask(CONFIG_MAPS, post(deep()[round % 2] ?? '')),
    atOnce: 4,
  },
  broken: {
    saying: 'bodies of 3 MB break off at their end',
    again: (api) => api.ask(CONFIG_MAPS, post(broken())),
    atOnce: 2,
  },
  keys: written('ConfigMaps of 40,000 keys come', CONFIG_MAPS, (name) => ({
    metadata: { name },
    data: fieldsOf(VALUES, (index) => [`key-${index}`, 'v']),
  })),
  environment: written('Pods of 13,000 variables come', PODS, (name) =>
    pod(name, { env: many(VALUES / 3, (index) => ({ name: `VARIABLE_${index}`, value: 'v' })) }),
  ),
  wrong: written('Pods of 3,000 wrong containers come', PODS, (name) => ({ metadata: { name }, spec: { containers: WRONG } })),
  roles: written('roles of 5,000 rules come', '/apis/rbac.authorization.k8s.io/v1/clusterroles', (name) => ({
    metadata: { name },
    rules: many(5000, (index) => ({ apiGroups: [''], resources: [`things${index}`], verbs: ['get'] })),
  })),
  requests: {
    saying: 'signing requests of 3 MB of garbage come',
    again: (api, round) =>
      api.ask(
        '/apis/certificates.k8s.io/v1/certificatesigningrequests',
        post({
          metadata: { name: `garbage-${round}` },
          spec: { request: garbage(), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
        }),
      ),
    atOnce: 1,
  },
} satisfies Record<string, Attack>
