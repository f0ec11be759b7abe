/** The composition root: reads the configuration, wires the parts, listens, and takes them apart again. */
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DoctorReport, LabError } from '@wheelhouse/protocol'
import type { Logger } from 'pino'
import { Accounts } from './accounts/accounts.js'
import { buildApp, type RouteEntry } from './app.js'
import { Attempts } from './attempts/attempts.js'
import type { Catalogue } from './catalogue/catalogue.js'
import { type Clock, systemClock } from './clock.js'
import { type DataDirectory, lockDataDirectory, openDataDirectory, type ServerNote } from './config/data-directory.js'
import type { Config } from './config/schema.js'
import { engineFindings } from './doctor/engine-findings.js'
import { type DiskSpace, diskFinding, diskSpace, storeFinding } from './doctor/server-findings.js'
import { capabilitiesOf, engineView } from './engines/choose.js'
import type { Engine } from './engines/engine.js'
import { boundsOf } from './environments/bounds.js'
import type { EnvironmentContext } from './environments/context.js'
import { Deadlines } from './environments/deadlines.js'
import { DiskWatch } from './environments/disk-watch.js'
import { Environments } from './environments/environments.js'
import { Health } from './environments/health.js'
import { Pool } from './environments/pool.js'
import { recover } from './environments/recovery.js'
import { SandboxConsent } from './environments/sandbox-consent.js'
import { EnvironmentViews } from './environments/views.js'
import { Watch } from './environments/watch.js'
import { EventHub } from './events/event-hub.js'
import { forwardChanges } from './events/forward.js'
import { Notices } from './events/notices.js'
import type { Grader } from './grading/grader.js'
import type { App } from './http/types.js'
import { createLog } from './log.js'
import { newId } from './store/ids.js'
import { openStore, type Store } from './store/store.js'
import { FileScreenArchive } from './terminals/screen-archive.js'
import { Terminals } from './terminals/terminals.js'
import { VERSION } from './version.js'

export interface ServerOptions {
  config: Config
  dataDirectory: string
  /** Made before the labs are read, which takes longer than all else at a first start; `catalogue` is for later. */
  makeEngine: (parts: { data: DataDirectory; log: Logger; catalogue: Pick<Catalogue, 'images'> }) => Promise<Engine>
  makeGrader: (parts: { log: Logger }) => Promise<Grader>
  loadCatalogue: (parts: { data: DataDirectory }) => Promise<Catalogue>
  clock?: Clock
  log?: Logger
  /** Free space, for tests. */
  diskSpace?: () => Promise<DiskSpace>
  /** Answers are compared with their schemas before they leave: for tests. */
  checkAnswers?: boolean
}

export interface RunningServer {
  readonly url: string
  /** Signs the owner in, once. */
  readonly signInUrl: string
  readonly engine: Engine
  readonly app: App
  readonly parts: Parts
  /** Stops listening and lets go of everything. Environments stay. */
  close(): Promise<void>
}

interface Parts {
  data: DataDirectory
  /** Tells commands beside this server where it is. */
  note: (note: ServerNote) => void
  log: Logger
  store: Store
  engine: Engine
  grader: Grader
  accounts: Accounts
  environments: Environments
  environmentViews: EnvironmentViews
  sandboxConsent: SandboxConsent
  attempts: Attempts
  terminals: Terminals
  hub: EventHub
  notices: Notices
  watch: Watch
  context: EnvironmentContext
}

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Everything but the listening: what tests build, and `startServer` starts. */
export interface BuiltServer {
  readonly app: App
  readonly routes: readonly RouteEntry[]
  readonly parts: Parts
  /** The addresses under which it answers; whoever listens adds them. */
  readonly addresses: URL[]
  /** Goes on where the server before this one stopped, however it stopped. */
  resume(): Promise<void>
  close(): Promise<void>
}

/** @throws LabError `DATA_DIRECTORY_IN_USE`, `DATA_DIRECTORY_UNUSABLE`, `STORE_UNAVAILABLE`, `STORE_TOO_NEW`, `CONFIG_INVALID` */
export async function buildServer(options: ServerOptions): Promise<BuiltServer> {
  const data = openDataDirectory(options.dataDirectory)
  const closers: (() => unknown)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const lock = lockDataDirectory(data)
    closers.push(lock.release)
    let loaded: Catalogue | undefined
    const catalogue = () => {
      if (!loaded) throw new Error('the labs are not read yet')
      return loaded
    }
    const parts = await wire(options, { data, note: lock.note, catalogue, closers })
    loaded = await options.loadCatalogue({ data })
    const addresses: URL[] = []
    const { app, routes } = await application(parts, { options, catalogue, addresses })
    closers.push(() => app.close())
    return { app, routes, parts, addresses, close, resume: () => goOn(parts) }
  } catch (error) {
    await close()
    throw error
  }
}

