/** The isolation of `base`, by each program that can make it, and with each way to hold it to its bounds. */
import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ThisComputer } from '../../hosts/this-computer.js'
import { engineContract } from '../contract.js'
import { findSandbox } from './find-sandbox.js'
import { HOLDERS, type HolderKind } from './sandbox-holder.js'
import { kubectl, makeTestEngine, missingHere, SharedEnvironment } from './testing.js'

const bounds = { memoryBytes: 150_000_000, processes: 60 }
const here = new ThisComputer(tmpdir())
/** The contract and the bounds are proved with the one that is taken here; the isolation is each one's own work. */
let taken: HolderKind | undefined

for (const holder of HOLDERS) {
  const missing = await missingHere(holder)
  const isTaken = !missing && taken === undefined
  if (isTaken) taken = holder
  const findIt = () => findSandbox(here, [holder])
  const withoutGroups = async () => {
    const found = await findIt()
    return 'missing' in found ? found : { ...found, cgroups: null }
  }
  if (isTaken)
    engineContract(`simulated, by ${holder}`, () => makeTestEngine({ bounds, findSandbox: findIt }), {
      timeoutMs: 60_000,
      hasClusters: true,
    })

  describe.skipIf(missing)(`the sandbox by ${holder}`, () => {
    const shared = new SharedEnvironment({ bounds, findSandbox: findIt })
    const { sh, id } = shared

    test('its system is read-only, its home is not', async () => {
      for (const path of ['/usr/x', '/etc/x', '/home/x', '/run/x', '/root/x'])
        expect((await sh(`touch ${path}`)).exitCode, path).not.toBe(0)
      expect(await sh('echo kept > ~/mine && cat ~/mine')).toMatchObject({ exitCode: 0, stdout: 'kept\n' })
      expect(await sh('echo kept > /tmp/mine && cat /tmp/mine')).toMatchObject({ exitCode: 0, stdout: 'kept\n' })
    })

    test('it sees no process but its own, no network but loopback, which is up, and no socket of this computer', async () => {
      expect((await sh('ls -d /proc/[0-9]* | wc -l')).stdout.trim()).toMatch(/^\d$/)
      expect((await sh('grep -c : /proc/net/dev')).stdout.trim()).toBe('1')
      expect((await sh('exec 3<>/dev/tcp/127.0.0.1/6443')).exitCode).toBe(0)
      expect((await sh('exec 3<>/dev/tcp/192.0.2.1/80')).stderr).toMatch(/unreachable/i)
      expect((await sh('find /run -type s 2>/dev/null; test -e /run/docker.sock && echo it')).stdout).toBe('')
    })

    test.skipIf(!kubectl)('what the cluster serves is known to kubectl before its first command', async () => {
      const { stderr } = await sh('kubectl get nodes -v=6')
      expect(stderr).toContain('/api/v1/nodes')
      expect(stderr).not.toContain('/apis?')
    })

    test('it is called base, knows its cluster by name, and sees nothing of the server', async () => {
      expect((await sh('hostname; grep -c controlplane /etc/hosts')).stdout).toMatch(/^base\n[1-9]/)
      expect((await sh('ls /home; ls -A /root 2>&1')).stdout).toMatch(/^candidate\ntools\n/)
      expect((await sh(`ls ${shared.under.directory}`)).exitCode).not.toBe(0)
    })

    test('whoever works in it is candidate to every program, and the accounts of this computer are not told', async () => {
      expect((await sh('whoami; touch ~/mine; stat -c "%U %G" ~/mine')).stdout).toBe('candidate\ncandidate candidate\n')
      expect((await sh('cut -d: -f1 /etc/passwd; echo x >> /etc/passwd')).stdout).toBe('candidate\nroot\nnobody\n')
    })

    test('nobody has a capability, mounts anything, or takes a cover away', async () => {
      expect((await sh('grep CapEff /proc/self/status')).stdout.trim()).toMatch(/\t0+$/)
      for (const command of ['mount -t tmpfs x /mnt', 'umount /run', 'umount /home', 'mount -o remount,rw,bind /'])
        expect((await sh(command)).exitCode, command).not.toBe(0)
    })

    test('one process may not reserve all memory, write a file without end, or gain rights', async () => {
      expect((await sh('ulimit -v; ulimit -f; ulimit -u; ulimit -c')).stdout.trim().split('\n')).toEqual([
        '4194304',
        '1048576',
        '512',
        '0',
      ])
      expect((await sh('grep NoNewPrivs /proc/self/status; id -u')).stdout).toMatch(
        process.getuid?.() === 0 ? /NoNewPrivs:\t1\n6\d{4}\n/ : /./,
      )
    })

    test('what it has written is known', async () => {
      const before = (await shared.under.engine.usage(id)).diskBytes ?? 0
      await sh('head -c 5000000 /dev/urandom > ~/large')
      const { diskBytes, memoryBytes } = await shared.under.engine.usage(id)
      expect(diskBytes).toBeGreaterThan(before + 4_900_000)
      expect(memoryBytes).not.toBeNull()
    })

    test.skipIf(!kubectl)('the real kubectl reaches its cluster, and its own alone', async () => {
      const nodes = await sh('kubectl get nodes --no-headers')
      expect(nodes.stdout).toMatch(/controlplane\s+Ready\s+control-plane[\s\S]+node01\s+Ready/)
    })

    test('a link in the home leads a server that comes back nowhere outside of it', async () => {
      const victim = join(shared.under.directory, `victim-of-${holder}`)
      await mkdir(victim, { mode: 0o700 })
      await sh(`rm -rf ~/.kube ~/.bashrc; ln -s ${victim} ~/.kube; ln -s ${victim}/bashrc ~/.bashrc`)
      await shared.restart()
      expect(await readdir(victim)).toEqual([])
      expect((await stat(victim)).uid).toBe(process.getuid?.())
      await sh('rm ~/.kube ~/.bashrc')
      await shared.restart()
      expect((await sh('test -s ~/.kube/config && test -s ~/.bashrc && stat -c %a ~/.kube/config')).stdout).toBe('600\n')
    })
  })

  for (const [by, find] of Object.entries({ 'control groups': findIt, 'the watch alone': withoutGroups }))
    describe.runIf(isTaken)(`the bounds of a sandbox by ${holder}, held by ${by}`, async () => {
      const found = await find()
      const groups = 'cgroups' in found && found.cgroups !== null
      if (by === 'control groups' && !missing && !groups)
        return test.skip('NOT RUN: this account may make no control groups here', () => {})
      const shared = new SharedEnvironment({ bounds, findSandbox: find })
      const { sh } = shared

      test('a program that takes too much memory is ended, and the environment goes on', async () => {
        const greedy = await sh('x=$(head -c 400000000 /dev/zero | tr "\\0" x); echo "kept it"')
        expect(greedy.stdout).toBe('')
        expect(greedy.exitCode).not.toBe(0)
        expect((await sh('echo well')).stdout).toBe('well\n')
      })

      test('who starts processes without end loses all of them, and the environment goes on', async () => {
        expect((await sh('for i in $(seq 80); do sleep 100 & done; wait; echo survived')).stdout).toBe('')
        expect((await sh('ls -d /proc/[0-9]* | wc -l')).stdout.trim()).toMatch(/^\d$/)
      })

      test.runIf(groups)('every program is in a group of the environment, which the system holds to its bounds', async () => {
        expect((await sh('cat /proc/self/cgroup')).stdout).toContain(`/wheelhouse-${shared.id}`)
        const folders = 'cgroups' in found ? (found.cgroups?.group(shared.id).folders ?? []) : []
        const files = ['pids.max', 'memory.max', 'memory.limit_in_bytes']
        const texts = await Promise.all(
          folders.flatMap((folder) => files.map((file) => readFile(join(folder, file), 'utf8').catch(() => ''))),
        )
        const [first = 0, second = 0] = texts.filter(Boolean).map(Number)
        expect(Math.min(first, second)).toBe(bounds.processes + 64)
        expect(Math.abs(Math.max(first, second) - bounds.memoryBytes)).toBeLessThan(4096)
      })

      test('the doctor is told which', async () => {
        expect((await shared.under.engine.capabilities()).sandbox).toEqual({ holder, bounds: groups ? 'cgroups' : 'watch' })
      })
    })
}
