import { beforeEach, describe, expect, test } from 'vitest'
import { LOOPBACK } from '../../access/users.js'
import type { ApiRequest } from '../../api/request.js'
import { callWebhook } from '../../cluster/webhooks.js'
import { ConnectError } from '../../containers/network.js'
import type { Fabric } from '../../network/fabric.js'
import type { JsonObject } from '../../objects/object.js'
import { ApiError } from '../../objects/status.js'
import { type TestCluster, testCluster } from '../../testing.js'
import type { WebhookCall } from './round.js'

const GROUP = 'admissionregistration.k8s.io/v1'
const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['configmaps'] }]

let cluster: TestCluster
let asked: JsonObject[]
/** What each webhook answers, by its path. */
let answers: Record<string, (request: JsonObject) => JsonObject | Promise<JsonObject>>

function register(kind: 'validating' | 'mutating', name: string, extra: object = {}): void {
  const hook = {
    name: `${name}.hooks.example.com`,
    rules,
    clientConfig: { service: { name: 'hooks', namespace: 'default', path: `/${name}` } },
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...extra,
  }
  cluster.object('create', `${GROUP}/${kind}webhookconfigurations`, { body: { metadata: { name }, webhooks: [hook] } as never })
}

async function perform(verb: ApiRequest['verb'], name: string, extra: Partial<ApiRequest> = {}): Promise<JsonObject> {
  const resource = cluster.cluster.server.context.resources.find('', 'v1', 'configmaps')
  if (!resource) throw new Error('no config maps')
  const result = await cluster.cluster.server.performAsking({
    verb,
    resource,
    subresource: '',
    namespace: 'default',
    name: verb === 'create' ? '' : name,
    user: LOOPBACK,
    warnings: [],
    ...(verb === 'create' ? { body: { metadata: { name }, data: { a: '1' } } as never } : {}),
    ...extra,
  })
  if (result.type !== 'object') throw new Error(result.type)
  return result.object as JsonObject
}

const refusal = async (work: Promise<unknown>): Promise<ApiError> =>
  work.then(
    () => {
      throw new Error('it was not refused')
    },
    (error: unknown) => {
      if (error instanceof ApiError) return error
      throw error
    },
  )

beforeEach(async () => {
  cluster = await testCluster()
  asked = []
  answers = {}
  cluster.object('create', 'v1/services default', {
    body: { metadata: { name: 'hooks' }, spec: { ports: [{ port: 443 }] } } as never,
  })
  cluster.cluster.server.context.facts.callWebhook = async ({ target, body }: WebhookCall) => {
    const { request } = JSON.parse(body) as { request: JsonObject }
    asked.push(request)
    const path = target.type === 'service' ? target.path.slice(1) : ''
    const response = await (answers[path] ?? (() => ({ allowed: true })))(request)
    const review = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response: { uid: request.uid, ...response } }
    return { status: 200, body: JSON.stringify(review) }
  }
})

const patch = (operations: object[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
})

