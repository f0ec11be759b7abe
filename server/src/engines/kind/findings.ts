/** What the kind engine needs of its computer: looked at, one by one, each with what to do where it is wrong. */
import { type DoctorFinding, LabError, message } from '@wheelhouse/protocol'
import { formatBytes } from '../../format.js'
import type { ExecutionHost } from '../../hosts/execution-host.js'
import { OLDEST, platformOf, type Tools } from '../../tools/tools.js'
import type { ContainerCli, EngineFacts } from './container-cli.js'
import type { MachineImage } from './machine-image.js'
import type { KindSettings } from './settings.js'

interface FindingParts {
  cli: ContainerCli
  host: ExecutionHost
  tools: Tools
  machineImage: MachineImage
  settings: KindSettings
}

/** Docker 20.10: `--cgroupns`, on which kind relies. */
const OLDEST_API = [1, 41] as const
const GIB = 1024 ** 3
/** One node and its workstation, with room for the server. Less works for nobody; twice that is comfortable. */
const LEAST_MEMORY = 2 * GIB
/** The node image and ours, unpacked, and one environment's disks. */
const LEAST_DISK = 6 * GIB
/** Cures kind's known failure at about the fourth cluster: "too many open files". */
const INOTIFY = { max_user_watches: 524_288, max_user_instances: 512 }

export async function kindFindings(parts: FindingParts): Promise<DoctorFinding[]> {
  const facts = await parts.cli.facts().catch((error: unknown) => error)
  const ours = [inotifyFinding(parts), toolFinding(parts, 'kind'), toolFinding(parts, 'kubectl')]
  if (!isFacts(facts)) return [engineMissing(parts, facts), ...OF_THE_ENGINE.map(later(parts)), ...(await Promise.all(ours))]
  const asked = [diskFinding(parts, facts), imageFinding(parts), ...ours]
  return [engineFinding(parts, facts), cgroupFinding(facts), memoryFinding(facts), ...(await Promise.all(asked))]
}

/** What only the container engine can say. */
const OF_THE_ENGINE = ['cgroup', 'memory', 'image-disk', 'machine-image'] as const

const later =
  ({ settings }: FindingParts) =>
  (name: string): DoctorFinding =>
    finding(name, 'unknown', message('doctor.later', { program: settings.provider }))

const isFacts = (value: unknown): value is EngineFacts => typeof value === 'object' && value !== null && 'apiVersion' in value

const finding = (
  name: string,
  status: DoctorFinding['status'],
  found: DoctorFinding['found'],
  remedy?: DoctorFinding['found'],
) => ({
  name,
  title: message(`doctor.${name}.title`),
  status,
  found,
  ...(remedy && status !== 'ok' ? { remedy } : {}),
})

function engineMissing({ settings }: FindingParts, error: unknown): DoctorFinding {
  const program = settings.provider
  const why = error instanceof LabError ? String(error.values.why ?? error.code) : String(error)
  return finding(
    'containers',
    'problem',
    message('doctor.containers.missing', { program, why }),
    message('doctor.containers.remedy', { program }),
  )
}

function engineFinding({ settings }: FindingParts, { version, apiVersion }: EngineFacts): DoctorFinding {
  const program = settings.provider
  const [major = 0, minor = 0] = apiVersion.split('.').map(Number)
  const isNew = program === 'podman' || major > OLDEST_API[0] || minor >= OLDEST_API[1]
  const found = message('doctor.containers.found', { program, version })
  return finding('containers', isNew ? 'ok' : 'problem', found, message('doctor.containers.old', { program }))
}

function cgroupFinding({ cgroupVersion }: EngineFacts): DoctorFinding {
  const found = message('doctor.cgroup.found', { version: cgroupVersion })
  return finding('cgroup', cgroupVersion === 2 ? 'ok' : 'warning', found, message('doctor.cgroup.remedy'))
}

function memoryFinding({ memoryBytes }: EngineFacts): DoctorFinding {
  const status = memoryBytes < LEAST_MEMORY ? 'problem' : memoryBytes < 2 * LEAST_MEMORY ? 'warning' : 'ok'
  const found = message('doctor.memory.found', { memory: formatBytes(memoryBytes) })
  return finding('memory', status, found, message('doctor.memory.remedy'))
}

async function diskFinding({ host }: FindingParts, { rootDirectory }: EngineFacts): Promise<DoctorFinding> {
  const said = await host.run({ argv: ['df', '-Pk', rootDirectory], timeoutMs: 10_000 }).catch(() => null)
  const free = Number(said?.stdout.trim().split('\n').at(-1)?.split(/\s+/)[3]) * 1024
  // In a virtual machine, as on a desktop, the engine's disk is not one of this computer's.
  if (said?.exitCode !== 0 || !Number.isFinite(free))
    return finding('image-disk', 'unknown', message('doctor.image-disk.unknown'))
  const status = free < LEAST_DISK ? 'problem' : free < 2 * LEAST_DISK ? 'warning' : 'ok'
  const found = message('doctor.image-disk.found', { free: formatBytes(free), directory: rootDirectory })
  return finding('image-disk', status, found, message('doctor.image-disk.remedy'))
}

async function inotifyFinding({ host }: FindingParts): Promise<DoctorFinding> {
  const names = Object.keys(INOTIFY) as (keyof typeof INOTIFY)[]
  const files = names.map((name) => `/proc/sys/fs/inotify/${name}`) as [string, ...string[]]
  const said = await host.run({ argv: ['cat', ...files], timeoutMs: 10_000 }).catch(() => null)
  if (said?.exitCode !== 0) return finding('inotify', 'unknown', message('doctor.inotify.unknown'))
  const [watches = 0, instances = 0] = said.stdout.trim().split('\n').map(Number)
  const isEnough = watches >= INOTIFY.max_user_watches && instances >= INOTIFY.max_user_instances
  const found = message('doctor.inotify.found', { watches, instances })
  return finding('inotify', isEnough ? 'ok' : 'warning', found, message('doctor.inotify.remedy'))
}

/** Nothing is wrong where a program is missing: it is brought when it is needed. */
async function toolFinding({ host, tools }: FindingParts, tool: keyof typeof OLDEST): Promise<DoctorFinding> {
  const path = await tools.find(tool, { platform: platformOf(await host.platform()) })
  if (!path) return finding(tool, 'ok', message('doctor.tool.download', { tool, oldest: `v${OLDEST[tool].join('.')}` }))
  const version = (await tools.versionOf(tool, path)) ?? '?'
  return finding(tool, 'ok', message('doctor.tool.found', { version, path }))
}

async function imageFinding({ machineImage, settings }: FindingParts): Promise<DoctorFinding> {
  const [kubernetes = ''] = Object.keys(settings.nodeImages)
  const built = await machineImage.built(kubernetes)
  if (!built) return finding('machine-image', 'ok', message('doctor.machine-image.later', { kubernetes }))
  if (built.missingTools.length === 0)
    return finding('machine-image', 'ok', message('doctor.machine-image.found', { kubernetes }))
  const tools = built.missingTools.join(', ')
  return finding(
    'machine-image',
    'warning',
    message('doctor.machine-image.incomplete', { tools }),
    message('doctor.machine-image.remedy'),
  )
}
