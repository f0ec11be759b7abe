/** Much of what is allowed: replicas, objects, watches, programs that compute. */
import { setTimeout as later } from 'node:timers/promises'
import { type Attack, CONFIG_MAPS, DEPLOYMENTS, deployment, fill, many, PODS, post } from './attack.js'

const WILD = encodeURIComponent(`index in (${many(800, (index) => index).join(',')}),app!=x,other notin (a,b,c)`)

const LOOP = 'x=0; while :; do x=$((x+1)); done'
const GREP = "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! | grep -E '(a+)+$'"
const podOf = (name: string, script: string) => ({
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'busybox:1.37', command: ['sh', '-c', script] }] },
})

const watching = (saying: string, letters: number): Attack => ({
  saying,
  prepare: async (api) => {
    for (let index = 0; index < 500; index++) api.watch(`${CONFIG_MAPS}?watch=true`)
    await later(1000)
  },
  again: async (api, round) => {
    const name = `seen-${letters}-${round}`
    await api.ask(CONFIG_MAPS, post({ metadata: { name }, data: { text: 'x'.repeat(letters) } }))
    if (letters > 10_000) await api.ask(`${CONFIG_MAPS}/${name}`, { method: 'DELETE' })
  },
  atOnce: 2,
})

const listed = (saying: string, accept: string): Attack => ({
  saying,
  prepare: fill,
  again: (api) => api.ask(CONFIG_MAPS, { accept }),
  atOnce: 4,
})
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io'

export const loads = {
  replicas: {
    saying: '500 replicas come and go',
    prepare: (api) => api.ask(DEPLOYMENTS, post(deployment('many', 500))),
    again: async (api, round) => {
      await later(2000)
      await api.ask(`${DEPLOYMENTS}/many`, { method: 'PATCH', body: { spec: { replicas: round % 2 ? 500 : 0 } } })
    },
    atOnce: 1,
  },
  objects: listed('5,000 objects are listed, four times at once', 'application/json'),
  tables: listed('5,000 objects are listed as Tables', TABLE),
  yaml: listed('5,000 objects are listed as YAML', 'application/yaml'),
  messages: listed('5,000 objects are listed as protobuf', 'application/vnd.kubernetes.protobuf'),
  names: listed('the metadata of 5,000 objects are listed', 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'),
  watches: watching('500 watches follow every write', 500),
  'large-watches': watching('500 watches follow objects of 200 KB', 200_000),
  selectors: {
    saying: 'selectors of 800 values go over 5,000 objects',
    prepare: fill,
    again: (api) => api.ask(`${CONFIG_MAPS}?labelSelector=${WILD}`),
    atOnce: 4,
  },
  shells: {
    saying: 'four containers compute without end',
    prepare: async (api) => {
      for (const [index, script] of [LOOP, LOOP, GREP, GREP].entries()) await api.ask(PODS, post(podOf(`busy-${index}`, script)))
    },
    again: () => later(1000),
    atOnce: 1,
  },
} satisfies Record<string, Attack>
