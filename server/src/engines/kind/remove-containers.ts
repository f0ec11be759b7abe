/** Removes containers, also those that the kernel will not let die. */
import { CommandFailed } from '../step-reporter.js'
import { type ContainerCli, linesOf } from './container-cli.js'

const TIMEOUT_MS = 300_000
/** A node that holds a frozen process gives no exit event; the engine says so after 10 s. */
const HELD = /did not receive an exit event/

/**
 * Removes containers with their anonymous volumes. On cgroup v1 a node that is killed while it starts a Pod's container can leave that
 * container's process frozen, and a frozen process does not die: it is thawed, and the removal tried again.
 *
 * @throws CommandFailed
 */
export async function removeContainers(cli: ContainerCli, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const remove = (which: readonly string[]) => cli.run(['rm', '-f', '-v', ...which], { timeoutMs: TIMEOUT_MS })
  try {
    await remove(names)
  } catch (error) {
    if (!(error instanceof CommandFailed) || !HELD.test(error.output)) throw error
    const left = await leftOf(cli, names)
    await Promise.all(left.map((container) => thaw(cli, container)))
    if (left.length > 0) await remove(left.map(({ id }) => id))
  }
}

/** Removes the volumes that bear these labels; their containers are gone. */
export async function removeVolumes(cli: ContainerCli, filters: readonly string[]): Promise<void> {
  const volumes = await cli.volumes(filters)
  if (volumes.length > 0) await cli.run(['volume', 'rm', '-f', ...volumes], { timeoutMs: TIMEOUT_MS })
}

async function leftOf(cli: ContainerCli, names: readonly string[]): Promise<{ id: string; image: string }[]> {
  // It fails for those that are gone, and prints the others all the same.
  const { stdout } = await cli.ask(['container', 'inspect', '--format', '{{.Id}}\t{{.Image}}', ...names])
  return linesOf(stdout).map((line) => {
    const [id = '', image = ''] = line.split('\t')
    return { id, image }
  })
}

/** Runs beside the container, from its image: nothing can be started in the container itself any more. */
async function thaw(cli: ContainerCli, { id, image }: { id: string; image: string }): Promise<void> {
  const freezer = '/sys/fs/cgroup/freezer'
  const script = `find /freezer -path '*${id}*' -name freezer.state | while read -r state; do echo THAWED >"$state"; done`
  const flags = ['--rm', '--privileged', '--network=none', '--entrypoint=sh']
  const mount = `--mount=type=bind,source=${freezer},target=/freezer`
  await cli.run(['run', ...flags, mount, image, '-c', script])
}