/** @throws LabError as `buildServer`, and `PORT_TAKEN`, `ADDRESS_UNUSABLE` */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const built = await buildServer(options)
  const { app, parts, close } = built
  try {
    const url = await listen(app, options.config)
    built.addresses.push(new URL(url))
    const publicUrl = options.config.http.publicUrl || url
    parts.note({ pid: process.pid, url: publicUrl, startedAtMs: Date.now() })
    await built.resume()
    return { url, signInUrl: await signInAddress(publicUrl, parts), engine: parts.engine, app, parts, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Wiring {
  data: DataDirectory
  note: Parts['note']
  catalogue: () => Catalogue
  closers: (() => unknown)[]
}

async function wire(options: ServerOptions, { data, note, catalogue, closers }: Wiring): Promise<Parts> {
  const { config, clock = systemClock } = options
  const log = options.log ?? createLog(config, data.logFile)
  const store = await openStore(config.store.url || data.databaseFile)
  closers.push(() => store.close())
  const engine = await options.makeEngine({ data, log, catalogue: { images: () => catalogue().images() } })
  closers.push(() => engine.close())
  engine.warm?.()
  const grader = await options.makeGrader({ log })
  closers.push(() => grader.close())
  const settings = config.environments
  const context: EnvironmentContext = {
    store,
    engine,
    clock,
    log,
    settings,
    serverId: data.installationId,
    logsDirectory: join(data.path, 'logs'),
    diskSpace: options.diskSpace ?? (() => diskSpace(data.path)),
  }
  const bounds = boundsOf(settings, await capabilitiesOf(engine))
  const sandboxConsent = new SandboxConsent({ ...context, http: config.http, file: join(data.path, 'no-sandbox.json') })
  const limits = { bounds, sandboxConsent, trustLearners: config.accounts.trustLearners }
  const environments = new Environments({ ...context, ...limits })
  const environmentViews = new EnvironmentViews(context, environments)
  const hub = new EventHub()
  const attempts = new Attempts({ store, catalogue, grader, environments, environmentViews, hub, clock, log })
  closers.push(() => environments.close())
  const terminals = wireTerminals({ store, environments, clock, log, data, closers })
  closers.push(() => attempts.close())
  const notices = new Notices(hub)
  const watch = watchOver({ context, environments, environmentViews, notices, catalogue })
  closers.push(() => watch.close())
  closers.push(forwardChanges({ environments, environmentViews, hub, log }))
  const accounts = new Accounts({ store, clock, settings: config.accounts })
  return {
    data,
    note,
    log,
    store,
    engine,
    grader,
    accounts,
    environments,
    environmentViews,
    sandboxConsent,
    attempts,
    terminals,
    hub,
    notices,
    watch,
    context,
  }
}

interface WatchedParts extends Pick<Parts, 'context' | 'environments' | 'environmentViews' | 'notices'> {
  catalogue: () => Catalogue
}

function watchOver({ context, environments, environmentViews: views, notices, catalogue }: WatchedParts): Watch {
  const deadlines = new Deadlines({ context, environments, views, notices })
  const health = new Health({ context, environments, notices })
  const disk = new DiskWatch({ context, environments, notices })
  const pool = new Pool({ context, environments, catalogue })
  const looks = Object.entries({ deadlines, health, disk, pool }).map(([name, part]) => ({ name, look: () => part.look() }))
  return new Watch({ context, environments, looks })
}

interface TerminalWiring {
  store: Store
  environments: Environments
  clock: Clock
  log: Logger
  data: DataDirectory
  closers: (() => unknown)[]
}

/** Terminals follow their environment: back at once when it starts, gone when it is deleted. */
function wireTerminals({ store, environments, clock, log, data, closers }: TerminalWiring): Terminals {
  const archive = new FileScreenArchive(join(data.path, 'terminals'))
  const terminals = new Terminals({ rows: store.terminals, environments, archive, clock, log, newId })
  const unfollow = environments.onChange(({ id, state }) => {
    if (state.phase === 'ready') terminals.environmentStarted(id)
    if (state.phase === 'deleted')
      terminals
        .environmentDeleted(id)
        .catch((error: unknown) => log.warn({ err: error, environment: id }, 'its terminals could not be ended'))
  })
  closers.push(() => terminals.leave())
  closers.push(unfollow)
  return terminals
}

interface ApplicationParts {
  options: ServerOptions
  catalogue: () => Catalogue
  addresses: readonly URL[]
}

function application(parts: Parts, { options, catalogue, addresses }: ApplicationParts): ReturnType<typeof buildApp> {
  const { config, clock = systemClock } = options
  const { data, engine, log } = parts
  return buildApp(
    {
      ...parts,
      config,
      clock,
      catalogue,
      version: VERSION,
      installationId: data.installationId,
      signingKey: data.signingKey,
      engine: { name: engine.name, view: () => engineView(engine), capabilities: () => capabilitiesOf(engine) },
      doctor: () => doctorReport(parts, { config, clock }),
      notices: (learner) => parts.notices.currentFor(learner),
      logsDirectory: join(data.path, 'logs'),
      webDirectory: join(repository, 'web', 'dist', 'app'),
      addresses: () => addresses,
    },
    { log, checkAnswers: options.checkAnswers ?? false },
  )
}

async function doctorReport(
  { data, store, engine }: Pick<Parts, 'data' | 'store' | 'engine'>,
  { config, clock }: { config: Config; clock: Clock },
): Promise<DoctorReport> {
  const ours = [storeFinding(store), diskFinding(data.path, config.environments.diskFloorGb)]
  const [engines, ...others] = await Promise.all([engineFindings(engine), ...ours])
  return { findings: [...engines, ...others], checkedAtMs: clock.now() }
}

async function goOn({ context, environments, attempts, watch }: Parts): Promise<void> {
  await recover(context, environments)
  await attempts.resume()
  await watch.now()
  watch.start()
}

async function listen(app: App, { http }: Config): Promise<string> {
  try {
    await app.listen({ host: http.host, port: http.port })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new LabError('PORT_TAKEN', { host: http.host, port: http.port, other: http.port + 1 })
    throw new LabError('ADDRESS_UNUSABLE', { host: http.host, port: http.port, why: message }, { cause: error })
  }
  const { port } = app.server.address() as AddressInfo
  const name = http.host.includes(':') ? `[${http.host}]` : http.host
  return `http://${name}:${port}`
}

async function signInAddress(url: string, { accounts }: Pick<Parts, 'accounts'>): Promise<string> {
  const owner = await accounts.owner()
  return `${url}/sign-in?token=${await accounts.createLink(owner.id)}`
}
