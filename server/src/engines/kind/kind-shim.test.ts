import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environmentId } from '@wheelhouse/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ThisComputer } from '../../hosts/this-computer.js'
import { specOf } from '../contract.js'
import { shimScript } from './kind-shim.js'
import { layoutOf } from './layout.js'
import { DEFAULT_BOUNDS } from './settings.js'

let directory: string
let run: (...args: string[]) => Promise<{ exitCode: number; lines: string[]; stderr: string }>

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wheelhouse-shim-'))
  const real = join(directory, 'the real', 'docker')
  await mkdir(join(directory, 'the real'))
  await writeFile(real, '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 })
  const { containers } = layoutOf(specOf(environmentId('abc'), { workers: 1 }), '10.201.0.0/28', { bounds: DEFAULT_BOUNDS })
    .clusters[0] ?? {
    containers: [],
  }
  const shim = join(directory, 'docker')
  await writeFile(shim, shimScript({ program: real, installation: 'inst', environment: 'abc', dns: '10.201.0.2', containers }), {
    mode: 0o755,
  })
  const host = new ThisComputer(directory)
  run = async (...args) => {
    const { exitCode, stdout, stderr } = await host.run({ argv: [shim, ...args] })
    return { exitCode, lines: stdout.split('\n').slice(0, -1), stderr }
  }
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** The line that kind 0.33 calls for a worker. */
const KIND_RUN = ['run', '--name', 'wh-abc-worker', '--hostname', 'wh-abc-worker', '--label', 'io.x-k8s.kind.role=worker']
const KIND_REST = [
  '--privileged',
  '--volume',
  '/var',
  '--restart=on-failure:1',
  '--init=false',
  '-e',
  'A=two words',
  'the/image:1',
]

test('gives a node labels, address, alias and bounds', async () => {
  const { lines } = await run(...KIND_RUN, ...KIND_REST)
  expect(lines[0]).toBe('run')
  expect(lines).toEqual(
    expect.arrayContaining([
      'wheelhouse.installation=inst',
      'wheelhouse.environment=abc',
      'wheelhouse.machine=node01',
      '--ip=10.201.0.4',
      '--network-alias=node01',
      '--memory=2147483648',
      '--memory-swap=2147483648',
      '--cpus=2',
      '--pids-limit=4096',
      '--dns=10.201.0.2',
    ]),
  )
})

test('puts our host name and restart policy where kind’s stood, and keeps all else in order', async () => {
  const { lines } = await run(...KIND_RUN, ...KIND_REST)
  const hostname = lines.indexOf('--hostname')
  expect(lines[hostname + 1]).toBe('node01')
  expect(lines.filter((line) => line.startsWith('--restart'))).toEqual(['--restart=unless-stopped'])
  expect(lines.slice(-3)).toEqual(['-e', 'A=two words', 'the/image:1'])
  expect(lines.slice(lines.indexOf('--name'), hostname)).toEqual(['--name', 'wh-abc-worker'])
})

test('takes away the KUBECONFIG that only root could read', async () => {
  const { lines } = await run(...KIND_RUN, '-e', 'KUBECONFIG=/etc/kubernetes/admin.conf', 'the/image:1')
  expect(lines.slice(-3)).toEqual(['-e', 'container=docker', 'the/image:1'])
})

test('passes every other command on, byte for byte', async () => {
  const { lines, exitCode } = await run('exec', '-i', 'wh-abc-worker', 'sh', '-c', 'echo "$HOME" \'x\'; *')
  expect(exitCode).toBe(0)
  expect(lines).toEqual(['exec', '-i', 'wh-abc-worker', 'sh', '-c', 'echo "$HOME" \'x\'; *'])
})

test('labels a volume that kind makes for Podman', async () => {
  const { lines } = await run('volume', 'create', '--label', 'wh-abc-worker=true')
  expect(lines.slice(0, 2)).toEqual(['volume', 'create'])
  expect(lines.slice(2).join(' ')).toBe(
    '--label wheelhouse.installation=inst --label wheelhouse.environment=abc --label wh-abc-worker=true',
  )
})

test('refuses a container that is not in the layout: it would bear no label', async () => {
  const { exitCode, stderr } = await run('run', '--name', 'wh-abc-worker9', 'the/image:1')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('wh-abc-worker9')
})
