import { mkdir, mkdtemp, readFile, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { KeeperClient } from '../../terminals/keeper-client.js'
import { engineContract, freshId } from '../contract.js'
import { OpenBase } from './open-base.js'
import { kubectl, makeTestEngine, SharedEnvironment } from './testing.js'

const WHY = 'namespaces are forbidden here'
const findSandbox = async () => ({ missing: WHY })

engineContract('simulated, without a sandbox', () => makeTestEngine({ findSandbox }), { timeoutMs: 60_000, hasClusters: true })

describe('the simulated engine without a sandbox', () => {
  const shared = new SharedEnvironment({ findSandbox })
  const { sh, id } = shared
  const home = () => join(shared.under.directory, id, 'home')

  test('says that there is none and why, and that nobody can say what the shells use', async () => {
    expect(await shared.under.engine.capabilities()).toMatchObject({ noSandbox: WHY })
    expect(await shared.under.engine.status()).toMatchObject({
      available: true,
      version: expect.stringContaining('without a sandbox'),
    })
    expect((await shared.under.engine.usage(id)).memoryBytes).toBeNull()
  })

  test('its home is a private folder of the environment, and nothing of the settings of the server is seen', async () => {
    expect((await sh('pwd; echo "$HOME"')).stdout).toBe(`${home()}\n${home()}\n`)
    expect((await stat(home())).mode & 0o777).toBe(0o700)
    vi.stubEnv('WHEELHOUSE_STORE_URL', 'postgres://secret')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect((await sh('env')).stdout).not.toContain('secret')
  })

  test('what scripts of ours say of /home/candidate is its home, in words and in standard input', async () => {
    await sh('mkdir -p /home/candidate/answers; cat > "/home/candidate/answers/a.txt"', 'in /home/candidate\n')
    expect(await readFile(join(home(), 'answers/a.txt'), 'utf8')).toBe(`in ${home()}\n`)
    expect((await shared.environment.getFile('base', '/home/candidate/answers/a.txt')).toString()).toBe(`in ${home()}\n`)
  })

  test('a login shell finds the kubectl of the engine before any other', async () => {
    const { stdout } = await sh('exec bash -lc "command -v kubectl"')
    expect(stdout.trim()).toBe(join(shared.under.directory, id, 'tools/kubectl'))
  })

  test.skipIf(!kubectl)('the real kubectl reaches its cluster on loopback, after a restart of the server too', async () => {
    expect((await sh('kubectl get nodes --no-headers')).stdout).toMatch(/controlplane\s+Ready[\s\S]+node01\s+Ready/)
    const before = await readFile(join(home(), '.kube/config'), 'utf8')
    await shared.restart()
    expect((await sh('kubectl get nodes --no-headers')).stdout).toMatch(/controlplane\s+Ready[\s\S]+node01\s+Ready/)
    const after = await readFile(join(home(), '.kube/config'), 'utf8')
    expect(after.replace(/:\d+\n/, '')).toBe(before.replace(/:\d+\n/, ''))
  })

  test('a terminal is a shell of this account in that home', async () => {
    const client = await KeeperClient.connect(shared.environment.openKeeper('base'))
    onTestFinished(() => client.close())
    const { shell } = await client.open({ key: 'a', user: 'candidate', size: { columns: 200, rows: 24 } })
    const shown = await new Promise<string>((resolve) => {
      let output = ''
      const listener = {
        onAttached: () => {},
        onAccepted: () => {},
        onOutput: (_: number, bytes: Buffer) => {
          output += bytes.toString()
        },
        onExited: () => resolve(output),
      }
      client.attach(shell, listener, { from: 0, window: 1_000_000 })
      client.input(shell, {
        writer: 1,
        sequence: 0,
        bytes: Buffer.from('echo "at $PWD as $(id -u), config $KUBECONFIG"; exit\r'),
      })
    })
    expect(shown).toContain(`at ${home()} as ${process.getuid?.()}, config ${home()}/.kube/config`)
    expect(shown).toContain('candidate@base:~$')
  })
})

test('a folder with blanks in its name is reached by a link without, for scripts that do not quote', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'wheelhouse-open-'))
  onTestFinished(() => rm(parent, { recursive: true, force: true }))
  const directory = join(parent, 'Application Support', freshId())
  await mkdir(directory, { recursive: true })
  vi.stubEnv('TMPDIR', parent)
  onTestFinished(() => void vi.unstubAllEnvs())
  const base = new OpenBase({ directory, tools: {} })
  await base.start()
  const said = base.said('/home/candidate')
  expect(said).toMatch(/^[\w./-]+$/)
  expect(await readlink(said)).toBe(join(directory, 'home'))
  await base.remove()
  await expect(readlink(said)).rejects.toThrow()
})
