/** `wheelhouse cluster run`: one cluster in the foreground, for any tool, gone with Ctrl+C. */
import { readFile, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { LabError } from '@wheelhouse/protocol'
import { Command, Option } from 'commander'
import { writeFileByRename } from '../hosts/local-files.js'
import { readSettings, type SharedOptions, wholeNumber, withSharedOptions } from './options.js'
import { action } from './speak.js'

interface RunOptions extends SharedOptions {
  engine: 'simulated' | 'kind'
  workers: number
  kubeconfig?: string
  port: number
}

export interface ForegroundCluster {
  /** Of kubernetes-admin, as kubeadm makes it; its server is reachable from this computer. */
  kubeconfig: string
  /** Deletes it. */
  close(): Promise<void>
}

/** The first line of every kubeconfig that this command writes: it replaces and removes no other file. */
const MARK = '# written by: wheelhouse cluster run\n'

const LONGEST_TIMER_MS = 2 ** 31 - 1

const run = withSharedOptions(
  new Command('run')
    .description('Run one cluster in the foreground; Ctrl+C deletes it')
    .addOption(
      new Option('--engine <name>', 'what the cluster is: simulated needs nothing, kind needs Docker or Podman')
        .choices(['simulated', 'kind'])
        .default('simulated'),
    )
    .option('--workers <count>', 'worker nodes beside the control plane, 0 to 5', wholeNumber(0, 5), 1)
    .option('--kubeconfig <file>', 'where to write the kubeconfig (default: wheelhouse-cluster below ~/.kube)')
    .option('--port <number>', 'port of a simulated API server; 0 takes a free one', wholeNumber(0, 65_535), 0),
).action(action(runCluster))

export const clusterCommand = new Command('cluster').description('Clusters without labs').addCommand(run)

async function runCluster(options: RunOptions): Promise<void> {
  const file = resolve(options.kubeconfig ?? join(homedir(), '.kube', 'wheelhouse-cluster'))
  await refuseForeign(file)
  const ended = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.abort())
  const cluster = await start(options, ended.signal).catch((error: unknown) => {
    // Ctrl+C while it was being made: what there was is gone already.
    if (ended.signal.aborted) return null
    throw error
  })
  if (!cluster) return
  const text = `${MARK}${cluster.kubeconfig}`
  // A kind cluster runs elsewhere, and waiting for a signal keeps no process.
  const staying = setInterval(() => undefined, LONGEST_TIMER_MS)
  try {
    // Put in place only now: who waits for the file finds a cluster that answers.
    await writeFileByRename(file, text, 0o600)
    console.log(
      `A cluster of ${options.workers + 1} ${options.workers === 0 ? 'node' : 'nodes'} answers: export KUBECONFIG=${file}`,
    )
    if (!ended.signal.aborted) await new Promise((done) => ended.signal.addEventListener('abort', done, { once: true }))
  } finally {
    clearInterval(staying)
    if ((await readFile(file, 'utf8').catch(() => '')) === text) await rm(file, { force: true })
    await cluster.close()
  }
}

async function start({ engine, workers, port, ...shared }: RunOptions, signal: AbortSignal): Promise<ForegroundCluster> {
  if (engine === 'simulated') {
    const { startCluster } = await import('../engines/simulated/foreground.js')
    return startCluster({ workers, port })
  }
  const { startKindCluster } = await import('../engines/kind/foreground.js')
  return startKindCluster({ ...readSettings(shared), workers, signal })
}

/** @throws LabError `CONFIG_INVALID` where the file is there and somebody else's */
async function refuseForeign(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return MARK
    throw new LabError('CONFIG_INVALID', { problems: `- --kubeconfig: ${error.message}` })
  })
  if (!text.startsWith(MARK))
    throw new LabError('CONFIG_INVALID', {
      problems: `- --kubeconfig: ${file} was not written by this command and stays as it is`,
    })
}
