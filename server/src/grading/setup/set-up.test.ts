import { type ApiAccess, Baseline, type BaselineRecord } from '@wheelhouse/checkers/run'
import { FakeApiServer } from '@wheelhouse/checkers/testing'
import type { LabError, TaskManifest } from '@wheelhouse/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { MachineCommand } from '../../engines/engine.js'
import type { CommandResult } from '../../hosts/execution-host.js'
import { environmentDouble, runOf, taskDouble } from '../testing/task-double.js'
import { setUpTask } from './set-up.js'

let api: FakeApiServer
beforeEach(async () => {
  api = await FakeApiServer.start()
  put('Namespace', undefined, 'shop', { labels: { 'kubernetes.io/metadata.name': 'shop' } })
  put('ServiceAccount', 'shop', 'default')
})
afterEach(() => api.close())

const put = (kind: string, namespace: string | undefined, name: string, metadata: object = {}, rest: object = {}) =>
  api.put({ apiVersion: 'v1', kind, metadata: { name, ...(namespace ? { namespace } : {}), ...metadata }, ...rest })

interface Scene {
  setup?: Record<string, string>
  manifest?: Partial<TaskManifest>
  run?: (command: MachineCommand) => Promise<CommandResult>
  access?: ApiAccess
}
async function setUp({ setup = {}, manifest = {}, run }: Scene): Promise<BaselineRecord> {
  const task = taskDouble({ manifest: { namespaces: ['shop'], ...manifest }, setup })
  const environment = environmentDouble({ kubeconfig: api.kubeconfig, ...(run ? { run } : {}) })
  return (await setUpTask(runOf(task, environment))) as BaselineRecord
}
const exited = (exitCode: number, output = ''): CommandResult => ({ exitCode, stdout: output, stderr: '' })
const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: shop }\ndata: { a: b }\n'

test("a task's namespaces are emptied of everything but what the cluster keeps there; nothing else is touched", async () => {
  put('Pod', 'shop', 'left-over')
  put('Secret', 'shop', 'mine')
  put('ConfigMap', 'shop', 'kube-root-ca.crt')
  put('Pod', 'other', 'kept')
  await setUp({})
  expect(api.get('Pod', 'shop', 'left-over')).toBeUndefined()
  expect(api.get('Secret', 'shop', 'mine')).toBeUndefined()
  expect(api.get('ConfigMap', 'shop', 'kube-root-ca.crt')).toBeDefined()
  expect(api.get('ServiceAccount', 'shop', 'default')).toBeDefined()
  expect(api.get('Pod', 'other', 'kept')).toBeDefined()
})

test('labels and annotations that a learner gave the namespace are gone', async () => {
  put('Namespace', undefined, 'shop', {
    labels: { 'kubernetes.io/metadata.name': 'shop', 'pod-security.kubernetes.io/enforce': 'restricted' },
    annotations: { note: 'x' },
  })
  await setUp({})
  expect(api.get('Namespace', undefined, 'shop')?.metadata).toMatchObject({ labels: { 'kubernetes.io/metadata.name': 'shop' } })
  expect(JSON.stringify(api.get('Namespace', undefined, 'shop'))).not.toMatch(/restricted|note/)
})

test('a namespace that is missing is made', async () => {
  api.remove('Namespace', undefined, 'shop')
  await setUp({ setup: { '10-objects.yaml': CONFIG_MAP } })
  expect(api.get('Namespace', undefined, 'shop')).toBeDefined()
  expect(api.get('ConfigMap', 'shop', 'settings')).toMatchObject({ data: { a: 'b' } })
})

test('what the task owns outside of namespaces is deleted, by name or by beginning', async () => {
  for (const name of ['data-1', 'data-2', 'other', 'shop-pv']) put('PersistentVolume', undefined, name)
  await setUp({ manifest: { owns: ['PersistentVolume/data-*', 'PersistentVolume/shop-pv'] } })
  const left = ['data-1', 'data-2', 'other', 'shop-pv'].filter((name) => api.get('PersistentVolume', undefined, name))
  expect(left).toEqual(['other'])
})

