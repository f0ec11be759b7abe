import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { KeeperChannel } from '../engines/engine.js'
import { KeeperClient } from './keeper-client.js'
import { keeperContract } from './keeper-contract.js'

const PROGRAM = fileURLToPath(new URL('../../images/rootfs/usr/local/bin/wheelhouse-keeper', import.meta.url))
const python = ['/usr/bin/python3', 'python3'].find((program) => spawnSync(program, ['-IS', '-c', '']).status === 0)
const why = 'needs Linux, python3 and root: run in a container by npm run test:kind'
const canRun = python !== undefined && process.platform === 'linux' && process.getuid?.() === 0

describe.runIf(canRun)('on this computer', () => {
  keeperContract('the keeper on a machine', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'wheelhouse-keeper-'))
    const processes = new Map<KeeperChannel, ChildProcessWithoutNullStreams>()
    const open = () => {
      const child = spawn(String(python), ['-IS', PROGRAM, 'connect'], { env: { WHEELHOUSE_KEEPER_DIR: directory } })
      const channel = channelOf(child)
      processes.set(channel, child)
      return channel
    }
    return {
      user: 'root',
      env: { HOME: directory },
      open,
      cut: (channel) => void processes.get(channel)?.kill('SIGKILL'),
      destroy: async () => {
        const client = await KeeperClient.connect(open())
        client.shutDown()
        await client.channel.ended
        await rm(directory, { recursive: true, force: true })
      },
    }
  })
})

function channelOf(child: ChildProcessWithoutNullStreams): KeeperChannel {
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const ended = new Promise<{ exitCode: number; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ exitCode: code ?? 137, stderr })),
  )
  return { input: child.stdin, output: child.stdout, ended, close: () => child.kill() }
}

if (!canRun) test.skip(`the keeper on a machine: ${why}`, () => {})

test('the program says how it is used', { skip: !python }, () => {
  const said = spawnSync(String(python), ['-IS', PROGRAM], { encoding: 'utf8' })
  expect(said.status).toBe(1)
  expect(said.stderr).toContain('usage')
})
