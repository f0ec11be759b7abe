/** Makes one environment, step by step. Everything that is not kind's own work runs beside it. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { LabError } from '@wheelhouse/protocol'
import type { ExecutionHost } from '../../hosts/execution-host.js'
import { platformOf, type Tools } from '../../tools/tools.js'
import type { EnvironmentSpec } from '../engine.js'
import { CommandFailed, type StepReporter } from '../step-reporter.js'
import type { ContainerCli, EngineFacts } from './container-cli.js'
import type { ImageLoader } from './image-loader.js'
import type { Images } from './images.js'
import { kindConfig } from './kind-config.js'
import { KIND_STEPS, type KindStep, kindProgress } from './kind-progress.js'
import { shimScript } from './kind-shim.js'
import { type ClusterKubeconfigs, makeKubeconfigs } from './kubeconfigs.js'
import type { Layout, PlannedCluster, PlannedContainer } from './layout.js'
import type { MachineImage } from './machine-image.js'
import { applyRules, createNetwork, guardRules } from './network.js'
import { finishScript, waitReadyScript } from './node-finish.js'
import type { EnvironmentRecord, Records } from './record.js'
import type { KindSettings } from './settings.js'
import { type EnvironmentKeys, flagsOf, keysScript, makeKeys, startBareNode, startBase } from './workstation.js'

export interface ProvisionParts {
  cli: ContainerCli
  host: ExecutionHost
  tools: Tools
  images: Images
  machineImage: MachineImage
  loader: ImageLoader
  records: Records
  settings: KindSettings
}

export const PROVISION_STEPS = [
  'tools',
  'machine-image',
  'lab-images',
  'network',
  ...KIND_STEPS,
  'ready',
  'workstation',
  'load-images',
] as const

/** What kind 0.33 runs in front of several control planes. */
export const LOAD_BALANCER_IMAGE = 'envoyproxy/envoy:v1.36.2'

/** Milliseconds for kind's own work; three control planes took 108 s on two cores, and a slow disk may need four times that. */
const KIND_TIMEOUT_MS = 10 * 60_000
const READY_SECONDS = 300

interface Provisioning {
  spec: EnvironmentSpec
  steps: StepReporter
  signal: AbortSignal | undefined
}

export async function provisionEnvironment(given: ProvisionParts, of: Provisioning): Promise<EnvironmentRecord> {
  const { spec, steps, signal } = of
  const parts = { ...given, settings: withinHost(given.settings, await given.cli.facts()) }
  const options = signal ? { signal } : {}
  const work = (step: string) => ({ ...options, onOutput: (text: string) => steps.output(step, text) })
  const kubernetes = spec.clusters[0]?.kubernetes ?? ''
  const kind = await steps.run('tools', () => kindOnHost(parts, work('tools')))
  const image = await steps.run('machine-image', () => parts.machineImage.ensure(kubernetes, work('machine-image')))
  await steps.run('lab-images', () => parts.images.ensureAll(imagesFor(spec), work('lab-images')))
  const layout = await steps.run('network', () => createNetwork(parts.cli, spec, parts.settings))
  const guarded = handled(guard(parts, layout, image))
  const keys = handled(keysOf(parts, layout, image))
  let finished: Promise<ClusterKubeconfigs[]> | undefined
  try {
    for (const cluster of layout.clusters) await runKind(parts, { cluster, layout, kind, image, keys }, of)
    // What is left to write on the machines needs no node to be Ready.
    const finishing = handled(Promise.all([guarded, keys]).then(() => finish(parts, layout, signal)))
    finished = finishing
    await steps.run('ready', () => waitReady(parts, layout, signal))
    const kubeconfigs = await steps.run('workstation', () => finishing)
    await loadMissing(parts, { spec, layout, image }, of)
    const record = await recordOf(parts, { spec, layout, image }, kubeconfigs)
    await parts.records.save(record)
    return record
  } catch (error) {
    // Nothing of ours may still be running when the caller begins to remove what there is.
    await Promise.allSettled([guarded, keys, finished])
    throw error
  }
}

const imagesFor = ({ clusters, images }: EnvironmentSpec): string[] =>
  clusters.some(({ controlPlanes }) => controlPlanes > 1) ? [...images, LOAD_BALANCER_IMAGE] : images

/** The container engine refuses a bound above what its computer has. */
function withinHost(settings: KindSettings, { cpus }: EngineFacts): KindSettings {
  const { node, base } = settings.bounds
  return {
    ...settings,
    bounds: { node: { ...node, cpus: Math.min(node.cpus, cpus) }, base: { ...base, cpus: Math.min(base.cpus, cpus) } },
  }
}

