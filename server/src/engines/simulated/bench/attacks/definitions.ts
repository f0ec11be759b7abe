/** Definitions of custom resources that are long to read, and objects that are long to judge. */
import { setTimeout as later } from 'node:timers/promises'
import type { BenchApi } from '../api.js'
import { type Attack, DEFINITIONS, fieldsOf, many, post } from './attack.js'

const EXPLODING = '(a+)+(b+)+(a*)*$'

interface Wanted {
  plural: string
  spec: object
}

const definition = ({ plural, spec }: Wanted) => ({
  metadata: { name: `${plural}.bad.example` },
  spec: {
    group: 'bad.example',
    scope: 'Namespaced',
    names: { plural, singular: plural.slice(0, -1), kind: plural.slice(0, -1).replace(/^./, (letter) => letter.toUpperCase()) },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } },
    ],
  },
})

/** Each costs a good part of what one may. */
const RULES = many(10, (index) => ({ rule: `self.list.all(a, self.list.exists(b, a == b)) || ${index} < 0` }))
const LIST = { type: 'array', maxItems: 500, items: { type: 'string', maxLength: 60, pattern: EXPLODING } }
const THINGS = '/apis/bad.example/v1/namespaces/default/things'

const define = async (api: BenchApi) => {
  const spec = { type: 'object', properties: { list: LIST }, 'x-kubernetes-validations': RULES }
  await api.ask(DEFINITIONS, post(definition({ plural: 'things', spec })))
  while (!(await api.ask(THINGS).catch(() => ''))) await later(20)
}
const thing = (round: number, text: string) => ({
  apiVersion: 'bad.example/v1',
  kind: 'Thing',
  metadata: { name: `thing-${round}` },
  spec: { list: many(500, (index) => `${text}${index}`) },
})

/** Made, given an object, and taken away again. @param specOf another one in each round, so that nothing of it is known */
const defined = (saying: string, specOf: (round: number) => object): Attack => ({
  saying,
  again: async (api, round) => {
    const plural = `r${round}s`
    await api.ask(DEFINITIONS, post(definition({ plural, spec: specOf(round) })))
    const object = { apiVersion: 'bad.example/v1', kind: `R${round}`, metadata: { name: 'one' }, spec: { f1: 'a' } }
    await api.ask(`/apis/bad.example/v1/namespaces/default/${plural}`, post(object)).catch(() => undefined)
    await api.ask(`${DEFINITIONS}/${plural}.bad.example`, { method: 'DELETE' })
  },
  atOnce: 1,
})

const object = (count: number, make: (index: number) => object, more: object = {}) => ({
  type: 'object',
  properties: fieldsOf(count, (index) => [`f${index}`, make(index)]),
  ...more,
})

export const definitions = {
  expressions: {
    saying: 'regular expressions that explode are to be matched',
    prepare: define,
    again: (api, round) => api.ask(THINGS, post(thing(round, `${'a'.repeat(50)}!`))),
    atOnce: 4,
  },
  rules: {
    saying: 'CEL rules run to the limit of their cost',
    prepare: define,
    again: (api, round) => api.ask(THINGS, post(thing(round, 'a'))),
    atOnce: 4,
  },
  patterns: defined('definitions with 5,000 patterns come', (round) =>
    object(5000, (index) => ({ type: 'string', pattern: `^[a-z]([-a-z0-9]*[a-z0-9])?${round}x${index}$` })),
  ),
  'many-rules': defined('definitions with 2,000 rules come', (round) =>
    object(1, () => ({ type: 'string', maxLength: 10 }), {
      'x-kubernetes-validations': many(2000, (index) => ({ rule: `self.f0.size() < ${index + 20} || ${round} == ${index}` })),
    }),
  ),
  properties: defined('definitions with 12,000 properties come', (round) =>
    object(12_000, (index) => ({ type: index === round ? 'integer' : 'string' })),
  ),
  'long-rules': defined('definitions with rules of 90,000 letters come', (round) =>
    object(1, () => ({ type: 'string', maxLength: 10 }), {
      'x-kubernetes-validations': many(20, (index) => ({
        rule: `self.f0 in [${many(15_000, (at) => `'${at % 10}'`).join(',')}] || ${round} == ${index}`,
      })),
    }),
  ),
} satisfies Record<string, Attack>
