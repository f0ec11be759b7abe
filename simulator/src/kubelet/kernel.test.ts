import { expect, test } from 'vitest'
import { clusterOfFile, shell } from '../controllers/testing.js'

const live = clusterOfFile()

async function running(name: string, more: object, spec: object = {}): Promise<void> {
  await live.create('Pod', name, { spec: { containers: [shell('sleep infinity', more)], ...spec } })
  await live.pass(5)
}
const kernelLines = (pod: string) => live.exec(pod, 'grep -E "^(CapPrm|CapBnd|NoNewPrivs|Seccomp):" /proc/1/status')

test('capabilities are those of containerd, with what is added and without what is dropped', async () => {
  await running('plain', {})
  expect(await kernelLines('plain')).toBe('CapPrm:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nNoNewPrivs:\t0\nSeccomp:\t0\n')
  await running('more', { securityContext: { capabilities: { add: ['NET_ADMIN', 'SYS_TIME'] } } })
  expect(await live.exec('more', 'grep CapEff /proc/1/status')).toBe('CapEff:\t00000000aa0435fb\n')
  const strict = { capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false, seccompProfile: { type: 'RuntimeDefault' } }
  await running('strict', { securityContext: strict })
  expect(await kernelLines('strict')).toBe('CapPrm:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n')
  await running('user', { securityContext: { runAsUser: 1000 } })
  expect(await live.exec('user', 'grep CapPrm /proc/1/status; date -s 12:00; chown root /tmp')).toBe(
    "CapPrm:\t0000000000000000\ndate: can't set date: Operation not permitted\nchown: /tmp: Operation not permitted\n",
  )
})

test('a container finds its limits below /sys/fs/cgroup', async () => {
  await running('limited', { resources: { requests: { cpu: '1' }, limits: { cpu: '1500m', memory: '64Mi' } } })
  expect(await live.exec('limited', 'cd /sys/fs/cgroup; cat memory.max cpu.max cpu.weight')).toBe(
    '67108864\n150000 100000\n100\n',
  )
  expect(await live.exec('plain', 'cd /sys/fs/cgroup; cat memory.max cpu.max cpu.weight')).toBe('max\nmax 100000\n1\n')
  expect(await live.exec('plain', 'echo 1 > /sys/fs/cgroup/memory.max')).toContain('Read-only file system')
})

test('safe parameters of the kernel are set, and a Pod with others is refused', async () => {
  const sysctls = (name: string, value: string) => ({ securityContext: { sysctls: [{ name, value }] } })
  await running('tuned', {}, sysctls('net.ipv4.ip_local_port_range', '1024 2000'))
  expect(await live.exec('tuned', 'sysctl net.ipv4.ip_local_port_range; cat /proc/sys/kernel/shm_rmid_forced')).toBe(
    'net.ipv4.ip_local_port_range = 1024\t2000\n0\n',
  )
  await running('unsafe', {}, sysctls('kernel.msgmax', '65536'))
  expect((await live.get('Pod', 'unsafe')).status).toMatchObject({
    phase: 'Failed',
    reason: 'SysctlForbidden',
    message: 'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted',
  })
  expect(await live.events('unsafe')).toContain('Warning SysctlForbidden forbidden sysctl: "kernel.msgmax" not allowlisted')
})

test('the files of a neighbour are below its process, and its words and environment too', async () => {
  const web = { name: 'web', image: 'nginx:1.28', env: [{ name: 'COLOUR', value: 'blue' }] }
  await live.create('Pod', 'both', { spec: { shareProcessNamespace: true, containers: [web, shell('sleep infinity')] } })
  await live.pass(8)
  const line =
    'pid=$(pgrep -f "^nginx: master"); head -n 2 /proc/$pid/root/etc/nginx/nginx.conf; tr "\\0" "\\n" < /proc/$pid/environ | grep COLOUR'
  expect(await live.exec('both', line)).toBe('\nuser  nginx;\nCOLOUR=blue\n')
})

test('the tree of a node can be made the root of a shell', async () => {
  const volumes = [{ name: 'host', hostPath: { path: '/' } }]
  const more = { volumeMounts: [{ name: 'host', mountPath: '/host' }] }
  await running('visitor', more, { volumes, hostPID: true, hostNetwork: true, nodeName: 'node01' })
  expect(await live.exec('visitor', 'chroot /host cat /etc/hostname; chroot /host bash -c "cat /proc/1/comm"')).toBe(
    'node01\ninit\n',
  )
  expect(await live.exec('visitor', 'chroot /tmp')).toBe("chroot: can't execute '/bin/sh': No such file or directory\n")
})
