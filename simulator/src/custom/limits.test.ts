import { beforeEach, describe, expect, test } from 'vitest'
import type { ApiError } from '../objects/status.js'
import { type TestCluster, testCluster, turnsDuring } from '../testing.js'
import { CRDS, definition, full, problemsOf, version, WIDGETS, widget, widgets } from './testing.js'

let cluster: TestCluster
const { create } = widgets(() => cluster)

beforeEach(async () => {
  cluster = await testCluster()
  cluster.object('create', CRDS, { body: definition([full]) as never })
})

describe('rules and patterns that cost too much', () => {
  const withSpec = (spec: object) =>
    definition([version('v1', { storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } })])
  const redefine = (spec: object) => {
    const old = cluster.object('get', `${CRDS} widgets.example.com`)
    return cluster.object('update', `${CRDS} widgets.example.com`, { body: { ...old, spec: withSpec(spec).spec } as never })
  }
  const numbers = { type: 'array', items: { type: 'integer' } }

  test('a rule that runs long is stopped', () => {
    const rule = 'self.a.all(x, self.a.all(y, x + y >= 0))'
    redefine({ type: 'object', properties: { a: { ...numbers, maxItems: 900 } }, 'x-kubernetes-validations': [{ rule }] })
    const began = performance.now()
    const [problem] = problemsOf(() => create({ a: Array.from({ length: 900 }, (_, index) => index) }))
    expect(problem).toContain('no further validation rules will be run due to call cost exceeds limit')
    expect(performance.now() - began).toBeLessThan(5000)
  })

  test('rules that run long let others have their turn, and say what they say at once', async () => {
    const rules = Array.from({ length: 10 }, (_, index) => ({ rule: `self.a.all(x, self.a.all(y, x + y != ${index + 590}))` }))
    redefine({ type: 'object', properties: { a: { ...numbers, maxItems: 300 } }, 'x-kubernetes-validations': rules })
    const spec = { a: Array.from({ length: 300 }, (_, index) => index) }
    const atOnce = problemsOf(() => create(spec))
    const asked = cluster.asking('create', WIDGETS, { body: widget(spec) as never })
    expect(await turnsDuring(asked)).toBeGreaterThan(20)
    const refusal = await asked.then(
      () => undefined,
      (error: unknown) => error as ApiError,
    )
    expect(atOnce.length).toBe(9)
    expect(refusal?.details.causes?.map(({ field, message }) => `${field}: ${message}`)).toEqual(atOnce)
    const { length } = cluster.cluster.server.context.store.list('example.com/widgets')
    await cluster.asking('create', WIDGETS, { body: widget({ a: [1] }) as never })
    expect(cluster.cluster.server.context.store.list('example.com/widgets').length).toBe(length + 1)
  })

  test('a rule that loops too deep, or cannot be read, is refused', () => {
    const deep = 'self.a.all(w, self.a.all(x, self.a.all(y, self.a.all(z, z > 0))))'
    const refused = (rule: string) =>
      problemsOf(() => redefine({ type: 'object', properties: { a: numbers }, 'x-kubernetes-validations': [{ rule }] }))
    expect(refused(deep)[0]).toContain('estimated rule cost exceeds budget')
    expect(refused('self.a.all(')[0]).toContain('compilation failed: ERROR:')
    expect(refused('nothing > 3')[0]).toContain('compilation failed: ERROR:')
  })

  test('a pattern that explodes elsewhere is matched in time', () => {
    const rule = "self.b.matches('^(a+)+$') || true"
    redefine({
      type: 'object',
      properties: { b: { type: 'string', pattern: '^(a|a)*$' } },
      'x-kubernetes-validations': [{ rule }],
    })
    const began = performance.now()
    expect(problemsOf(() => create({ b: `${'a'.repeat(5000)}!` }))).toHaveLength(1)
    expect(performance.now() - began).toBeLessThan(2000)
  })
})
