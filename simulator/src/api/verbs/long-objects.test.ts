/** An object of thousands of values is written in many turns, and comes to what it comes to at once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../objects/object.js'
import { ApiError } from '../../objects/status.js'
import { type TestCluster, testCluster, turnsDuring } from '../../testing.js'
import type { ApiRequest, ApiResult } from '../request.js'

let atOnce: TestCluster
let inTurns: TestCluster
beforeAll(async () => {
  atOnce = await testCluster()
  inTurns = await testCluster()
})
afterAll(async () => {
  await atOnce.cluster.close()
  await inTurns.cluster.close()
})

const MAPS = 'v1/configmaps default'
const ROLES = 'rbac.authorization.k8s.io/v1/clusterroles '
const many = <T>(make: (index: number) => T): T[] => Array.from({ length: 6000 }, (_, index) => make(index))
const data = (value: string): JsonObject => Object.fromEntries(many((index) => [`key-${index % 10}-${index}`, value]))
const rules = (verb: string) =>
  many((index) => ({ apiGroups: [''], resources: [`things${index}`], verbs: [verb] })).slice(0, 3000)

/** What the client is told, and with which warnings. */
type Told = { result: unknown; warnings: string[] }
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, each) => (key === 'uid' || key === 'resourceVersion' ? 'some' : each))
const refusalOf = (error: unknown) => {
  if (error instanceof ApiError) return error.toStatus()
  throw error
}

async function told(
  verb: ApiRequest['verb'],
  path: string,
  extra: Partial<ApiRequest>,
): Promise<{ direct: Told; slow: Told; turns: number }> {
  const ask = async (perform: (warnings: string[]) => ApiResult | Promise<ApiResult>): Promise<Told> => {
    const warnings: string[] = []
    const result = await (async () => perform(warnings))().catch(refusalOf)
    return { result: plain(result), warnings }
  }
  const direct = await ask((warnings) => atOnce.request(verb, path, { ...extra, warnings }))
  const asking = ask((warnings) => inTurns.asking(verb, path, { ...extra, warnings }))
  const turns = await turnsDuring(asking)
  return { direct, slow: await asking, turns }
}

const applied = (value: string, more: JsonObject = {}) => ({
  patch: {
    type: 'apply' as const,
    document: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned' }, data: data(value), ...more },
  },
})

test.each<[string, ApiRequest['verb'], string, Partial<ApiRequest>]>([
  ['a creation', 'create', MAPS, { body: { metadata: { name: 'wide' }, data: data('v') } }],
  ['a creation once more', 'create', MAPS, { body: { metadata: { name: 'wide' }, data: data('v') } }],
  ['a wrong one', 'create', MAPS, { body: { metadata: { name: 'Wrong!' }, data: data('v'), none: 1 }, fieldValidation: 'Warn' }],
  ['one of a wrong type', 'create', MAPS, { body: { metadata: { name: 'wide-2' }, data: { ...data('v'), key: 7 } } }],
  ['an update', 'update', `${MAPS}/wide`, { body: { metadata: { name: 'wide' }, data: data('w') }, fieldManager: 'other' }],
  ['a merge patch', 'patch', `${MAPS}/wide`, { patch: { type: 'merge', document: { data: { 'key-1-1': null, more: 'x' } } } }],
  [
    'a JSON patch',
    'patch',
    `${MAPS}/wide`,
    { patch: { type: 'json', document: many((index) => ({ op: 'add', path: `/data/k${index % 1000}`, value: `${index}` })) } },
  ],
  ['a role', 'create', ROLES, { body: { metadata: { name: 'wide' }, rules: rules('get') } as never }],
  ['a strategic patch', 'patch', `${ROLES}wide`, { patch: { type: 'strategic', document: { rules: rules('list') } } }],
  ['a configuration', 'patch', `${MAPS}/owned`, { ...applied('mine'), fieldManager: 'first' }],
  ['one with conflicts', 'patch', `${MAPS}/owned`, { ...applied('yours'), fieldManager: 'second' }],
  ['one that is forced', 'patch', `${MAPS}/owned`, { ...applied('yours'), fieldManager: 'second', force: true }],
  [
    'one of a wrong type',
    'patch',
    `${MAPS}/owned`,
    { ...applied('mine', { data: { ...data('v'), a: 1 } }), fieldManager: 'first' },
  ],
])('%s', async (_what, verb, path, extra) => {
  const { direct, slow, turns } = await told(verb, path, extra)
  expect(slow).toEqual(direct)
  expect(turns).toBeGreaterThan(0)
})
