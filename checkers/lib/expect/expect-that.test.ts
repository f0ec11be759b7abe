import { formatMessage } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { builtInKind } from '../api/kinds.js'
import { objectProvenance, remember } from '../read/provenance.js'
import { Attempt, inAttempt } from '../run/attempt.js'
import { answer } from './answer.js'
import { anyOf, type Expectation, expectThat } from './expect-that.js'
import type { Outcome } from './outcome.js'

async function outcomes(work: () => unknown): Promise<Outcome[]> {
  const attempt = new Attempt()
  await inAttempt(attempt, async () => work())
  return attempt.outcomes
}
const holds = async (value: unknown, say: (expectation: Expectation) => unknown) =>
  (await outcomes(() => say(expectThat(value, 'value'))))[0]?.holds

function deployment() {
  const resource = builtInKind('Deployment')
  const object = { kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, status: { availableReplicas: 2 } }
  if (!resource) throw new Error('no Deployment')
  return remember(object, objectProvenance(resource, { namespace: 'shop', name: 'web' }, object))
}

test('a failing expectation says what was looked at, what it should be, what it is and how to see it', async () => {
  const [outcome] = await outcomes(() => expectThat(deployment(), 'status.availableReplicas').is(3))
  const { subject, expected, found, seeWith } = outcome?.evidence ?? {}
  expect([subject, expected, found].map((message) => message && formatMessage('en', message))).toEqual([
    'Deployment shop/web status.availableReplicas',
    '3',
    '2',
  ])
  expect(seeWith).toBe("kubectl -n shop get deployment web -o jsonpath='{.status.availableReplicas}'")
  expect(outcome).toMatchObject({ holds: false, absent: false })
})

test.each<[unknown, (expectation: Expectation) => unknown, boolean]>([
  [3, (it) => it.is(3), true],
  ['3', (it) => it.is(3), false],
  [[1, { a: 2 }], (it) => it.is([1, { a: 2 }]), true],
  [3, (it) => it.isNot(3), false],
  ['b', (it) => it.isOneOf('a', 'b'), true],
  [undefined, (it) => it.isAtLeast(1), false],
  [new Set(['a', 'b']), (it) => it.isAtLeast(2), true],
  [2, (it) => it.isAtMost(1), false],
  ['500m', (it) => it.isQuantity('0.5'), true],
  ['1Gi', (it) => it.isQuantity('1000Mi'), false],
  ['128Mi', (it) => it.isQuantityAtLeast('64Mi'), true],
  [undefined, (it) => it.isQuantityAtMost('64Mi'), false],
  ['hello shop', (it) => it.contains('shop'), true],
  [['a', 'b'], (it) => it.contains('b'), true],
  ['hello', (it) => it.containsNot('shop'), true],
  ['web-7d', (it) => it.matches(/^web-/), true],
  ['web-7d', (it) => it.matchesNot(/^web-/), false],
  [' \n', (it) => it.isEmpty(), true],
  [[], (it) => it.isNotEmpty(), false],
  [['a', 'b'], (it) => it.hasLength(2), true],
  [['b', 'a', 'a'], (it) => it.equalsSet(['a', 'b']), true],
  [['a', 'b', 'c'], (it) => it.equalsSet(['a', 'b']), false],
  [['a'], (it) => it.includesAll(['a', 'b']), false],
  [undefined, (it) => it.isAbsent(), true],
  [null, (it) => it.isPresent(), false],
  ['docker.io/library/nginx:1.28', (it) => it.isImage('nginx:1.28'), true],
  ['nginx:1.29', (it) => it.isImage('nginx:1.28'), false],
  [true, (it) => it.isTrue(), true],
  [undefined, (it) => it.isFalse(), false],
])('%o, case %#', async (value, say, wanted) => {
  expect(await holds(value, say)).toBe(wanted)
})

test('what is not there is absent where it was wanted, and settled where it was not', async () => {
  expect((await outcomes(() => expectThat(undefined, 'it').isPresent()))[0]).toMatchObject({ holds: false, absent: true })
  expect((await outcomes(() => expectThat([], 'Pods').hasLength(2)))[0]).toMatchObject({ holds: false, absent: true })
  expect((await outcomes(() => expectThat([1], 'Pods').isEmpty()))[0]).toMatchObject({ holds: false, absent: false })
  expect((await outcomes(() => expectThat(deployment(), 'status.readyReplicas').is(1)))[0]).toMatchObject({ absent: false })
})

test('a probe that got no answer holds for nothing but getsNoAnswer, and says why', async () => {
  const silent = () =>
    answer(
      { body: '', status: 0 },
      {
        primary: 'body',
        subjects: {},
        seeWith: 'curl',
        trouble: { key: 'found.no-answer', values: { why: 'connection refused' } },
      },
    )
  const [outcome] = await outcomes(() => expectThat(silent()).isEmpty())
  expect(outcome?.holds).toBe(false)
  expect(outcome && formatMessage('en', outcome.evidence.found)).toBe('no answer: connection refused')
  expect((await outcomes(() => expectThat(silent()).getsNoAnswer()))[0]?.holds).toBe(true)
  const spoken = answer({ body: 'hi' }, { primary: 'body', subjects: {}, seeWith: 'curl' })
  expect((await outcomes(() => expectThat(spoken).getsNoAnswer()))[0]?.holds).toBe(false)
})

test('anyOf counts once: the one that holds, or all of them', async () => {
  expect(await outcomes(() => anyOf(expectThat(1, 'a').is(2), expectThat(1, 'b').is(1)))).toHaveLength(1)
  expect(await outcomes(() => anyOf(expectThat(1, 'a').is(2), expectThat(1, 'b').is(3)))).toHaveLength(2)
})

test('an expectation outside a check is refused, since nobody would count it', () => {
  expect(() => expectThat(1, 'one').is(1)).toThrow(/only inside a check/)
})

test('the object that was there is told from another of its name by its uid', async () => {
  const before = { metadata: { name: 'web', uid: 'a' } }
  const found = async (value: unknown) => (await outcomes(() => expectThat(value, 'Pod shop/web').isOriginal(before)))[0]
  expect(await found({ metadata: { uid: 'a' } })).toMatchObject({ holds: true })
  const other = await found({ metadata: { uid: 'b' } })
  expect(other && formatMessage('en', other.evidence.found)).toBe('another one of that name, made later')
  const gone = await found(undefined)
  expect(gone).toMatchObject({ holds: false, absent: false })
  expect(gone && formatMessage('en', gone.evidence.found)).toBe('absent')
  await expect(outcomes(() => expectThat({}, 'Pod').isOriginal(undefined))).rejects.toThrow(/no such object/)
})
