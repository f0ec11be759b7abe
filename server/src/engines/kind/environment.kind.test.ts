/** What a learner finds in an environment, and what he does not get out of it. One environment for all, torn down at the end. */
import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshId, specOf } from '../contract.js'
import type { Environment } from '../engine.js'
import { cleanInstallation, findInstallation } from './clean.js'
import { createNetwork } from './network.js'
import { type KindUnderTest, kindUnderTest } from './testing.js'
import { survivePowerCut } from './testing-power.js'

let under: KindUnderTest
let environment: Environment
let before: Awaited<ReturnType<typeof belongings>>
const id = freshId()
const MINUTES = 60_000

/** Containers and networks that stand for the user's own, one of them a node of a kind cluster of his. */
const USERS = `users-own-${id}`

async function makeBelongings(): Promise<void> {
  const { cli } = under.engine
  await cli.run(['network', 'create', USERS])
  const node = ['--label', `io.x-k8s.kind.cluster=${USERS}`, '--label', 'io.x-k8s.kind.role=control-plane']
  await cli.run(['run', '-d', '--name', USERS, '--network', USERS, ...node, 'busybox:1.37', 'sleep', '3600'])
}

async function removeBelongings(): Promise<void> {
  await under.engine.cli.ask(['rm', '-f', USERS])
  await under.engine.cli.ask(['network', 'rm', USERS])
}

/** How they are now, with the user's kubeconfig and what kind itself says. */
async function belongings() {
  const { cli } = under.engine
  const [container, network, clusters, kubeconfig] = await Promise.all([
    cli.run(['inspect', '--format', '{{.Id}} {{.State.StartedAt}} {{.State.Status}} {{json .NetworkSettings.Networks}}', USERS]),
    cli.run(['network', 'inspect', '--format', '{{json .}}', USERS]),
    under.host.run({ argv: ['kind', 'get', 'clusters'], env: { KIND_EXPERIMENTAL_PROVIDER: cli.program } }),
    readFile(process.env.KUBECONFIG ?? join(homedir(), '.kube/config'), 'utf8').catch(() => null),
  ])
  return { container, network, hasCluster: clusters.stdout.split('\n').includes(USERS), kubeconfig }
}

const on = (machine: string, script: string, user: 'candidate' | 'root' = 'candidate') =>
  environment.run({ machine, user, argv: ['bash', '-lc', script], timeoutMs: 60_000 })

const said = async (machine: string, script: string, user?: 'candidate' | 'root') =>
  (await on(machine, script, user)).stdout.trim()

beforeAll(async () => {
  under = await kindUnderTest({ bakedImages: ['busybox:1.37'] })
  await makeBelongings()
  before = await belongings()
  environment = await under.engine.provision(specOf(id, { workers: 1, addons: ['metrics-server'] }))
}, 10 * MINUTES)

afterAll(async () => {
  await removeBelongings()
  await under.engine.destroy(id)
  await under.engine.close()
  await under.remove()
}, 2 * MINUTES)