test('steps run in name order; early ones before anything is emptied', async () => {
  const seen: string[] = []
  put('Pod', 'shop', 'left-over')
  const run = async ({ argv, stdin, machine, user }: MachineCommand) => {
    if (argv[0] !== 'env') return exited(0)
    const objects = [api.get('Pod', 'shop', 'left-over') && 'left-over', api.get('ConfigMap', 'shop', 'settings') && 'settings']
    seen.push(`${String(stdin).split('\n').at(-1)} on ${machine} as ${user} with ${objects.filter(Boolean).join()}`)
    return exited(0)
  }
  const setup = {
    '00-restore.sh': '# machine: controlplane\nrestore',
    '20-objects.yaml': CONFIG_MAP,
    '10-first.sh': 'first',
    '30-last.sh': 'last',
  }
  await setUp({ setup, run })
  expect(seen).toEqual([
    'restore on controlplane as candidate with left-over',
    'first on base as candidate with ',
    'last on base as candidate with settings',
  ])
})

test('a script that fails stops the setup and shows what it printed, but not itself', async () => {
  const failing = setUp({ setup: { '10-break.sh': 'secret-fault' }, run: async () => exited(3, 'cannot reach node01') })
  const error = (await failing.catch((thrown: unknown) => thrown)) as LabError
  expect(error).toMatchObject({ code: 'SETUP_FAILED', values: { step: '10-break.sh' } })
  expect(error.detail).toContain('10-break.sh ended with exit code 3 on base\ncannot reach node01')
  expect(error.detail).not.toContain('secret-fault')
})

test('a manifest that the cluster refuses names its object', async () => {
  const setup = { '10-objects.yaml': 'apiVersion: example.org/v1\nkind: Widget\nmetadata: { name: w, namespace: shop }\n' }
  const stop = new AbortController()
  const task = taskDouble({ manifest: { namespaces: ['shop'] }, setup })
  const pending = setUpTask(runOf(task, environmentDouble({ kubeconfig: api.kubeconfig })), stop.signal)
  setTimeout(() => stop.abort(new Error('stopped')), 500)
  await expect(pending).rejects.toThrow('stopped')
})

test('setup waits until what it made has settled', async () => {
  const deployment =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\nspec: { replicas: 1, selector: { matchLabels: { app: web } } }\n'
  const ready = { observedGeneration: 1, replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1 }
  let done = false
  const pending = setUp({ setup: { '10-web.yaml': deployment } }).then(() => (done = true))
  await expect.poll(() => api.get('Deployment', 'shop', 'web')).toBeDefined()
  put(
    'Pod',
    'shop',
    'web-1',
    { labels: { app: 'web' } },
    { status: { phase: 'Pending', containerStatuses: [{ name: 'w', state: { waiting: { reason: 'ContainerCreating' } } }] } },
  )
  await expect.poll(() => api.requests.filter((request) => request.includes('/pods')).length).toBeGreaterThan(3)
  expect(done).toBe(false)
  api.put({ ...api.get('Deployment', 'shop', 'web'), kind: 'Deployment', status: ready })
  put(
    'Pod',
    'shop',
    'web-1',
    { labels: { app: 'web' } },
    { status: { phase: 'Running', containerStatuses: [{ name: 'w', ready: true, restartCount: 0, state: { running: {} } }] } },
  )
  await pending
})

test('the baseline holds what guards compare with, and no secrets', async () => {
  put('Pod', 'kube-system', 'coredns-1')
  put('ClusterRole', undefined, 'system:x', { labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } })
  const setup = {
    '10-objects.yaml': `${CONFIG_MAP}---\napiVersion: v1\nkind: Secret\nmetadata: { name: key, namespace: shop, labels: { app: web } }\ndata: { k: dmFsdWU= }\n`,
  }
  const record = await setUp({ setup })
  const baseline = new Baseline(record)
  expect(baseline.find('ConfigMap', 'shop', 'settings')?.data).toEqual({ a: 'b' })
  expect([...baseline.uids('Secret', 'shop', 'app=web')]).toEqual([api.get('Secret', 'shop', 'key')?.metadata?.uid])
  expect(baseline.find('Pod', 'kube-system', 'coredns-1')).toBeDefined()
  expect(baseline.find('ClusterRole', null, 'system:x')).toBeUndefined()
  expect(JSON.stringify(record)).not.toContain('dmFsdWU=')
})

test('a task may begin with a silent API server: what was there before its last script counts', async () => {
  const run = async ({ argv }: MachineCommand) => {
    if (argv[0] === 'env') api.silent = true
    return exited(0)
  }
  const setup = { '10-objects.yaml': CONFIG_MAP, '20-break.sh': '# machine: controlplane\nbreak' }
  const record = await setUp({ setup, run })
  expect(new Baseline(record).find('ConfigMap', 'shop', 'settings')).toBeDefined()
})
