/** Shapes beyond a control plane and its workers. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshId, specOf } from '../contract.js'
import type { Environment } from '../engine.js'
import { type KindUnderTest, kindUnderTest } from './testing.js'
import { survivePowerCut } from './testing-power.js'

const MINUTES = 60_000
let under: KindUnderTest

beforeAll(async () => {
  under = await kindUnderTest()
}, 5 * MINUTES)

afterAll(async () => {
  await under.engine.close()
  await under.remove()
}, 2 * MINUTES)

const sayer =
  (environment: Environment) =>
  async (machine: string, script: string, user: 'candidate' | 'root' = 'candidate') => {
    const said = await environment.run({ machine, user, argv: ['bash', '-lc', script], timeoutMs: 4 * MINUTES })
    expect(said.exitCode, said.stderr + said.stdout).toBe(0)
    return said.stdout.trim()
  }

test('three control planes behind a load balancer survive a power cut, a stop and a start', {
  timeout: 15 * MINUTES,
}, async () => {
  const { engine } = under
  const spec = specOf(freshId(), { controlPlanes: 3 })
  const environment = await engine.provision(spec)
  const say = sayer(environment)
  const names = "kubectl get nodes -o jsonpath='{.items[*].metadata.name}'"
  expect(await say('base', names)).toBe('controlplane controlplane02 controlplane03')
  expect(await say('base', "kubectl config view -o jsonpath='{.clusters[0].cluster.server}'")).toBe('https://loadbalancer:6443')
  await survivePowerCut(engine, environment)
  await engine.stop(spec.id)
  const again = sayer(await engine.start(spec.id))
  expect(await again('base', names)).toBe('controlplane controlplane02 controlplane03')
  expect(await again('base', 'kubectl get configmap kept -o jsonpath={.data.a}')).toBe('b')
  // One of three may fail: etcd's majority carries on, at once or after an election, and the load balancer leaves the dead one out, so
  // that as many requests as there are control planes, twice over, all arrive.
  await engine.cli.run(['kill', `wh-${spec.id}-control-plane2`])
  const write = 'kubectl create configmap two-of-three --dry-run=client -o yaml | kubectl --request-timeout=10s apply -f -'
  const reads = 'for turn in 1 2 3 4 5 6; do kubectl --request-timeout=10s get --raw /readyz || exit; done'
  const goesOn = async () => {
    const argv = ['bash', '-lc', `${write} && ${reads}`] as const
    return (await environment.run({ machine: 'base', user: 'candidate', argv, timeoutMs: 2 * MINUTES })).exitCode
  }
  await expect.poll(goesOn, { timeout: 4 * MINUTES, interval: 500 }).toBe(0)
  await engine.destroy(spec.id)
})

test('without a network plug-in, and with a bare node: the learner brings both to life', { timeout: 10 * MINUTES }, async () => {
  const { engine } = under
  const spec = specOf(freshId(), { cni: 'none', bareNodes: 1 })
  const environment = await engine.provision(spec)
  const say = sayer(environment)
  expect(environment.machines.map(({ name, role }) => `${name} ${role}`)).toEqual([
    'base base',
    'controlplane control-plane',
    'node01 bare',
  ])
  const conditions = `kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status} {end}'`
  expect(await say('base', conditions)).toBe('controlplane=False')
  expect(await say('base', 'ssh node01 "hostname; kubeadm version -o short; systemctl is-active containerd"')).toMatch(
    /^node01\nv1\.36\.\d+\nactive$/,
  )
  const join = await say('controlplane', 'kubeadm token create --print-join-command', 'root')
  expect(join).toContain('kubeadm join controlplane:6443')
  await say('node01', `${join} --ignore-preflight-errors=all`, 'root')
  const manifest = await environment.getFile('controlplane', '/kind/manifests/default-cni.yaml')
  const podSubnet = '10.244.0.0/16'
  const plugin = manifest.toString('utf8').replaceAll('{{.PodSubnet}}', podSubnet).replaceAll('{{ .PodSubnet }}', podSubnet)
  await environment.putFile('base', 'candidate', '/home/candidate/plugin.yaml', plugin)
  await say('base', 'kubectl apply -f plugin.yaml && kubectl wait --for=condition=Ready node --all --timeout=180s')
  expect(await say('base', conditions)).toBe('controlplane=True node01=True')
  // What the learner made is what a start brings back.
  await engine.stop(spec.id)
  const again = sayer(await engine.start(spec.id))
  expect(await again('base', conditions)).toBe('controlplane=True node01=True')
  await engine.destroy(spec.id)
})
