/** Every directive of a strategic merge patch. What is expected was compared with a real 1.36.2. */
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../objects/object.js'
import { rootField } from '../schema/types.js'
import { refusalOf } from '../testing.js'
import { strategicMerge } from './strategic.js'

const field = rootField('io.k8s.api.core.v1.Pod')
const pod: JsonObject = {
  metadata: { labels: { app: 'p', t: '1' }, finalizers: ['x/a', 'x/b'] },
  spec: {
    tolerations: [{ key: 'a', operator: 'Exists' }],
    volumes: [{ name: 'v', emptyDir: {} }],
    containers: [
      {
        name: 'a',
        image: 'i:1',
        args: ['x'],
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      { name: 'b', image: 'i:2' },
    ],
  },
}
const merged = (patch: Json) =>
  strategicMerge(pod, patch as JsonObject, field) as { metadata: JsonObject; spec: Record<string, JsonObject[]> }
const spec = (patch: JsonObject) => merged({ spec: patch }).spec
const names = (patch: JsonObject) => spec(patch).containers?.map(({ name }) => name)

describe('a strategic merge patch', () => {
  test('merges items by their key, and puts new ones first', () => {
    expect(spec({ containers: [{ name: 'b', image: 'new' }] }).containers?.[1]).toEqual({ name: 'b', image: 'new' })
    expect(names({ containers: [{ name: 'c', image: 'i' }] })).toEqual(['c', 'a', 'b'])
    expect(merged({ metadata: { finalizers: ['x/c', 'x/a'] } }).metadata.finalizers).toEqual(['x/c', 'x/a', 'x/b'])
  })

  test('$patch: delete, replace and merge', () => {
    expect(names({ containers: [{ name: 'b', $patch: 'delete' }] })).toEqual(['a'])
    expect(names({ containers: [{ $patch: 'replace' }, { name: 'z', image: 'i' }] })).toEqual(['z'])
    expect(merged({ metadata: { labels: { $patch: 'replace', only: '1' } } }).metadata.labels).toEqual({ only: '1' })
    expect(merged({ metadata: { labels: { $patch: 'delete' } } }).metadata.labels).toEqual({})
    expect(merged({ metadata: { labels: { $patch: 'merge', u: '2' } } }).metadata.labels).toEqual({ app: 'p', t: '1', u: '2' })
  })

  test('$setElementOrder, with and without a change of the list', () => {
    const order = (...wanted: string[]) => ({ '$setElementOrder/containers': wanted.map((name) => ({ name })) })
    expect(names(order('b', 'a'))).toEqual(['b', 'a'])
    expect(names({ ...order('b', 'a'), containers: [{ name: 'a', image: 'q' }] })).toEqual(['b', 'a'])
    expect(names({ ...order('c', 'a'), containers: [{ name: 'c', image: 'q' }] })).toEqual(['c', 'a', 'b'])
    expect(refusalOf(() => spec({ ...order('a'), containers: [{ name: 'c', image: 'q' }] })).message).toBe(
      "The order in patch list:\n[map[image:q name:c]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
    )
  })

  test('$deleteFromPrimitiveList beside additions', () => {
    const patch = {
      '$deleteFromPrimitiveList/finalizers': ['x/a'],
      finalizers: ['x/d'],
      '$setElementOrder/finalizers': ['x/d', 'x/b'],
    }
    expect(merged({ metadata: patch }).metadata.finalizers).toEqual(['x/d', 'x/b'])
  })

  test('$retainKeys keeps what it names, and names what it sets', () => {
    const volume = (more: JsonObject) => spec({ volumes: [{ name: 'v', ...more }] }).volumes?.[0]
    expect(volume({ $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } })).toEqual({
      name: 'v',
      hostPath: { path: '/x' },
    })
    expect(refusalOf(() => volume({ $retainKeys: ['name'], hostPath: { path: '/x' } })).message).toBe(
      'invalid patch format of retainKeys',
    )
  })

  test('null removes; a list without a key is replaced', () => {
    expect(spec({ containers: [{ name: 'a', env: null }] }).containers?.[0]).not.toHaveProperty('env')
    expect(merged({ metadata: { labels: { t: null } } }).metadata.labels).toEqual({ app: 'p' })
    expect(spec({ containers: [{ name: 'a', args: ['n'] }] }).containers?.[0]?.args).toEqual(['n'])
    expect(spec({ tolerations: [{ key: 'b', operator: 'Exists' }] }).tolerations).toHaveLength(1)
  })

  test('what means nothing is refused in the words of a real server', () => {
    expect(refusalOf(() => merged({ metadata: { labels: { $patch: 'foo' } } })).message).toBe(
      'unknown patch type: foo in map: map[$patch:foo]',
    )
    expect(refusalOf(() => spec({ containers: [{ image: 'x' }] })).message).toBe(
      'map: map[image:x] does not contain declared merge key: name',
    )
  })
})
