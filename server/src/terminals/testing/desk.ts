/** Terminals on real shells of this computer, and pages that look at them, without HTTP: for tests. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EnvironmentId, environmentId, type TerminalId } from '@wheelhouse/protocol'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../clock.js'
import type { KeeperChannel } from '../../engines/engine.js'
import { FakeEngine } from '../../engines/testing/fake-engine.js'
import type { TerminalRecord, TerminalRepository } from '../../store/repositories/terminals.js'
import { FileScreenArchive } from '../screen-archive.js'
import { Terminals, type TerminalsParts } from '../terminals.js'
import { Page, type PageOptions } from './page.js'

export interface Desk {
  readonly environment: EnvironmentId
  readonly engine: FakeEngine
  terminals: Terminals
  /** The channels that were opened, oldest first. */
  readonly channels: KeeperChannel[]
  openTerminal(machine?: string): Promise<TerminalRecord>
  /** A page on the terminal; the same `writer` and `at` as another one's are a page that reconnects. */
  look(record: TerminalRecord, options?: PageOptions): Promise<Page>
  /** Another server on the same rows, files and machines; the one before is gone without a word. */
  crash(): void
  stopMachines(): Promise<void>
  startMachines(): Promise<void>
}

export async function makeDesk(parts: Partial<TerminalsParts> = {}): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'wheelhouse-desk-'))
  const environment = environmentId('desk')
  const engine = new FakeEngine(join(folder, 'engine'))
  const clusters = [
    { name: 'main', kubernetes: 'v1.36', controlPlanes: 1, workers: 0, bareNodes: 0, cni: 'default', addons: [] } as const,
  ].map((cluster) => ({ ...cluster, addons: [...cluster.addons] }))
  await engine.provision({ id: environment, clusters, images: [] })
  const rows = memoryRows()
  const channels: KeeperChannel[] = []
  const servers: Terminals[] = []
  const makeServer = () => {
    const terminals = new Terminals({
      rows,
      environments: {
        touch: () => {},
        open: async (id) => {
          const opened = await engine.open(id)
          const openKeeper = (machine: string) => {
            const channel = opened.openKeeper(machine)
            channels.push(channel)
            return channel
          }
          return Object.assign(Object.create(opened), { openKeeper, machines: opened.machines })
        },
      },
      archive: new FileScreenArchive(join(folder, 'screens')),
      clock: systemClock,
      log: { warn: () => {} },
      newId: () => `t${Math.random().toString(36).slice(2, 11)}`,
      ...parts,
    })
    servers.push(terminals)
    return terminals
  }
  const pages: Page[] = []
  const desk: Desk = {
    environment,
    engine,
    terminals: makeServer(),
    channels,
    openTerminal: async (machine = 'base') =>
      desk.terminals.byId((await desk.terminals.open(environment, machine)).id as TerminalId),
    look: async (record, options) => {
      const page = new Page(await desk.terminals.use(record), options)
      pages.push(page)
      return page
    },
    crash: () => {
      for (const page of pages.splice(0)) page.hear(false)
      desk.terminals = makeServer()
    },
    stopMachines: () => engine.stop(environment),
    startMachines: async () => {
      await engine.start(environment)
      desk.terminals.environmentStarted(environment)
    },
  }
  onTestFinished(async () => {
    for (const page of pages) page.close()
    await Promise.all(servers.map((server) => server.leave()))
    await engine.destroy(environment)
    await rm(folder, { recursive: true, force: true })
  })
  return desk
}

function memoryRows(): TerminalRepository {
  const rows = new Map<TerminalId, TerminalRecord>()
  return {
    add: async (record) => void rows.set(record.id, record),
    byId: async (id) => rows.get(id),
    ofEnvironment: async (id) => [...rows.values()].filter(({ environment }) => environment === id),
    update: async (id, change) => {
      const row = rows.get(id)
      if (row) rows.set(id, { ...row, ...change })
    },
    remove: async (id) => void rows.delete(id),
  }
}
