/** The wire beside the verbs: options, lists and watches by revision. Codes and texts are those of a real 1.36.2. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestCluster, testCluster } from '../../testing.js'
import type { WatchEvent } from '../request.js'
import { wire } from './testing.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await testCluster()
  for (const name of ['a', 'b', 'c', 'd']) cluster.object('create', 'v1/configmaps kube-public', { body: { metadata: { name } } })
})
afterAll(() => cluster.cluster.close())
const { send, json, refused } = wire(() => cluster)

describe('options', () => {
  const list = '/api/v1/namespaces/kube-public/configmaps'
  const create = (query: string) => refused(`${list}?${query}`, { method: 'POST', body: '{"metadata":{"name":"x"}}' })
  test.each([
    ['limit=abc', 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
    [
      'resourceVersion=abc',
      400,
      'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ],
    [
      'watch=1&resourceVersion=abc',
      500,
      'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ],
    ['continue=abc', 400, 'invalid continue token: continue key is not valid'],
    ['labelSelector=a%20b', 400, "found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['fieldSelector=spec.x=1', 400, 'is not a known field selector: only "metadata.name", "metadata.namespace"'],
    ['fieldSelector=foo', 400, "invalid selector: 'foo'; can't understand 'foo'"],
    [
      'resourceVersionMatch=Exact',
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      'resourceVersionMatch=Exact&resourceVersion=0',
      422,
      'resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    ],
    [
      'resourceVersionMatch=Foo&resourceVersion=1',
      422,
      'resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""',
    ],
    ['sendInitialEvents=true', 422, 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'],
    ['watch=1&sendInitialEvents=true', 422, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    [
      'watch=1&resourceVersionMatch=NotOlderThan',
      422,
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
  ])('a list with %s answers %d', (query, code, message) => {
    const refusal = refused(`${list}?${query}`)
    expect([refusal.code, refusal.message]).toEqual([code, expect.stringContaining(message)])
  })

  test.each([
    ['dryRun=Some', 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"'],
    ['fieldValidation=Foo', 'fieldValidation: Unsupported value: "Foo": supported values: "", "Ignore", "Strict", "Warn"'],
    ['fieldManager=%00bad', 'invalid character U+0000 (at position 0)'],
    [`fieldManager=${'x'.repeat(129)}`, 'fieldManager: Too long: may not be more than 128 bytes'],
  ])('a write with %s is invalid', (query, message) => {
    expect([create(query).code, create(query).message]).toEqual([422, expect.stringContaining(message)])
  })

  test('a deletion', () => {
    const remove = (body: object, query = '') =>
      refused(`${list}/a${query}`, {
        method: 'DELETE',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
    const unsupported =
      'propagationPolicy: Unsupported value: "Foo": supported values: "Foreground", "Background", "Orphan", "nil"'
    expect(remove({ propagationPolicy: 'Foo' }).message).toContain(unsupported)
    expect(refused(`${list}/a?propagationPolicy=Foo`, { method: 'DELETE' }).message).toContain(unsupported)
    expect(remove({ propagationPolicy: 'Orphan', orphanDependents: true }).message).toContain('cannot be both set')
    expect(remove({ kind: 'Foo' }).code).toBe(400)
    expect(remove({ preconditions: { resourceVersion: '1' } })).toMatchObject({
      code: 409,
      message: expect.stringContaining('Precondition failed: ResourceVersion'),
    })
    expect(remove({ preconditions: { uid: 'other' } })).toMatchObject({ code: 409 })
  })

  test('methods that a path does not take', () => {
    for (const [method, path] of [
      ['POST', `${list}/a`],
      ['PUT', list],
      ['PATCH', list],
      ['OPTIONS', list],
      ['HEAD', list],
      ['POST', '/api'],
    ] as const)
      expect([method, path, refused(path, { method, body: '{}' }).code]).toEqual([method, path, 405])
  })
})

describe('lists and watches by revision', () => {
  const list = '/api/v1/namespaces/kube-public/configmaps'
  const names = (value: { items: { metadata: { name: string } }[] }) =>
    value.items.map((item) => item.metadata.name).filter((name) => name.length < 3)

  test('pages show the state of the first, whatever happens meanwhile', () => {
    const first = json(`${list}?limit=2`)
    expect([names(first), first.metadata.remainingItemCount]).toEqual([['a', 'b'], 3])
    cluster.object('create', 'v1/configmaps kube-public', { body: { metadata: { name: 'bb' } } })
    cluster.request('delete', 'v1/configmaps kube-public/d')
    const rest = json(`${list}?limit=10&continue=${first.metadata.continue}`)
    expect([names(rest), rest.metadata.resourceVersion]).toEqual([['c', 'd'], first.metadata.resourceVersion])
    expect(refused(`${list}?continue=${first.metadata.continue}&resourceVersion=5`).code).toBe(400)
    expect(names(json(`${list}?limit=1&resourceVersion=0`))).toEqual(['a', 'b', 'bb', 'c'])
  })

  test('an exact revision is the state as it was', () => {
    const before = json(list).metadata.resourceVersion
    cluster.object('create', 'v1/configmaps kube-public', { body: { metadata: { name: 'e' } } })
    cluster.object('patch', 'v1/configmaps kube-public/a', { patch: { type: 'merge', document: { data: { changed: 'yes' } } } })
    cluster.request('delete', 'v1/configmaps kube-public/b')
    const then = json(`${list}?resourceVersion=${before}&resourceVersionMatch=Exact`)
    expect([names(then), then.metadata.resourceVersion, then.items[0].data]).toEqual([['a', 'b', 'bb', 'c'], before, undefined])
    expect(names(json(list))).toEqual(['a', 'bb', 'c', 'e'])
  })

  test('what is compacted is Expired, and a list can go on with what is there', () => {
    const first = json(`${list}?limit=1`)
    const old = first.metadata.resourceVersion
    for (let index = 0; index < 10; index++) json(`/api/v1/namespaces?limit=1&x=${index}`)
    cluster.object('create', 'v1/configmaps kube-public', { body: { metadata: { name: 'f' } } })
    cluster.cluster.store.compact()
    const exact = refused(`${list}?resourceVersion=${old}&resourceVersionMatch=Exact`)
    expect([exact.code, exact.reason, exact.message]).toEqual([
      410,
      'Expired',
      'The resourceVersion for the provided list is too old.',
    ])
    const gone = refused(`${list}?limit=1&continue=${first.metadata.continue}`)
    expect([gone.code, gone.reason]).toEqual([410, 'Expired'])
    const token = gone.toStatus().metadata.continue
    expect(names(json(`${list}?continue=${token}`))).toEqual(['bb', 'c', 'e', 'f'])
    const events = watchOf(`watch=1&resourceVersion=${old}`)
    expect(events).toMatchObject([
      {
        type: 'ERROR',
        object: { code: 410, reason: 'Expired', message: expect.stringContaining(`too old resource version: ${old} (`) },
      },
    ])
  })

  test('the future is a Timeout that says when to ask again', () => {
    for (const path of [`${list}?resourceVersion=999999999`, `${list}/a?resourceVersion=999999999`]) {
      const refusal = refused(path)
      expect([refusal.code, refusal.message]).toEqual([
        504,
        expect.stringMatching(/^Timeout: Too large resource version: 999999999, current: \d+$/),
      ])
      expect(refusal.details.retryAfterSeconds).toBe(1)
    }
  })

  function watchOf(query: string): WatchEvent[] {
    const answer = send(`${list}?${query}`)
    if (answer.type !== 'watch') throw new Error(`expected a watch, got a ${answer.type}`)
    const events: WatchEvent[] = []
    answer.start({ onEvent: (event) => events.push(event), onEnd: () => {} }).stop()
    return events
  }

  test('initial events end with a bookmark; without them a watch begins now, or with what is there', () => {
    const initial = watchOf('watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true')
    expect(initial.at(-1)).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } },
    })
    expect(initial.filter(({ type }) => type === 'ADDED').length).toBeGreaterThan(3)
    expect(watchOf(`watch=1&resourceVersion=${cluster.cluster.store.revision}`)).toEqual([])
    expect(watchOf('watch=1&resourceVersion=0&labelSelector=none').length).toBe(0)
  })

  test('bookmarks come with the minute, and the timeout ends a watch', async () => {
    const answer = send(
      `${list}?watch=1&allowWatchBookmarks=true&timeoutSeconds=150&resourceVersion=${cluster.cluster.store.revision}`,
    )
    if (answer.type !== 'watch') throw new Error('expected a watch')
    const heard: string[] = []
    answer.start({ onEvent: ({ type }) => heard.push(type), onEnd: () => heard.push('end') })
    await cluster.clock.advance(151_000)
    expect(heard).toEqual(['BOOKMARK', 'BOOKMARK', 'end'])
  })
})
