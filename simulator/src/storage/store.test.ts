import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../objects/object.js'
import { CompactedError, Store, type StoreEvent } from './store.js'

const pod = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, uid: name, namespace: 'shop' } })
const ignore = () => {}

describe('store', () => {
  test('gives one revision counter to all resources', () => {
    const store = new Store()
    const first = store.put('pods', 'shop/a', pod('a'))
    const second = store.put('apps/deployments', 'shop/b', pod('b'))
    expect(Number(second.metadata.resourceVersion)).toBe(Number(first.metadata.resourceVersion) + 1)
  })

  test('lists by key, and one namespace alone when asked', () => {
    const store = new Store()
    for (const key of ['shop/b', 'lab/z', 'shop/a']) store.put('pods', key, pod(key))
    expect(store.list('pods').map((object) => object.metadata.name)).toEqual(['lab/z', 'shop/a', 'shop/b'])
    expect(store.list('pods', 'shop').map((object) => object.metadata.name)).toEqual(['shop/a', 'shop/b'])
  })

  test('a watch replays what happened since its revision and then follows', () => {
    const store = new Store()
    const since = store.revision
    store.put('pods', 'shop/a', pod('a'))
    const seen: StoreEvent[] = []
    const stop = store.watch('pods', { since, listener: (event) => seen.push(event), onReset: ignore })
    store.put('pods', 'shop/a', pod('a'))
    store.remove('pods', 'shop/a')
    stop()
    store.put('pods', 'shop/a', pod('a'))
    expect(seen.map((event) => event.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
    expect(seen[2]?.revision).toBe(Number(seen[2]?.object.metadata.resourceVersion))
  })

  test('knows what large objects take, those of a restored state too', () => {
    const store = new Store()
    const empty = store.memory
    store.put('pods', 'shop/small', pod('small'))
    const small = store.memory - empty
    store.put('pods', 'shop/large', pod('large'), 1_000_000)
    expect(store.memory).toBe(empty + small + 1_000_000)
    expect(store.memoryWith('pods', 'shop/large', 2_000_000)).toBe(empty + small + 2_000_000)
    expect(store.memoryWith('pods', 'shop/other', 500_000)).toBe(empty + small + 1_500_000)
    store.remove('pods', 'shop/large')
    expect(store.memory).toBe(empty + small)
    const text = { ...pod('long'), data: 'x'.repeat(500_000) }
    store.put('pods', 'shop/long', text, 500_000)
    const restored = new Store()
    restored.restore(store.checkpoint())
    expect(restored.memoryWith('pods', 'shop/next', 300_000)).toBeGreaterThan(empty + small + 800_000)
  })

  test('forgets its history early where large objects were written', () => {
    const store = new Store()
    const since = store.revision
    for (let index = 0; index < 100; index++) store.put('pods', 'shop/large', pod(`large-${index}`), 1_000_000)
    expect(() => store.watch('pods', { since, listener: ignore, onReset: ignore })).toThrow(CompactedError)
    let seen = 0
    store.watch('pods', { since: store.revision - 10, listener: () => seen++, onReset: ignore })
    expect(seen).toBe(10)
  })

  test('a watch from before the compaction is refused', () => {
    const store = new Store()
    const since = store.revision
    store.put('pods', 'shop/a', pod('a'))
    store.compact()
    expect(() => store.watch('pods', { since, listener: ignore, onReset: ignore })).toThrow(CompactedError)
  })

  test('a restored store holds the checkpoint, goes on counting and starts every watch over', () => {
    const store = new Store()
    store.put('pods', 'shop/a', pod('a'))
    const checkpoint = store.checkpoint()
    store.put('pods', 'shop/b', pod('b'))
    const before = store.revision
    let resets = 0
    store.watch('pods', { since: before, listener: ignore, onReset: () => resets++ })
    store.restore(checkpoint)
    expect(store.list('pods').map((object) => object.metadata.name)).toEqual(['a'])
    expect(store.revision).toBeGreaterThan(before)
    expect(resets).toBe(1)
  })
})
