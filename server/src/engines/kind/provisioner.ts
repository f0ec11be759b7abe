/** Makes one environment, step by step. Everything that is not kind's own work runs beside it. */
import type { EnvironmentSpec } from '../engine.js'
import { addonImages, installAddons } from './addons.js'
import type { ContainerCli, EngineFacts } from './container-cli.js'
import { KIND_STEPS } from './kind-progress.js'
import { kindOnHost, runKind } from './kind-run.js'
import { makeKubeconfigs } from './kubeconfigs.js'
import type { Layout, PlannedCluster, PlannedContainer } from './layout.js'
import { applyRules, createNetwork, guardRules } from './network.js'
import { finishScript, waitReadyScript } from './node-finish.js'
import { handled, type Provisioning, type ProvisionParts } from './provision-parts.js'
import type { EnvironmentRecord } from './record.js'
import type { KindSettings } from './settings.js'
import { type EnvironmentKeys, keysScript, machineNames, makeKeys, startBase } from './workstation.js'

export const PROVISION_STEPS = [
  'tools',
  'machine-image',
  'lab-images',
  'network',
  ...KIND_STEPS,
  'ready',
  'workstation',
  'load-images',
  'addons',
] as const

/** What kind 0.33 runs in front of several control planes. */
export const LOAD_BALANCER_IMAGE = 'envoyproxy/envoy:v1.36.2'

const READY_SECONDS = 300

export async function provisionEnvironment(given: ProvisionParts, of: Provisioning): Promise<EnvironmentRecord> {
  const { spec, steps, signal } = of
  const parts = { ...given, settings: withinHost(given.settings, await given.cli.facts()) }
  const options = signal ? { signal } : {}
  const work = (step: string) => ({ ...options, onOutput: (text: string) => steps.output(step, text) })
  const kubernetes = spec.clusters[0]?.kubernetes ?? ''
  const kind = await steps.run('tools', () => kindOnHost(parts, work('tools')))
  const image = await steps.run('machine-image', () => parts.machineImage.ensure(kubernetes, work('machine-image')))
  const inside = await parts.machineImage.imagesIn(image)
  const missing = nodeImagesFor(spec).filter((name) => !inside.includes(name))
  const wanted = [...missing, ...loadBalancersFor(spec)]
  if (wanted.length === 0) steps.skip('lab-images')
  else await steps.run('lab-images', () => parts.images.ensureAll(wanted, work('lab-images')))
  const layout = await steps.run('network', () => createNetwork(parts.cli, spec, parts.settings))
  const guarded = handled(guard(parts, layout, image))
  const keys = handled(keysOf(parts, layout, image))
  const kindMay = signalUntilOneFails([guarded, keys], signal)
  let finished: Promise<ClusterAccess[]> | undefined
  try {
    for (const cluster of layout.clusters)
      await runKind(parts, { cluster, layout, kind, image, keys }, { ...of, signal: kindMay })
    // What is left to write on the machines needs no node to be Ready.
    const finishing = handled(Promise.all([guarded, keys]).then(() => finish(parts, layout, signal)))
    finished = finishing
    await steps.run('ready', () => waitReady(parts, layout, signal))
    const clusters = await steps.run('workstation', () => finishing)
    await loadMissing(parts, { layout, missing }, of)
    await addAddons(parts, layout, of)
    const record = { spec, layout, image, clusters }
    await parts.records.save(record)
    return record
  } catch (error) {
    // Nothing of ours may still be running when the caller begins to remove what there is.
    await Promise.allSettled([guarded, keys, finished])
    throw error
  }
}

/** kind need not work for minutes where what is done beside it has failed: its step ends with that failure. */
function signalUntilOneFails(beside: readonly Promise<unknown>[], signal: AbortSignal | undefined): AbortSignal {
  const failure = new AbortController()
  for (const work of beside) work.catch((reason: unknown) => failure.abort(reason))
  return signal ? AbortSignal.any([signal, failure.signal]) : failure.signal
}

