import { beforeAll, describe, expect, test } from 'vitest'
import { authenticated } from '../access/users.js'
import { ApiError } from '../objects/status.js'
import { type TestCluster, testCluster } from '../testing.js'

const deployment = (name: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'nginx:1.28' }] } },
    ...spec,
  },
})

const refusalOf = (work: () => unknown): ApiError => {
  try {
    work()
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('it was not refused')
}

let test_: TestCluster
beforeAll(async () => {
  test_ = await testCluster()
})

describe('API server', () => {
  test('a Deployment comes back with the defaults of the real server', () => {
    const created = test_.object('create', 'apps/v1/deployments default', { body: deployment('defaults') })
    expect(created).toMatchObject({
      metadata: { generation: 1, namespace: 'default' },
      spec: {
        replicas: 1,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        template: {
          spec: {
            restartPolicy: 'Always',
            dnsPolicy: 'ClusterFirst',
            containers: [{ imagePullPolicy: 'IfNotPresent', resources: {} }],
          },
        },
      },
      status: {},
    })
  })

  test('every problem of an object is told at once, in upstream words', () => {
    const body = deployment('Bad_Name', { replicas: -1, selector: { matchLabels: { app: 'other' } } })
    const refusal = refusalOf(() => test_.object('create', 'apps/v1/deployments default', { body }))
    expect(refusal.code).toBe(422)
    expect(refusal.message).toContain(
      'Deployment.apps "Bad_Name" is invalid: [metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain',
    )
    expect(refusal.message).toContain('spec.replicas: Invalid value: -1: must be greater than or equal to 0')
    expect(refusal.message).toContain(
      'spec.template.metadata.labels: Invalid value: {"app":"Bad_Name"}: `selector` does not match template `labels`',
    )
  })

  test('an unknown field is refused under Strict and warned of under Warn', () => {
    const body = deployment('strict', { replicsa: 3 })
    const refusal = refusalOf(() => test_.object('create', 'apps/v1/deployments default', { body, fieldValidation: 'Strict' }))
    expect(refusal.message).toBe(
      'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replicsa"',
    )
    const warnings: string[] = []
    test_.object('create', 'apps/v1/deployments default', { body, fieldValidation: 'Warn', warnings, dryRun: true })
    expect(warnings).toEqual(['unknown field "spec.replicsa"'])
  })

  test('an update from an old version is a conflict', () => {
    const created = test_.object('create', 'apps/v1/deployments default', { body: deployment('conflict') })
    test_.object('update', 'apps/v1/deployments default/conflict', { body: deployment('conflict', { replicas: 2 }) })
    const refusal = refusalOf(() => test_.object('update', 'apps/v1/deployments default/conflict', { body: created }))
    expect(refusal.message).toBe(
      'Operation cannot be fulfilled on deployments.apps "conflict": the object has been modified; please apply your changes to the latest version and try again',
    )
  })

  test('generation counts changes of the spec and not of labels', () => {
    test_.object('create', 'apps/v1/deployments default', { body: deployment('generation') })
    const patch = (document: object) =>
      test_.object('patch', 'apps/v1/deployments default/generation', { patch: { type: 'strategic', document } })
    expect(patch({ metadata: { labels: { a: 'b' } } })).toMatchObject({ metadata: { generation: 1 } })
    expect(patch({ spec: { replicas: 5 } })).toMatchObject({ metadata: { generation: 2 } })
  })

  test('a strategic patch merges containers by name', () => {
    test_.object('create', 'apps/v1/deployments default', { body: deployment('strategic') })
    const document = {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'side', image: 'busybox:1.37' },
              { name: 'web', image: 'nginx:1.29' },
            ],
          },
        },
      },
    }
    const patched = test_.object('patch', 'apps/v1/deployments default/strategic', { patch: { type: 'strategic', document } })
    expect(patched).toMatchObject({
      spec: { template: { spec: { containers: [{ name: 'side' }, { name: 'web', image: 'nginx:1.29' }] } } },
    })
  })

  test('server-side apply takes away what its owner no longer sends, and names conflicts', () => {
    const config = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' }, data })
    const apply = (manager: string, data: object, force = false) =>
      test_.object('patch', 'v1/configmaps default/applied', {
        patch: { type: 'apply', document: config(data) },
        fieldManager: manager,
        force,
      })
    apply('ann', { a: '1', b: '2' })
    expect(apply('ann', { a: '1' })).toMatchObject({ data: { a: '1' } })
    expect(Object.keys(apply('ann', { a: '1' }).data as object)).toEqual(['a'])
    const refusal = refusalOf(() => apply('bob', { a: 'other' }))
    expect(refusal.message).toBe('Apply failed with 1 conflict: conflict with "ann": .data.a')
    expect(apply('bob', { a: 'other' }, true)).toMatchObject({ data: { a: 'other' } })
  })

  test('of a new object the client owns what it sent and its defaults, not what admission and the server add', () => {
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
    const body = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'owned' }, spec }
    const made = test_.object('create', 'v1/persistentvolumeclaims default', { body })
    expect(made).toMatchObject({ metadata: { finalizers: ['kubernetes.io/pvc-protection'] }, status: { phase: 'Pending' } })
    const { managedFields } = made.metadata as { managedFields: { fieldsV1: Record<string, object> }[] }
    expect(managedFields.map(({ fieldsV1 }) => fieldsV1)).toEqual([
      {
        'f:spec': {
          'f:accessModes': {},
          'f:resources': { 'f:requests': { '.': {}, 'f:storage': {} } },
          'f:volumeMode': {},
        },
      },
    ])
  })

  test('an object with a finalizer stays until it is taken away', () => {
    const body = { metadata: { name: 'held', finalizers: ['example.com/hold'] }, data: {} }
    test_.object('create', 'v1/configmaps default', { body })
    test_.request('delete', 'v1/configmaps default/held')
    expect(test_.object('get', 'v1/configmaps default/held').metadata).toHaveProperty('deletionTimestamp')
    test_.object('patch', 'v1/configmaps default/held', {
      patch: { type: 'merge', document: { metadata: { finalizers: null } } },
    })
    expect(refusalOf(() => test_.object('get', 'v1/configmaps default/held')).message).toBe('configmaps "held" not found')
  })

  test('a user without a role is refused in upstream words, and with one may do just that', () => {
    const ann = test_.as(authenticated('ann'))
    expect(refusalOf(() => ann.request('list', 'v1/pods default')).message).toBe(
      'pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "default"',
    )
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]
    test_.object('create', 'rbac.authorization.k8s.io/v1/roles default', { body: { metadata: { name: 'reader' }, rules } })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }
    test_.object('create', 'rbac.authorization.k8s.io/v1/rolebindings default', {
      body: { metadata: { name: 'ann' }, roleRef, subjects: [{ kind: 'User', name: 'ann' }] },
    })
    expect(ann.request('list', 'v1/pods default').type).toBe('list')
    expect(refusalOf(() => ann.request('delete', 'v1/pods default/web')).message).toContain('cannot delete resource "pods"')
  })

  test('pages of a list show the state of the first', () => {
    for (const name of ['page-a', 'page-b', 'page-c'])
      test_.object('create', 'v1/configmaps kube-public', { body: { metadata: { name } } })
    const first = test_.request('list', 'v1/configmaps kube-public', { list: { limit: 2 } })
    if (first.type !== 'list') throw new Error('expected a list')
    test_.request('delete', 'v1/configmaps kube-public/page-c')
    const second = test_.request('list', 'v1/configmaps kube-public', { list: { limit: 5, continue: first.list.continue } })
    if (second.type !== 'list') throw new Error('expected a list')
    expect([...first.list.items, ...second.list.items].map((item) => item.metadata.name)).toContain('page-c')
  })

  test('a watch with a label selector sees an object leave when its label does', () => {
    const seen: string[] = []
    const result = test_.request('watch', 'v1/configmaps default', {
      list: { labelSelector: 'watched=yes', resourceVersion: String(test_.cluster.store.revision) },
    })
    if (result.type !== 'watch') throw new Error('expected a watch')
    const handle = result.start({ onEvent: (event) => seen.push(event.type), onEnd: () => {} })
    test_.object('create', 'v1/configmaps default', { body: { metadata: { name: 'watched', labels: { watched: 'yes' } } } })
    test_.object('patch', 'v1/configmaps default/watched', {
      patch: { type: 'merge', document: { metadata: { labels: { watched: 'no' } } } },
    })
    handle.stop()
    expect(seen).toEqual(['ADDED', 'DELETED'])
  })
})
