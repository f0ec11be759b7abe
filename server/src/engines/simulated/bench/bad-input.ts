/**
 * A learner who does his worst to his own cluster, in a thread of its own: `workerData` names which way. It says `ready` when what it
 * needs is there, works between the words `go` and `rest`, and says `asked` after each round. Watches and shells that are there do not rest.
 */
import { setTimeout as later } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { BenchApi } from './api.js'

export const BAD_INPUTS = [
  'replicas',
  'bodies',
  'objects',
  'watches',
  'selectors',
  'nesting',
  'expressions',
  'rules',
  'shells',
] as const
export type BadInput = (typeof BAD_INPUTS)[number]

interface Attack {
  prepare?: (api: BenchApi) => Promise<unknown>
  /** Done again and again by `atOnce` askers; a refusal is an answer. */
  again: (api: BenchApi, round: number) => Promise<unknown>
  atOnce: number
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
const OBJECTS = 5000
const post = (body: object | string) => ({ method: 'POST', body })

async function fill(api: BenchApi): Promise<void> {
  let next = 0
  const writer = async () => {
    for (let index = next++; index < OBJECTS; index = next++)
      await api.ask(
        CONFIG_MAPS,
        post({
          metadata: { name: `note-${index}`, labels: { index: `${index}`, app: 'note' } },
          data: { text: 'x'.repeat(500) },
        }),
      )
  }
  await Promise.all(Array.from({ length: 8 }, writer))
}

const deployment = (name: string, replicas: number) => ({
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] } },
  },
})

/** Just below the limit and above it: the first is read, the second refused. */
const LARGE = [3_000_000, 10_000_000].map((size) =>
  JSON.stringify({
    metadata: { name: 'large' },
    data: Object.fromEntries(Array.from({ length: size / 100 }, (_, index) => [`k${index}`, 'x'.repeat(80)])),
  }),
)
const DEEP = ['['.repeat(900_000), `{"metadata":{"name":"deep"},"data":${'{"a":'.repeat(900)}1${'}'.repeat(900)}}`]
const WILD = encodeURIComponent(
  `index in (${Array.from({ length: 800 }, (_, index) => index).join(',')}),app!=x,other notin (a,b,c)`,
)
const EXPLODING = '(a+)+(b+)+(a*)*$'

const definition = (rules: string[]) => ({
  metadata: { name: 'things.bad.example' },
  spec: {
    group: 'bad.example',
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  list: { type: 'array', maxItems: 500, items: { type: 'string', maxLength: 60, pattern: EXPLODING } },
                },
                'x-kubernetes-validations': rules.map((rule) => ({ rule })),
              },
            },
          },
        },
      },
    ],
  },
})
/** Each costs a good part of what one may. */
const RULES = Array.from({ length: 10 }, (_, index) => `self.list.all(a, self.list.exists(b, a == b)) || ${index} < 0`)
const THINGS = '/apis/bad.example/v1/namespaces/default/things'
const define = async (api: BenchApi) => {
  await api.ask('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', post(definition(RULES)))
  while (!(await api.ask(THINGS).catch(() => ''))) await later(20)
}
const thing = (round: number, text: string) => ({
  apiVersion: 'bad.example/v1',
  kind: 'Thing',
  metadata: { name: `thing-${round}` },
  spec: { list: Array.from({ length: 500 }, (_, index) => `${text}${index}`) },
})

const LOOP = 'x=0; while :; do x=$((x+1)); done'
const GREP = "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! | grep -E '(a+)+$'"
const podOf = (name: string, script: string) => ({
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'busybox:1.37', command: ['sh', '-c', script] }] },
})

const ATTACKS: Record<BadInput, Attack> = {
  replicas: {
    prepare: (api) => api.ask(DEPLOYMENTS, post(deployment('many', 500))),
    again: async (api, round) => {
      await later(2000)
      await api.ask(`${DEPLOYMENTS}/many`, { method: 'PATCH', body: { spec: { replicas: round % 2 ? 500 : 0 } } })
    },
    atOnce: 1,
  },
  bodies: { again: (api, round) => api.ask(CONFIG_MAPS, post(LARGE[round % 2] ?? '')), atOnce: 4 },
  objects: { prepare: fill, again: (api) => api.ask(CONFIG_MAPS), atOnce: 4 },
  watches: {
    prepare: async (api) => {
      for (let index = 0; index < 500; index++) api.watch(`${CONFIG_MAPS}?watch=true`)
      await later(1000)
    },
    again: (api, round) => api.ask(CONFIG_MAPS, post({ metadata: { name: `seen-${round}` }, data: { text: 'x'.repeat(500) } })),
    atOnce: 2,
  },
  selectors: { prepare: fill, again: (api) => api.ask(`${CONFIG_MAPS}?labelSelector=${WILD}`), atOnce: 4 },
  nesting: { again: (api, round) => api.ask(CONFIG_MAPS, post(DEEP[round % 2] ?? '')), atOnce: 4 },
  expressions: { prepare: define, again: (api, round) => api.ask(THINGS, post(thing(round, `${'a'.repeat(50)}!`))), atOnce: 4 },
  rules: { prepare: define, again: (api, round) => api.ask(THINGS, post(thing(round, 'a'))), atOnce: 4 },
  shells: {
    prepare: async (api) => {
      for (const [index, script] of [LOOP, LOOP, GREP, GREP].entries())
        await api.ask('/api/v1/namespaces/default/pods', post(podOf(`busy-${index}`, script)))
    },
    again: () => later(1000),
    atOnce: 1,
  },
}

/** Closed until it is told to go. */
class Gate {
  open: Promise<void> = Promise.resolve()
  #go: () => void = () => undefined
  constructor() {
    this.rest()
  }
  rest(): void {
    this.open = new Promise((resolve) => {
      this.#go = resolve
    })
  }
  go(): void {
    this.#go()
  }
}

async function attack(): Promise<void> {
  const gate = new Gate()
  parentPort?.on('message', (word) => (word === 'go' ? gate.go() : gate.rest()))
  const { kind, kubeconfig } = workerData as { kind: BadInput; kubeconfig: string }
  const api = new BenchApi(kubeconfig)
  const { prepare, again, atOnce } = ATTACKS[kind]
  await prepare?.(api)
  parentPort?.postMessage('ready')
  let round = 0
  const asker = async () => {
    for (;;) {
      await gate.open
      await again(api, round++).catch(() => undefined)
      parentPort?.postMessage('asked')
    }
  }
  await Promise.all(Array.from({ length: atOnce }, asker))
}

if (parentPort) await attack()