describe('a validating webhook', () => {
  test('is asked once about what is to be, and its refusal is told', async () => {
    register('validating', 'check')
    answers.check = ({ object }) =>
      (object as { metadata: { name: string } }).metadata.name === 'bad'
        ? { allowed: false, status: { code: 403, reason: 'Forbidden', message: 'no bad ones' } }
        : { allowed: true, warnings: ['looked at'] }
    const warnings: string[] = []
    await perform('create', 'good', { warnings })
    expect(warnings).toEqual(['looked at'])
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({
      operation: 'CREATE',
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      userInfo: { username: 'system:apiserver' },
      object: { apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } },
      oldObject: null,
    })
    expect(await refusal(perform('create', 'bad'))).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: 'admission webhook "check.hooks.example.com" denied the request: no bad ones',
    })
  })

  test('sees what goes, and a dry run leaves nothing', async () => {
    await perform('create', 'one')
    register('validating', 'check')
    await perform('delete', 'one', { dryRun: true })
    expect(asked[0]).toMatchObject({ operation: 'DELETE', object: null, oldObject: { data: { a: '1' } }, dryRun: true })
    await perform('delete', 'one')
    expect(cluster.request('list', 'v1/configmaps default')).toMatchObject({ list: { items: [] } })
  })

  test('that cannot be reached fails the request, or is passed over', async () => {
    register('validating', 'check')
    answers.check = () => {
      throw new Error('dial tcp 10.96.0.7:443: connect: connection refused')
    }
    expect((await refusal(perform('create', 'one'))).message).toBe(
      'Internal error occurred: failed calling webhook "check.hooks.example.com": failed to call webhook: Post "https://hooks.default.svc:443/check?timeout=10s": dial tcp 10.96.0.7:443: connect: connection refused',
    )
    cluster.object('patch', `${GROUP}/validatingwebhookconfigurations check`, {
      patch: { type: 'json', document: [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }] },
    })
    await perform('create', 'one')
    cluster.request('delete', 'v1/services default/hooks')
    register('validating', 'other')
    expect((await refusal(perform('create', 'two'))).message).toMatch(/: service "hooks" not found$/)
  })

  test('that answers nonsense fails the request', async () => {
    register('validating', 'check')
    answers.check = () => ({ uid: 'other', allowed: true })
    expect((await refusal(perform('create', 'one'))).message).toMatch(
      /received invalid webhook response: expected response\.uid="[0-9a-f-]+", got "other"$/,
    )
    answers.check = () => patch([])
    expect((await refusal(perform('create', 'one'))).message).toContain('validating webhook may not return response.patch')
  })

  test('is asked anew where the object changed while it thought', async () => {
    await perform('create', 'one')
    register('validating', 'check')
    answers.check = ({ oldObject }) => {
      const { data } = oldObject as { data: Record<string, string> }
      if (!data.b)
        cluster.cluster.store.put('configmaps', 'default/one', {
          ...(cluster.object('get', 'v1/configmaps default/one') as never as object),
          data: { ...data, b: '2' },
        } as never)
      return { allowed: true }
    }
    const changed = await perform('patch', 'one', { patch: { type: 'merge', document: { data: { c: '3' } } } })
    expect(changed.data).toEqual({ a: '1', b: '2', c: '3' })
    expect(asked).toHaveLength(2)
  })

  test('is not asked where its selectors, rules or conditions leave it out', async () => {
    register('validating', 'space', { namespaceSelector: { matchLabels: { strict: 'yes' } } })
    register('validating', 'labels', { objectSelector: { matchLabels: { watched: 'yes' } } })
    register('validating', 'condition', {
      matchConditions: [{ name: 'never', expression: "request.userInfo.username == 'nobody'" }],
    })
    await perform('create', 'one')
    expect(asked).toHaveLength(0)
  })
})

describe('a mutating webhook', () => {
  test('patches the object, and one that asks for it sees it again', async () => {
    register('mutating', 'first', { reinvocationPolicy: 'IfNeeded' })
    register('mutating', 'second')
    answers.first = ({ object }) => {
      const { data } = object as { data: Record<string, string> }
      return patch([{ op: 'add', path: '/data/seen', value: data.second ? 'both' : 'one' }])
    }
    answers.second = () => patch([{ op: 'add', path: '/data/second', value: 'yes' }])
    const made = await perform('create', 'one')
    expect(made.data).toEqual({ a: '1', second: 'yes', seen: 'both' })
    expect(asked).toHaveLength(3)
  })

  test('leaves generated names and uids as they were in every attempt', async () => {
    register('mutating', 'first')
    const names = new Set<unknown>()
    answers.first = ({ object }) => {
      names.add((object as { metadata: { uid: string } }).metadata.uid)
      return { allowed: true }
    }
    const made = await perform('create', '', { body: { metadata: { generateName: 'made-' } } as never })
    expect([...names]).toEqual([(made.metadata as { uid: string }).uid])
  })
})

describe('the way to a webhook', () => {
  const call = (fabric: unknown, target: object = {}) =>
    callWebhook(cluster.cluster, fabric as Fabric, {
      target: { type: 'service', namespace: 'default', name: 'hooks', port: 443, path: '/check', ...target } as never,
      body: '{}',
      timeoutMs: 10_000,
    })

  test('leads through its Service, and says how it ended', async () => {
    const ip = (cluster.object('get', 'v1/services default/hooks') as { spec: { clusterIP: string } }).spec.clusterIP
    const answers200 = { http: async () => ({ status: 200, headers: {}, body: 'yes' }) }
    await expect(call(answers200)).resolves.toEqual({ status: 200, body: 'yes' })
    const failing = (kind: ConnectError['kind']) => ({ http: () => Promise.reject(new ConnectError(kind, ip, 'x509: unknown')) })
    await expect(call(failing('refused'))).rejects.toThrow(`dial tcp ${ip}:443: connect: connection refused`)
    await expect(call(failing('timeout'))).rejects.toThrow('context deadline exceeded')
    await expect(call(failing('certificate'))).rejects.toThrow('tls: failed to verify certificate: x509: unknown')
  })

  test('never leads out of the cluster', async () => {
    await expect(call(undefined, { type: 'url', url: 'https://hooks.example.com/check' })).rejects.toThrow(
      'dial tcp: lookup hooks.example.com on 172.30.0.1:53: no such host',
    )
  })
})
