/** `wheelhouse cluster run`: one cluster in the foreground, for any tool, gone with Ctrl+C. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { LabError } from '@wheelhouse/protocol'
import { Command } from 'commander'
import { writeFileByRename } from '../hosts/local-files.js'
import { action } from './speak.js'

interface RunOptions {
  engine: string
  workers: string
  kubeconfig?: string
  port: string
}

const run = new Command('run')
  .description('Run one cluster in the foreground; Ctrl+C deletes it')
  .option('--engine <name>', 'simulated (kind: use kind itself)', 'simulated')
  .option('--workers <count>', 'worker nodes beside the control plane, 0 to 5', '1')
  .option('--kubeconfig <file>', 'where to write the kubeconfig (default: wheelhouse-cluster below ~/.kube)')
  .option('--port <number>', 'port of the API server; 0 takes a free one', '0')
  .action(action(runCluster))

export const clusterCommand = new Command('cluster').description('Clusters without labs').addCommand(run)

async function runCluster(options: RunOptions): Promise<void> {
  const workers = Number(options.workers)
  if (options.engine !== 'simulated')
    throw new LabError('ENGINE_UNSUPPORTED', { engine: options.engine, what: '`wheelhouse cluster run`' })
  if (!Number.isInteger(workers) || workers < 0 || workers > 5)
    throw new LabError('ENGINE_UNSUPPORTED', { engine: 'simulated', what: `${options.workers} workers` })
  const { startCluster } = await import('../engines/simulated/foreground.js')
  const file = resolve(options.kubeconfig ?? join(homedir(), '.kube', 'wheelhouse-cluster'))
  const cluster = await startCluster({ workers, port: Number(options.port) })
  // Put in place only now: who waits for the file finds a cluster that answers.
  await writeFileByRename(file, cluster.kubeconfig, 0o600)
  console.log(`A cluster of ${workers + 1} nodes answers: export KUBECONFIG=${file}`)
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done())
  })
  await cluster.close()
}
