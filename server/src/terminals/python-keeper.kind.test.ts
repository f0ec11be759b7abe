/** The keeper where it lives: in a container, joined by `docker exec`. */
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeeperChannel } from '../engines/engine.js'
import { KeeperClient } from './keeper-client.js'
import { keeperContract } from './keeper-contract.js'

const PROGRAM = fileURLToPath(new URL('../../images/rootfs/usr/local/bin/wheelhouse-keeper', import.meta.url))
const IMAGE = 'kindest/node:v1.36.2'
const name = `wheelhouse-keeper-test-${randomBytes(4).toString('hex')}`
const run = promisify(execFile)
const docker = async (...args: string[]) => (await run('docker', args)).stdout

const open = (folder = '/run/wheelhouse'): KeeperChannel => {
  const env = `WHEELHOUSE_KEEPER_DIR=${folder}`
  const child = spawn('docker', ['exec', '-i', '-e', env, name, '/usr/local/bin/wheelhouse-keeper', 'connect'])
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const ended = new Promise<{ exitCode: number; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ exitCode: code ?? 137, stderr })),
  )
  return { input: child.stdin, output: child.stdout, ended, close: () => child.kill() }
}

beforeAll(async () => {
  await docker('run', '-d', '--name', name, '--init', '--entrypoint', 'sleep', IMAGE, 'infinity')
  await docker('cp', PROGRAM, `${name}:/usr/local/bin/wheelhouse-keeper`)
  await docker('exec', name, 'useradd', '-m', '-s', '/bin/bash', '-G', 'adm', 'candidate')
})
afterAll(async () => {
  await docker('rm', '-f', name)
})

let keepers = 0
keeperContract('the keeper in a container', async () => {
  const folder = `/run/wheelhouse-${++keepers}`
  const channels = new Map<KeeperChannel, () => void>()
  return {
    user: 'candidate',
    open: () => {
      const channel = open(folder)
      channels.set(channel, channel.close)
      return channel
    },
    cut: (channel) => channel.close(),
    destroy: async () => {
      const client = await KeeperClient.connect(open(folder))
      client.shutDown()
      await client.channel.ended
    },
  }
})

describe('the keeper in a container', () => {
  /** What a shell of this user prints for the script, up to its end. */
  async function printed(client: KeeperClient, user: 'candidate' | 'root', script: string): Promise<string> {
    const argv = ['/bin/bash', '-c', script]
    const { shell } = await client.open({ key: `${user}-${Math.random()}`, user, size: { columns: 80, rows: 24 }, argv })
    return new Promise((resolve) => {
      let text = ''
      const listener = {
        onAttached: () => {},
        onAccepted: () => {},
        onOutput: (_: number, bytes: Buffer) => {
          text += bytes
        },
        onExited: () => resolve(text.replaceAll('\r', '')),
      }
      client.attach(shell, listener, { from: 0, window: 100_000 })
    })
  }
  const connected = async () => KeeperClient.connect(open())

  test('a shell is its user, with groups, home and nothing of the keeper', async () => {
    const client = await connected()
    const said = await printed(
      client,
      'candidate',
      'id -un; id -Gn; pwd; echo $HOME $SHELL; umask; ls /proc/self/fd | wc -l; sudo -n true 2>&1 | head -c 1; ps -o tty= -p $$',
    )
    expect(said).toMatch(/^candidate\ncandidate adm\n\/home\/candidate\n\/home\/candidate \/bin\/bash\n0022\n4\n/)
    expect(await printed(client, 'root', 'id -un; pwd')).toBe('root\n/root\n')
    client.close()
  })

  test('a user who does not exist is refused', async () => {
    const client = await connected()
    await docker('exec', name, 'usermod', '-l', 'gone', 'candidate')
    const opening = client.open({ key: 'nobody', user: 'candidate', size: { columns: 80, rows: 24 } })
    await expect(opening).rejects.toMatchObject({ detail: expect.stringContaining('no such user') })
    await docker('exec', name, 'usermod', '-l', 'candidate', 'gone')
    client.close()
  })

  test('only root reaches its socket', async () => {
    const client = await connected()
    const said = await printed(
      client,
      'candidate',
      'ls /run/wheelhouse 2>&1; /usr/local/bin/wheelhouse-keeper connect </dev/null 2>&1 | tail -1',
    )
    expect(said).toContain('Permission denied')
    expect(await docker('exec', name, 'stat', '-c', '%a %U', '/run/wheelhouse/keeper.sock')).toBe('600 root\n')
    client.close()
  })

  test('the daemon outlives the exec that started it, and a restart of the machine makes a new one', async () => {
    const first = await connected()
    await first.open({ key: 'kept', user: 'candidate', size: { columns: 80, rows: 24 } })
    first.channel.close()
    await first.channel.ended
    const second = await connected()
    expect(second.keeper).toBe(first.keeper)
    expect((await second.list()).map(({ key }) => key)).toContain('kept')
    await docker('restart', '-t', '1', name)
    await second.channel.ended
    const third = await connected()
    expect(third.keeper).not.toBe(first.keeper)
    expect(await third.list()).toEqual([])
    third.close()
  })
})
