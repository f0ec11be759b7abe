import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api, SchedulingV1Api, StorageV1Api } from '@kubernetes/client-node'
import { expect, onTestFinished, test } from 'vitest'
import { administratorOf } from '../engines/kind/foreground.js'
import { temporaryFolder } from '../testing/temporary-folder.js'

const launcher = fileURLToPath(new URL('../../bin/wheelhouse.mjs', import.meta.url))

/** The command, and what it says on standard output, line by line. */
function command(...argv: string[]): { child: ChildProcess; said: () => string; line: Promise<string>; ended: Promise<number> } {
  const child = spawn(process.execPath, [launcher, 'cluster', 'run', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  const line = new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      text += chunk
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
  })
  child.stderr?.on('data', (chunk) => {
    text += chunk
  })
  return { child, said: () => text, line, ended: once(child, 'exit').then(([code]) => Number(code)) }
}

test('a cluster is there when its line is said, is as kubeadm and kind make it, and goes with Ctrl+C', {
  timeout: 60_000,
}, async () => {
  const file = join(temporaryFolder('cluster'), 'kubeconfig')
  const { child, line, ended, said } = command('--workers', '2', '--kubeconfig', file)
  expect(await line).toBe(`A cluster of 3 nodes answers: export KUBECONFIG=${file}`)
  const config = new KubeConfig()
  config.loadFromFile(file)
  expect(config.getCurrentContext()).toBe('kubernetes-admin@kubernetes')
  expect(config.getCurrentUser()?.name).toBe('kubernetes-admin')
  const core = config.makeApiClient(CoreV1Api)
  const nodes = (await core.listNode()).items
  expect(nodes.map(({ metadata, spec }) => [metadata?.name, spec?.taints?.[0]?.key])).toEqual([
    ['controlplane', 'node-role.kubernetes.io/control-plane'],
    ['node01', undefined],
    ['node02', undefined],
  ])
  expect(nodes.map(({ status }) => status?.nodeInfo?.kubeletVersion)).toEqual(Array(3).fill('v1.36.2'))
  expect((await core.readNamespacedService({ namespace: 'default', name: 'kubernetes' })).spec?.clusterIP).toBe('10.96.0.1')
  const classes = (await config.makeApiClient(StorageV1Api).listStorageClass()).items
  expect(classes.map(({ metadata }) => metadata?.name)).toEqual(['standard'])
  expect((await config.makeApiClient(SchedulingV1Api).listPriorityClass()).items).toHaveLength(2)
  const bindings = await config.makeApiClient(RbacAuthorizationV1Api).readClusterRoleBinding({ name: 'kubeadm:cluster-admins' })
  expect(bindings.subjects?.[0]).toMatchObject({ kind: 'Group', name: 'kubeadm:cluster-admins' })
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(existsSync(file)).toBe(false)
  expect(said().trim().split('\n')).toHaveLength(1)
})

test.each([
  [['--workers', 'many'], /'--workers <count>' argument 'many' is invalid. It must be a whole number from 0 to 5/],
  [['--workers', '6'], /from 0 to 5/],
  [['--port', '-1'], /from 0 to 65535/],
  [['--engine', 'minikube'], /Allowed choices are simulated, kind/],
])('%j is refused with what is allowed', { timeout: 60_000 }, async (argv, words) => {
  const { ended, said } = command(...argv)
  expect(await ended).toBe(1)
  expect(said()).toMatch(words)
})

test('a kubeconfig of somebody else is not replaced', { timeout: 60_000 }, async () => {
  const file = join(temporaryFolder('cluster'), 'config')
  writeFileSync(file, 'apiVersion: v1\n')
  const { ended, said } = command('--kubeconfig', file)
  expect(await ended).toBe(1)
  expect(said()).toContain('was not written by this command')
  expect(readFileSync(file, 'utf8')).toBe('apiVersion: v1\n')
})

test('of a kind cluster the administrator gets the address by which this computer reaches it', () => {
  const learnerKubeconfig = `
clusters: [{ name: kubernetes, cluster: { server: 'https://controlplane:6443', certificate-authority-data: Y2E= } }]
contexts: [{ name: kubernetes-admin@kubernetes, context: { cluster: kubernetes, user: kubernetes-admin } }]
users: [{ name: kubernetes-admin, user: { client-key-data: a2V5 } }]
`
  const graderKubeconfig = `
clusters: [{ name: other, cluster: { server: 'https://127.0.0.1:4711', tls-server-name: localhost, certificate-authority-data: Y2E= } }]
`
  const config = administratorOf({ learnerKubeconfig, graderKubeconfig })
  expect(config).toContain('server: https://127.0.0.1:4711')
  expect(config).toContain('tls-server-name: localhost')
  expect(config).toContain('name: kubernetes-admin@kubernetes')
  expect(config).not.toContain('controlplane')
})
