import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder.js'
import { KeeperClient } from '../keeper-client.js'
import { keeperContract } from '../keeper-contract.js'
import { openLocalKeeper, stopLocalKeeper } from './local-keeper.js'

const shellPlan = { argv: ['/bin/sh'], env: { PS1: '$ ', ENV: '' } } as const

keeperContract('the local keeper', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'wheelhouse-keeper-'))
  const plan = { ...shellPlan, argv: ['/bin/sh'] as [string], cwd: directory, env: { ...shellPlan.env, HOME: directory } }
  return {
    user: 'candidate',
    open: () => openLocalKeeper({ directory, shells: { candidate: plan } }),
    cut: (channel) => channel.close(),
    destroy: async () => {
      await stopLocalKeeper(directory)
      await rm(directory, { recursive: true, force: true })
    },
  }
})

async function folder(...parts: string[]): Promise<string> {
  const directory = join(temporaryFolder('keeper'), ...parts)
  onTestFinished(() => stopLocalKeeper(directory))
  return directory
}

test('two channels that come at once start one keeper', async () => {
  const directory = await folder()
  const clients = await Promise.all([1, 2, 3].map(() => KeeperClient.connect(openLocalKeeper({ directory }))))
  expect(new Set(clients.map((client) => client.keeper)).size).toBe(1)
  for (const client of clients) client.close()
})

test('keepers of one house share a process and nothing else', async () => {
  const [house, first, second] = [await folder('house'), await folder('first'), await folder('second')]
  const open = (directory: string) => KeeperClient.connect(openLocalKeeper({ directory, house }))
  const [one, other] = await Promise.all([open(first), open(second)])
  expect(one.keeper).not.toBe(other.keeper)
  const cat = { key: 'a', user: 'root', size: { columns: 80, rows: 24 }, argv: ['/bin/cat'] } as const
  await one.open(cat)
  expect(await other.list()).toEqual([])
  expect((await other.open(cat)).existing).toBe(false)
  await stopLocalKeeper(first)
  expect(await other.list()).toHaveLength(1)
  other.close()
})

test('a folder whose path is too long for a socket works all the same', async () => {
  const directory = await folder('x'.repeat(120))
  const client = await KeeperClient.connect(openLocalKeeper({ directory }))
  expect(client.keeper).not.toBe('')
  client.close()
})

test('the shell inherits none of the settings of the server', async () => {
  process.env.WHEELHOUSE_SECRET_OF_THE_TEST = 'leaked'
  const directory = await folder()
  const client = await KeeperClient.connect(openLocalKeeper({ directory }))
  const { shell } = await client.open({ key: 'a', user: 'root', size: { columns: 80, rows: 24 }, argv: ['/usr/bin/env'] })
  const text = await new Promise<string>((resolve) => {
    let seen = ''
    client.attach(
      shell,
      {
        onAttached: () => {},
        onAccepted: () => {},
        onOutput: (_, bytes) => {
          seen += bytes
        },
        onExited: () => resolve(seen),
      },
      { from: 0, window: 100_000 },
    )
  })
  expect(text).toContain('TERM=xterm-256color')
  expect(text).not.toContain('leaked')
  client.close()
})