describe('machines', () => {
  test('have one name in hostname, in the prompt, in ssh and in kubectl get nodes', async () => {
    for (const machine of ['base', 'controlplane', 'node01']) {
      expect(await said(machine, 'hostname')).toBe(machine)
      expect(await said('base', `ssh -o BatchMode=yes candidate@${machine} hostname`)).toBe(machine)
      const prompt = await on(machine, `bash -ic 'printf %s "\${PS1@P}"' 2>/dev/null`)
      expect(prompt.stdout).toContain(`candidate@${machine}`)
    }
    expect(await said('base', "kubectl get nodes -o jsonpath='{.items[*].metadata.name}'")).toBe('controlplane node01')
  })

  test('let the learner become root, and have the tools of the exam', async () => {
    for (const machine of ['base', 'controlplane', 'node01']) {
      expect(await said(machine, 'sudo -i id -un')).toBe('root')
      const missing =
        'for t in kubectl helm kustomize yq etcdutl jq curl wget vim nano tmux openssl etcdctl etcdutl man crictl; do command -v $t >/dev/null || echo $t; done'
      expect(await said(machine, missing)).toBe('')
      expect(await said(machine, 'bash -ic "type -t k; complete -p k" 2>/dev/null')).toMatch(/^alias\ncomplete/)
    }
  })

  test('offer to the scheduler just what their bounds allow', async () => {
    const { memoryBytes, cpus } = under.settings.bounds.node
    const allocatable = await said(
      'base',
      "kubectl get node node01 -o jsonpath='{.status.allocatable.memory} {.status.allocatable.cpu}'",
    )
    expect(allocatable).toBe(`${memoryBytes / 1024 ** 3}Gi ${cpus}`)
  })

  test('control planes give kubectl to candidate and to root; a worker does not', async () => {
    expect((await on('controlplane', 'kubectl get --raw /readyz')).stdout).toBe('ok')
    expect((await on('controlplane', 'kubectl get --raw /readyz', 'root')).stdout).toBe('ok')
    expect((await on('node01', 'kubectl get --raw /readyz')).exitCode).not.toBe(0)
  })

  test('have in their cluster the add-on that was asked for', async () => {
    expect(await said('base', 'kubectl top nodes --no-headers')).toMatch(/^controlplane .*\nnode01 /)
  })

  test('have the keeper of terminals, which speaks', async () => {
    const channel = environment.openKeeper('base')
    const first = await new Promise<Buffer | null>((resolve) => {
      channel.output.once('data', resolve)
      void channel.ended.then(() => resolve(null))
    })
    channel.close()
    expect(first?.length).toBeGreaterThan(0)
  })
})

describe('the network', () => {
  /** Tries a TCP connection from a machine and from a Pod: `yes` or `no`. */
  async function reaches(target: string): Promise<string[]> {
    const [host = '', port = ''] = target.split(':')
    const fromMachine = async (machine: string) =>
      (await on(machine, `timeout 3 bash -c '</dev/tcp/${host}/${port}' 2>/dev/null && echo yes || echo no`)).stdout.trim()
    const fromPod = await said(
      'base',
      `kubectl exec probe -- sh -c 'nc -w 3 ${host} ${port} </dev/null >/dev/null 2>&1 && echo yes || echo no'`,
    )
    return [await fromMachine('base'), await fromMachine('controlplane'), fromPod]
  }

  beforeAll(async () => {
    const made = await on(
      'base',
      'kubectl run probe --image=busybox:1.37 -- sleep 3600 && kubectl wait --for=condition=Ready pod/probe --timeout=90s',
    )
    expect(made.exitCode, made.stderr).toBe(0)
  }, 2 * MINUTES)

  test('the probe itself works: the API server is reached', async () => {
    expect(await reaches(`${await said('base', 'getent hosts controlplane | cut -d" " -f1')}:6443`)).toEqual([
      'yes',
      'yes',
      'yes',
    ])
  })

  test('a port that this computer serves to all is not reached, nor the metadata address', { timeout: MINUTES }, async () => {
    const server = createServer((socket) => socket.end())
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
    const { port } = server.address() as AddressInfo
    const gateway = await said('base', "ip route show default | awk '{ print $3 }'")
    expect(await reaches(`${gateway}:${port}`)).toEqual(['no', 'no', 'no'])
    server.close()
    expect(await reaches('169.254.169.254:80')).toEqual(['no', 'no', 'no'])
  })

  test("another learner's network is not reached", { timeout: MINUTES }, async () => {
    const other = freshId()
    const { cli, settings } = { cli: under.engine.cli, settings: under.settings }
    const layout = await createNetwork(cli, specOf(other), settings)
    const flags = ['-d', '--rm', '--name', `wh-${other}-base`, '--network', layout.network, `--ip=${layout.base.address}`]
    await cli.run(['run', ...flags, 'busybox:1.37', 'nc', '-lk', '-p', '2222', '-e', 'true'])
    expect(await reaches(`${layout.base.address}:2222`)).toEqual(['no', 'no', 'no'])
    await cli.run(['rm', '-f', `wh-${other}-base`])
    await under.engine.destroy(other)
  })

  test('a name outside is unknown, and under Docker at once', async () => {
    const started = performance.now()
    expect((await on('base', 'getent hosts example.com')).exitCode).toBe(2)
    // Podman's name server asks those of this computer, however long they take.
    if (under.settings.provider === 'docker') expect(performance.now() - started).toBeLessThan(5_000)
  })
})

