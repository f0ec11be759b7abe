/** Everything that explains why an environment failed, as text files on the server. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContainerCli, FoundContainer } from './container-cli.js'

/** How much of each log is kept: the end, where the fault is. */
const LINES = '2000'

/** Asked inside each node; what does not apply to a machine says so in its own file. */
const INSIDE: Record<string, string[]> = {
  'kubelet.log': ['journalctl', '--no-pager', '-u', 'kubelet', '-n', LINES],
  'containerd.log': ['journalctl', '--no-pager', '-u', 'containerd', '-n', LINES],
  'containers.txt': ['crictl', 'ps', '-a'],
  'pods.log': ['sh', '-c', `for f in /var/log/containers/*.log; do echo "== $f"; tail -n 200 "$f"; done`],
  'nodes.txt': ['sh', '-c', 'kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes,pods -A -o wide --request-timeout=5s'],
}

export async function collectLogs(cli: ContainerCli, containers: readonly FoundContainer[], directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  const about = cli.ask(['info']).then(({ stdout, stderr }) => writeFile(join(directory, 'engine.txt'), stdout + stderr))
  await Promise.all([about, ...containers.map((container) => collectFrom(cli, container, join(directory, container.machine)))])
}

async function collectFrom(cli: ContainerCli, container: FoundContainer, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  const save = async (file: string, args: string[]) => {
    const said = await cli.ask(args).catch((error: unknown) => ({ stdout: '', stderr: String(error) }))
    await writeFile(join(directory, file), said.stdout + said.stderr)
  }
  const outside = [save('inspect.json', ['inspect', container.name]), save('boot.log', ['logs', '--tail', LINES, container.name])]
  const isNode = container.role !== 'base' && container.role !== 'load-balancer'
  const inside = isNode && container.state === 'running' ? Object.entries(INSIDE) : []
  await Promise.all([...outside, ...inside.map(([file, argv]) => save(file, ['exec', '-u', '0', container.name, ...argv]))])
}
