/** A kind engine for tests: an installation of its own, in a folder of its own, removed with all that it made. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionHost } from '../../hosts/execution-host.js'
import { ThisComputer } from '../../hosts/this-computer.js'
import type { EngineUnderTest } from '../contract.js'
import { cleanInstallation } from './clean.js'
import { KindEngine } from './kind-engine.js'
import type { KindSettings } from './settings.js'
import { testSettings, testTools } from './testing-installation.js'

export interface KindUnderTest extends EngineUnderTest {
  engine: KindEngine
  again: () => Promise<KindEngine>
  settings: KindSettings
  host: ExecutionHost
  /** Of \`remove\`, what needs no container engine. */
  removeFolder: () => Promise<void>
}

export async function kindUnderTest(
  change: Partial<KindSettings> = {},
  makeHost: (directory: string) => Promise<ExecutionHost> = async (directory) => new ThisComputer(directory),
): Promise<KindUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'wheelhouse-kind-'))
  await mkdir(join(directory, 'host'), { mode: 0o700 })
  const host = await makeHost(join(directory, 'host'))
  const settings = testSettings(change)
  const tools = testTools()
  const removeFolder = () => rm(directory, { recursive: true, force: true })
  const again = async () => new KindEngine(host, settings, tools)
  return {
    engine: await again(),
    again,
    settings,
    host,
    removeFolder,
    remove: async () => {
      await cleanInstallation(new KindEngine(host, settings, tools).cli, settings, { images: false })
      await removeFolder()
    },
  }
}