test('a control plane and a worker survive a power cut', { timeout: 8 * MINUTES }, () =>
  survivePowerCut(under.engine, environment),
)

describe('a node', () => {
  test('is brought back to what it was, whatever was broken', { timeout: 4 * MINUTES }, async () => {
    const breakIt = `
      sed -i 's/- kube-scheduler$/- kube-schedulr/' /etc/kubernetes/manifests/kube-scheduler.yaml
      echo junk >/etc/kubernetes/manifests/junk.yaml
      cp /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/manifests/kube-apiserver.old
      rm /etc/kubernetes/controller-manager.conf
      sed -i 's/^clusterDomain:.*/clusterDomain: wrong/' /var/lib/kubelet/config.yaml
      systemctl disable --now kubelet 2>/dev/null`
    await on('controlplane', breakIt, 'root')
    const restored = await environment.run({
      machine: 'controlplane',
      user: 'root',
      argv: ['/usr/local/sbin/wheelhouse-restore-node'],
      timeoutMs: 3 * MINUTES,
    })
    expect(restored.exitCode, restored.stderr + restored.stdout).toBe(0)
    expect(restored.stdout).toContain('/etc/kubernetes/manifests/junk.yaml (removed)')
    expect(restored.stdout).toContain('/etc/kubernetes/manifests/kube-apiserver.old (removed)')
    const healthy =
      'for p in 6443 10259 10257; do curl -sk https://127.0.0.1:$p/healthz; echo; done; systemctl is-enabled kubelet; systemctl is-active kubelet'
    expect(await said('controlplane', healthy, 'root')).toBe('ok\nok\nok\nenabled\nactive')
    const again = await on('controlplane', '/usr/local/sbin/wheelhouse-restore-node', 'root')
    expect(again).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  test('that is killed from outside is named, and start brings it back', { timeout: 4 * MINUTES }, async () => {
    await under.engine.cli.run(['kill', `wh-${id}-worker`])
    expect(await under.engine.inspect(id)).toEqual({ broken: expect.stringContaining('node01') })
    await under.engine.start(id)
    expect(await under.engine.inspect(id)).toBe('running')
    const states = await said('base', "kubectl get nodes -o jsonpath='{.items[*].status.conditions[-1].status}'")
    expect(states).toBe('True True')
  })

  test('that was removed from outside cannot come back, and that is said', async () => {
    await under.engine.cli.run(['rm', '-f', '-v', `wh-${id}-worker`])
    expect(await under.engine.inspect(id)).toEqual({ broken: expect.stringContaining('node01') })
    await expect(under.engine.start(id)).rejects.toMatchObject({
      code: 'ENVIRONMENT_BROKEN',
      values: { why: expect.stringContaining('node01') },
    })
  })
})

describe('clean', () => {
  test('removes all of ours and nothing of the user', { timeout: 2 * MINUTES }, async () => {
    const { cli } = under.engine
    expect((await findInstallation(cli, under.settings)).containers.length).toBeGreaterThan(0)
    await cleanInstallation(cli, under.settings, { images: false })
    expect(await findInstallation(cli, under.settings)).toMatchObject({ containers: [], networks: [] })
    const bridges = await under.host.run({ argv: ['sh', '-c', `ls /sys/class/net | grep -c 'wh${id}' || true`] })
    expect(bridges.stdout.trim()).toBe('0')
    expect(before.hasCluster).toBe(true)
    expect(await belongings()).toEqual(before)
  })
})