/** What the nodes need: the labs' images and those of the add-ons. */
const nodeImagesFor = ({ clusters, images }: EnvironmentSpec): string[] => [...images, ...addonImages(clusters)]

const loadBalancersFor = ({ clusters }: EnvironmentSpec): string[] =>
  clusters.some(({ controlPlanes }) => controlPlanes > 1) ? [LOAD_BALANCER_IMAGE] : []

/** The container engine refuses a bound above what its computer has. */
function withinHost(settings: KindSettings, { cpus }: EngineFacts): KindSettings {
  const { node, base } = settings.bounds
  return {
    ...settings,
    bounds: { node: { ...node, cpus: Math.min(node.cpus, cpus) }, base: { ...base, cpus: Math.min(base.cpus, cpus) } },
  }
}

/** Runs to its end even when the work is aborted: rules that come after the clean-up would stay for ever. */
async function guard(parts: ProvisionParts, layout: Layout, image: string): Promise<void> {
  await applyRules(parts.cli, image, guardRules(layout, parts.settings), parts.settings.installation)
}

/** `base` and the keys, made while kind works. */
async function keysOf({ cli, settings }: ProvisionParts, layout: Layout, image: string): Promise<EnvironmentKeys> {
  await startBase(cli, layout, settings, image)
  const keys = await makeKeys(cli, layout.base.container)
  await cli.script(layout.base.container, keysScript(keys, machineNames(layout), true))
  return keys
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

type ClusterAccess = EnvironmentRecord['clusters'][number]

/** The last touches on every machine. @returns how each cluster is reached, in order */
async function finish({ cli }: ProvisionParts, layout: Layout, signal?: AbortSignal): Promise<ClusterAccess[]> {
  const options = signal ? { signal } : {}
  const all = await Promise.all(layout.clusters.map((cluster) => accessTo(cli, cluster, signal)))
  const scriptsOf = (containers: PlannedContainer[], kubeconfig: string) =>
    containers.flatMap((planned) => {
      const script = finishScript(planned, kubeconfig)
      return script === null ? [] : [cli.script(planned.container, script, options)]
    })
  const onNodes = layout.clusters.flatMap(({ containers }, index) => scriptsOf(containers, all[index]?.learnerKubeconfig ?? ''))
  await Promise.all([...onNodes, ...scriptsOf([layout.base], all[0]?.learnerKubeconfig ?? '')])
  return all
}

async function accessTo(cli: ContainerCli, cluster: PlannedCluster, signal?: AbortSignal): Promise<ClusterAccess> {
  const [{ learner, grader }, apiPort] = await Promise.all([makeKubeconfigs(cli, cluster, signal), publishedPort(cli, cluster)])
  return { name: cluster.spec.name, learnerKubeconfig: learner, graderKubeconfig: grader, apiPort }
}

async function loadMissing(
  { loader }: ProvisionParts,
  { layout, missing }: { layout: Layout; missing: readonly string[] },
  { steps, signal }: Provisioning,
): Promise<void> {
  if (missing.length === 0) steps.skip('load-images')
  else await steps.run('load-images', () => loader.load(layout, missing, signal ? { signal } : {}))
}

async function addAddons({ cli }: ProvisionParts, layout: Layout, { steps, signal }: Provisioning): Promise<void> {
  const wanting = layout.clusters.filter(({ spec }) => spec.addons.length > 0)
  const install = () => Promise.all(wanting.map((cluster) => installAddons(cli, cluster, signal ? { signal } : {})))
  if (wanting.length === 0) steps.skip('addons')
  else await steps.run('addons', install)
}

/** The port of the host's loopback on which the API server is published. It stays the same over restarts. */
async function publishedPort(cli: ContainerCli, { containers }: PlannedCluster): Promise<number> {
  const front = containers.find(({ role }) => role === 'load-balancer') ?? containers[0]
  const said = await cli.run(['port', front?.container ?? '', '6443/tcp'])
  const port = Number(/:(\d+)\s*$/m.exec(said)?.[1])
  if (!port) throw new Error(`the API server's port is not published: ${said}`)
  return port
}
