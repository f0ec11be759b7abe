import { expect, test } from 'vitest'
import type { Kinds } from './api/json.js'
import { fewestWanted, type Rollouts } from './scaling.js'

const START_MS = 1_764_324_000_000

/** In the order given, a tenth of a second apart; the text is how many, of which ReplicaSet, such as `old 3 2`. */
const event = (scaling: string, index: number, rest: Partial<Kinds['Event']> = {}): Kinds['Event'] => {
  const [name, from, to] = scaling.split(' ')
  const atMs = START_MS + (index + 1) * 100
  return {
    metadata: { name: `web.${(BigInt(atMs) * 1_000_000n).toString(16)}`, namespace: 'shop' },
    involvedObject: { kind: 'Deployment', name: 'web', namespace: 'shop' },
    reason: 'ScalingReplicaSet',
    message: `Scaled ${Number(to) > Number(from) ? 'up' : 'down'} replica set web-${name} from ${from} to ${to}`,
    firstTimestamp: new Date(Math.floor(atMs / 1000) * 1000).toISOString(),
    count: 1,
    ...rest,
  }
}
const old = { metadata: { name: 'web-old' }, spec: { replicas: 3 } } as Kinds['ReplicaSet']
const rollouts = (scalings: string[]): Rollouts => ({
  deployment: 'web',
  before: [old],
  events: scalings.map((scaling, index) => event(scaling, index)),
  sinceMs: START_MS,
})
const UP_FIRST = ['new 0 1', 'old 3 2', 'new 1 2', 'old 2 1', 'new 2 3', 'old 1 0']
const DOWN_FIRST = ['old 3 2', 'new 0 1', 'old 2 1', 'new 1 2', 'old 1 0', 'new 2 3']

test.each([
  ['no rollout', [], 3],
  ['a new Pod comes before an old one goes', UP_FIRST, 3],
  ['an old Pod goes before a new one comes', DOWN_FIRST, 2],
  ['all go', ['old 3 0', 'old 0 3'], 0],
  ['more than before, and back', ['old 3 5', 'old 5 3'], 3],
  ['an event is missing', ['new 1 2', 'old 3 2', 'old 2 0'], 3],
])('%s', (_, scalings, fewest) => {
  expect(fewestWanted(rollouts(scalings))).toBe(fewest)
})

test('events are taken in the order in which they were recorded, whatever the order of the list', () => {
  const { events, ...rest } = rollouts(UP_FIRST)
  expect(fewestWanted({ ...rest, events: [...events].reverse() })).toBe(3)
})

test('what was before the start, and what is about others, does not count', () => {
  const { events, ...rest } = rollouts([])
  const before = event('old 3 0', -20)
  const others = event('old 3 1', 1, { involvedObject: { kind: 'Deployment', name: 'api', namespace: 'shop' } })
  expect(fewestWanted({ ...rest, events: [...events, before, others] })).toBe(3)
})

test('after an event that happened twice, or was put together with others, nothing is certain', () => {
  const { events, ...rest } = rollouts([])
  const twice = [event('new 0 1', 0, { count: 2 }), event('new 1 0', 1), event('old 3 2', 2)]
  expect(fewestWanted({ ...rest, events: twice })).toBe(3)
  const message = '(combined from similar events): Scaled up replica set web-new from 0 to 1'
  const combined = [event('new 0 1', 0, { message }), event('old 3 2', 1)]
  expect(fewestWanted({ ...rest, events: [...events, ...combined] })).toBe(3)
})

test('only Pods of those that count are counted', () => {
  const broken = { metadata: { name: 'web-broken' }, spec: { replicas: 1 } } as Kinds['ReplicaSet']
  const { before, ...rest } = rollouts(['broken 1 4', 'old 3 0'])
  const counts = (name: string) => name !== 'web-broken'
  expect(fewestWanted({ ...rest, before: [...before, broken], counts })).toBe(0)
})
