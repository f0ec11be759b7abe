/** kind's own work on one cluster, with what is done beside it on the machines that it has made. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { LabError } from '@wheelhouse/protocol'
import type { ExecutionHost } from '../../hosts/execution-host.js'
import { platformOf } from '../../tools/tools.js'
import { CommandFailed } from '../step-reporter.js'
import { graceOf } from './container-cli.js'
import { kindConfig } from './kind-config.js'
import { KIND_STEPS, type KindStep, kindProgress } from './kind-progress.js'
import { shimScript } from './kind-shim.js'
import type { Layout, PlannedCluster } from './layout.js'
import { handled, type Provisioning, type ProvisionParts } from './provision-parts.js'
import { type EnvironmentKeys, flagsOf, keysScript, machineNames, startBareNode } from './workstation.js'

/** Milliseconds for kind's own work; three control planes took 108 s on two cores, and a slow disk may need four times that. */
const KIND_TIMEOUT_MS = 10 * 60_000

/** kind on the execution host. @returns its absolute path there */
export async function kindOnHost(
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

export interface KindRun {
  cluster: PlannedCluster
  layout: Layout
  kind: string
  image: string
  keys: Promise<EnvironmentKeys>
}

export async function runKind(parts: ProvisionParts, run: KindRun, of: Provisioning): Promise<void> {
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
      graceMs: graceOf(parts.cli.program),
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