/** A promise that somebody looks at later: its failure is not "unhandled" meanwhile. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {})
  return promise
}

/** kind on the execution host. @returns its absolute path there */
async function kindOnHost(
  { host, tools }: ProvisionParts,
  work: { signal?: AbortSignal; onOutput: (text: string) => void },
): Promise<string> {
  const platform = platformOf(await host.platform())
  const onProgress = ({ receivedBytes, totalBytes }: { receivedBytes: number; totalBytes: number | null }) =>
    work.onOutput(`kind: ${receivedBytes} of ${totalBytes ?? '?'} bytes\n`)
  const path = await tools.ensure('kind', { platform, ...work, onProgress })
  return bringProgram(host, path)
}

/** A copy in the installation's folder on the host, which may be another computer; brought once for each content. */
async function bringProgram(host: ExecutionHost, path: string): Promise<string> {
  const bytes = await readFile(path)
  const there = `${host.directory}/tools/kind-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`
  if (!(await host.which(there))) await host.putFile(there, bytes, 0o755)
  return there
}

/** Runs to its end even when the work is aborted: rules that come after the clean-up would stay for ever. */
async function guard(parts: ProvisionParts, layout: Layout, image: string): Promise<void> {
  await applyRules(parts.cli, image, guardRules(layout.id, parts.settings.internet), parts.settings.installation)
}

/** `base` and the keys, made while kind works. */
async function keysOf({ cli, settings }: ProvisionParts, layout: Layout, image: string): Promise<EnvironmentKeys> {
  await startBase(cli, layout, settings, image)
  const keys = await makeKeys(cli, layout.base.container)
  await cli.script(layout.base.container, keysScript(keys, machineNames(layout), true))
  return keys
}

const machineNames = (layout: Layout) =>
  [layout.base, ...layout.clusters.flatMap(({ containers }) => containers)]
    .filter(({ role }) => role !== 'load-balancer')
    .map(({ machine }) => machine)

interface KindRun {
  cluster: PlannedCluster
  layout: Layout
  kind: string
  image: string
  keys: Promise<EnvironmentKeys>
}

async function runKind(parts: ProvisionParts, run: KindRun, of: Provisioning): Promise<void> {
  const { steps, signal } = of
  let current: KindStep | undefined
  let dressed: Promise<unknown> = Promise.resolve()
  const enter = (step: KindStep | undefined) => {
    if (current) steps.done(current)
    // The containers stand: their keys can come, and the bare nodes, while kubeadm works.
    if (current === 'machines') dressed = handled(dressNodes(parts, run))
    for (const skipped of skippedBetween(current, step)) steps.skip(skipped)
    current = step
    if (step) steps.started(step)
  }
  try {
    const command = await kindCommand(parts, run)
    steps.throwIfAborted()
    const progress = kindProgress(enter)
    const result = await parts.host.run({
      ...command,
      timeoutMs: KIND_TIMEOUT_MS,
      ...(signal ? { signal } : {}),
      onOutput: (text) => {
        progress(text)
        if (current) steps.output(current, text)
      },
    })
    if (result.exitCode !== 0) throw new CommandFailed(command.argv, result.exitCode, result.stderr)
    await dressed
    enter(undefined)
  } catch (error) {
    await dressed.catch(() => {})
    throw steps.failed(current ?? 'machines', error)
  }
}

/** The steps between two that kind did not need. */
function skippedBetween(from: KindStep | undefined, to: KindStep | undefined): KindStep[] {
  const start = from ? KIND_STEPS.indexOf(from) + 1 : 0
  return KIND_STEPS.slice(start, to ? KIND_STEPS.indexOf(to) : KIND_STEPS.length)
}

