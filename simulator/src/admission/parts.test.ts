/** What policies and webhooks see of subresources: connections, and objects of a kind of their own. */
import { beforeEach, describe, expect, test } from 'vitest'
import { LOOPBACK, nodeUser } from '../access/users.js'
import { handle } from '../api/wire/handle.js'
import type { HttpRequest } from '../api/wire/http.js'
import type { JsonObject } from '../objects/object.js'
import { refusalOf, type TestCluster, testCluster } from '../testing.js'
import { withWebhooks } from './webhooks/round.js'

const GROUP = 'admissionregistration.k8s.io/v1'
let cluster: TestCluster

function policy(
  name: string,
  resources: string[],
  spec: { operations?: string[]; apiGroups?: string[]; expression: string },
): void {
  const { operations = ['CONNECT'], apiGroups = [''], expression } = spec
  const resourceRules = [{ apiGroups, apiVersions: ['*'], operations, resources }]
  cluster.object('create', `${GROUP}/validatingadmissionpolicies`, {
    body: { metadata: { name }, spec: { matchConstraints: { resourceRules }, validations: [{ expression }] } } as never,
  })
  cluster.object('create', `${GROUP}/validatingadmissionpolicybindings`, {
    body: { metadata: { name }, spec: { policyName: name, validationActions: ['Deny'] } } as never,
  })
}

/** A request for a path of the Pod `web`, such as `exec?command=sh`. */
const connection = (what: string, method = 'GET'): HttpRequest => {
  const url = new URL(`/api/v1/namespaces/default/pods/web/${what}`, 'https://cluster')
  return { method, path: url.pathname, query: url.searchParams, headers: {}, body: new Uint8Array(), user: LOOPBACK }
}
const connect = (what: string) => handle(cluster.cluster.server, connection(what)).answer

beforeEach(async () => {
  cluster = await testCluster()
  cluster.object('create', 'v1/serviceaccounts default', { body: { metadata: { name: 'default' } } as never })
  cluster.object('create', 'v1/pods default', {
    body: { metadata: { name: 'web' }, spec: { containers: [{ name: 'main', image: 'nginx:1.28' }] } } as never,
  })
})

describe('a policy about connections', () => {
  test('sees what an exec asks for, by its kind and its subresource', () => {
    policy('no-shells', ['pods/exec'], {
      expression:
        "!(request.kind.kind == 'PodExecOptions' && request.subResource == 'exec' && object.command[0] == 'sh' && object.tty)",
    })
    expect(connect('exec?command=date&stdout=true&tty=true')).toMatchObject({ type: 'connect' })
    expect(refusalOf(() => connect('exec?command=sh&stdout=true&tty=true'))).toMatchObject({
      code: 422,
      message: expect.stringMatching(
        /^pods "web" is forbidden: ValidatingAdmissionPolicy 'no-shells' with binding 'no-shells' denied request: failed expression: /,
      ),
    })
    expect(connect('attach?stdout=true&tty=true')).toMatchObject({ type: 'connect' })
  })

  test('takes subresources by a star, and the resource itself does not name them', () => {
    policy('none', ['pods'], { operations: ['*'], expression: 'false' })
    expect(connect('portforward?ports=80')).toMatchObject({
      type: 'connect',
      options: { kind: 'PodPortForwardOptions', ports: [80] },
    })
    policy('all', ['pods/*'], { expression: "object.kind != 'PodPortForwardOptions' || !has(object.ports)" })
    expect(connect('portforward')).toMatchObject({ type: 'connect' })
    expect(refusalOf(() => connect('portforward?ports=80')).code).toBe(422)
    expect(connect('log')).toMatchObject({ type: 'connect' })
  })

  test('sees the path of a proxied request', () => {
    policy('no-admin', ['pods/proxy'], { expression: "!has(object.path) || !object.path.startsWith('/admin')" })
    expect(connect('proxy/index.html')).toMatchObject({ options: { path: '/index.html' } })
    expect(refusalOf(() => connect('proxy/admin/')).code).toBe(422)
  })
})

test('a connection is no dry run', () => {
  expect(refusalOf(() => connect('exec?command=sh&dryRun=All')).message).toBe('dryRun is not supported')
})

test('a mutating webhook changes the command of an exec', async () => {
  const asked: JsonObject[] = []
  cluster.object('create', 'v1/services default', {
    body: { metadata: { name: 'hooks' }, spec: { ports: [{ port: 443 }] } } as never,
  })
  cluster.cluster.server.context.facts.callWebhook = async ({ body }) => {
    const { request } = JSON.parse(body) as { request: JsonObject }
    asked.push(request)
    const patch = Buffer.from('[{"op":"replace","path":"/command","value":["id"]}]').toString('base64')
    const response = { uid: request.uid, allowed: true, patchType: 'JSONPatch', patch }
    return {
      status: 200,
      body: JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response }),
    }
  }
  const hook = {
    name: 'exec.hooks.example.com',
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'], resources: ['pods/exec'] }],
    clientConfig: { service: { name: 'hooks', namespace: 'default' } },
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  }
  cluster.object('create', `${GROUP}/mutatingwebhookconfigurations`, {
    body: { metadata: { name: 'exec' }, webhooks: [hook] } as never,
  })
  const { server } = cluster.cluster
  const http = connection('exec?command=sh&stdin=1&container=main')
  const { answer } = await withWebhooks(server.context, http, () => handle(server, http))
  expect(answer).toMatchObject({ options: { command: ['id'], stdin: true, container: 'main' } })
  expect(asked).toEqual([
    expect.objectContaining({
      operation: 'CONNECT',
      kind: { group: '', version: 'v1', kind: 'PodExecOptions' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      subResource: 'exec',
      name: 'web',
      namespace: 'default',
      object: { kind: 'PodExecOptions', apiVersion: 'v1', stdin: true, container: 'main', command: ['sh'] },
      oldObject: null,
      options: null,
    }),
  ])
})

describe('objects of a kind of their own', () => {
  test('a scale is judged as a Scale, and the Deployment behind it is not shown', () => {
    const labels = { app: 'web' }
    cluster.object('create', 'apps/v1/deployments default', {
      body: {
        metadata: { name: 'web' },
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'a:1' }] } },
        },
      } as never,
    })
    policy('deployments', ['deployments'], { apiGroups: ['apps'], operations: ['UPDATE'], expression: 'false' })
    policy('scales', ['deployments/scale'], {
      apiGroups: ['apps'],
      operations: ['UPDATE'],
      expression: "object.kind == 'Scale' && object.spec.replicas < 5 && oldObject.spec.replicas == 1",
    })
    const scale = (replicas: number) =>
      cluster.object('patch', 'apps/v1/deployments/scale default/web', {
        patch: { type: 'merge', document: { spec: { replicas } } },
      })
    expect(refusalOf(() => scale(9)).message).toContain("ValidatingAdmissionPolicy 'scales'")
    expect(scale(3)).toMatchObject({ spec: { replicas: 3 } })
  })

  test('an eviction is judged as an Eviction, and its deletion is not shown', () => {
    policy('deletions', ['pods'], { operations: ['DELETE'], expression: 'false' })
    policy('evictions', ['pods/eviction'], {
      operations: ['CREATE'],
      expression: "object.kind == 'Eviction' && has(object.deleteOptions)",
    })
    const evict = (body: object) => cluster.object('create', 'v1/pods/eviction default/web', { body: body as never })
    expect(refusalOf(() => evict({})).message).toContain("ValidatingAdmissionPolicy 'evictions'")
    expect(evict({ deleteOptions: { gracePeriodSeconds: 0 } })).toMatchObject({ status: 'Success' })
    expect(refusalOf(() => cluster.object('get', 'v1/pods default/web')).code).toBe(404)
  })

  test('a kubelet evicts the Pods of its own node alone, and nobody in a namespace that ends', () => {
    const evict = (user: typeof LOOPBACK) => cluster.as(user).object('create', 'v1/pods/eviction default/web', { body: {} })
    cluster.object('create', 'v1/pods/binding default/web', { body: { target: { kind: 'Node', name: 'node01' } } as never })
    const other = nodeUser('controlplane')
    expect(refusalOf(() => evict(other)).message).toBe(
      'pods "web" is forbidden: node controlplane can only evict pods with spec.nodeName set to itself',
    )
    cluster.object('create', 'v1/namespaces', { body: { metadata: { name: 'shop' } } as never })
    cluster.request('delete', 'v1/namespaces shop')
    expect(refusalOf(() => cluster.object('create', 'v1/pods/eviction shop/web', { body: {} })).details.causes?.[0]?.reason).toBe(
      'NamespaceTerminating',
    )
  })

  test('ephemeral containers and new sizes are updates of the Pod', () => {
    policy('debug', ['pods/ephemeralcontainers', 'pods/resize'], {
      operations: ['UPDATE'],
      expression: "request.subResource == 'resize' || object.spec.ephemeralContainers.all(c, c.image.startsWith('busybox'))",
    })
    const debug = (image: string) =>
      cluster.object('patch', 'v1/pods/ephemeralcontainers default/web', {
        patch: { type: 'strategic', document: { spec: { ephemeralContainers: [{ name: 'debug', image }] } } },
      })
    expect(refusalOf(() => debug('alpine:3')).message).toContain("ValidatingAdmissionPolicy 'debug'")
    expect(debug('busybox:1.37')).toMatchObject({ spec: { ephemeralContainers: [{ name: 'debug' }] } })
  })
})

describe('nodes', () => {
  test('a new Node takes no Pods until it is ready', () => {
    const create = (name: string, spec: object = {}) =>
      cluster.object('create', 'v1/nodes', { body: { metadata: { name }, spec } as never }).spec
    const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }
    expect(create('fresh')).toMatchObject({ taints: [taint] })
    expect(create('tainted', { taints: [{ key: 'gpu', effect: 'NoSchedule' }, taint] })).toMatchObject({
      taints: [{ key: 'gpu', effect: 'NoSchedule' }, taint],
    })
  })

  test('a Pod bears the zone of its node', () => {
    const zone = { 'topology.kubernetes.io/zone': 'a', 'topology.kubernetes.io/region': 'north' }
    cluster.object('create', 'v1/nodes', { body: { metadata: { name: 'far', labels: { ...zone, disk: 'ssd' } } } as never })
    cluster.object('create', 'v1/pods/binding default/web', { body: { target: { kind: 'Node', name: 'far' } } as never })
    expect(cluster.object('get', 'v1/pods default/web').metadata).toMatchObject({ labels: zone })
  })
})