async function kindCommand({ cli, host, records, settings }: ProvisionParts, { cluster, layout, kind, image }: KindRun) {
  const directory = `${records.directory(layout.id)}/${cluster.spec.name}`
  const program = await host.which(cli.program)
  if (!program) throw new LabError('TOOL_MISSING', { tool: cli.program })
  const containers = cluster.containers.filter(({ role }) => role !== 'bare')
  const shim = shimScript({ program, containers, ...flagsOf(layout, settings) })
  await Promise.all([
    host.putFile(`${directory}/bin/${cli.program}`, shim, 0o755),
    host.putFile(`${directory}/kind.yaml`, kindConfig(cluster, await cli.facts(), settings.bounds.node)),
  ])
  const flags = ['--name', cluster.kindName, '--image', image, '--config', `${directory}/kind.yaml`]
  const argv: [string, ...string[]] = [
    kind,
    'create',
    'cluster',
    ...flags,
    '--kubeconfig',
    `${directory}/kind.kubeconfig`,
    '--retain',
  ]
  return {
    argv,
    env: {
      PATH: `${directory}/bin`,
      KIND_EXPERIMENTAL_PROVIDER: cli.program,
      KIND_EXPERIMENTAL_DOCKER_NETWORK: layout.network,
      KIND_EXPERIMENTAL_PODMAN_NETWORK: layout.network,
      KUBECONFIG: `${directory}/kind.kubeconfig`,
    },
  }
}

/** Keys for every node, and the machines that kind does not make. */
async function dressNodes(parts: ProvisionParts, { cluster, layout, image, keys }: KindRun): Promise<void> {
  const { cli, settings } = parts
  const nodes = cluster.containers.filter(({ role }) => role !== 'load-balancer')
  const script = keysScript(await keys, machineNames(layout), false)
  await Promise.all(
    nodes.map(async (planned) => {
      if (planned.role === 'bare') await startBareNode(cli, planned, layout, { image, settings })
      await cli.script(planned.container, script)
    }),
  )
}

async function waitReady({ cli }: ProvisionParts, layout: Layout, signal?: AbortSignal): Promise<void> {
  const waits = layout.clusters.map(async ({ spec, containers }) => {
    // Without a network plug-in no node becomes Ready; to install one is the learner's task.
    if (spec.cni === 'none') return
    const [first] = containers
    const script = waitReadyScript(spec.controlPlanes + spec.workers, READY_SECONDS)
    await cli.script(first?.container ?? '', script, { timeoutMs: (READY_SECONDS + 10) * 1000, ...(signal ? { signal } : {}) })
  })
  await Promise.all(waits)
}

/** The last touches on every machine. @returns the kubeconfigs of each cluster, in order */
async function finish({ cli }: ProvisionParts, layout: Layout, signal?: AbortSignal): Promise<ClusterKubeconfigs[]> {
  const options = signal ? { signal } : {}
  const all = await Promise.all(layout.clusters.map((cluster) => makeKubeconfigs(cli, cluster, signal)))
  const scriptsOf = (containers: PlannedContainer[], kubeconfig: string) =>
    containers.flatMap((planned) => {
      const script = finishScript(planned, kubeconfig)
      return script === null ? [] : [cli.script(planned.container, script, options)]
    })
  const onNodes = layout.clusters.flatMap(({ containers }, index) => scriptsOf(containers, all[index]?.learner ?? ''))
  await Promise.all([...onNodes, ...scriptsOf([layout.base], all[0]?.learner ?? '')])
  return all
}

async function loadMissing(
  parts: ProvisionParts,
  what: { spec: EnvironmentSpec; layout: Layout; image: string },
  { steps, signal }: Provisioning,
) {
  const inside = await parts.machineImage.imagesIn(what.image)
  const missing = what.spec.images.filter((image) => !inside.includes(image))
  if (missing.length === 0) steps.skip('load-images')
  else await steps.run('load-images', () => parts.loader.load(what.layout, missing, signal ? { signal } : {}))
}

type Made = Pick<EnvironmentRecord, 'spec' | 'layout' | 'image'>

async function recordOf({ cli }: ProvisionParts, made: Made, kubeconfigs: ClusterKubeconfigs[]): Promise<EnvironmentRecord> {
  const clusters = made.layout.clusters.map(async (cluster, index) => {
    const { learner = '', grader = '' } = kubeconfigs[index] ?? {}
    const name = cluster.spec.name
    return { name, learnerKubeconfig: learner, graderKubeconfig: grader, apiPort: await publishedPort(cli, cluster) }
  })
  return { ...made, clusters: await Promise.all(clusters) }
}

/** The port of the host's loopback on which the API server is published. It stays the same over restarts. */
async function publishedPort(cli: ContainerCli, { containers }: PlannedCluster): Promise<number> {
  const front = containers.find(({ role }) => role === 'load-balancer') ?? containers[0]
  const said = await cli.run(['port', front?.container ?? '', '6443/tcp'])
  const port = Number(/:(\d+)\s*$/m.exec(said)?.[1])
  if (!port) throw new Error(`the API server's port is not published: ${said}`)
  return port
}
