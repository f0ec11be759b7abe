/** Static Pods as a node has them: manifests in a folder, which tell what ought to run also while the API server is silent. */
import type { Pod } from './api/json.js'
import type { MachineReader } from './machine.js'

/** Where kubeadm keeps those of the control plane. */
export const MANIFESTS = '/etc/kubernetes/manifests'
/** Where provisioning left a copy of them; see `wheelhouse-restore-node`. */
const PRISTINE = '/var/lib/wheelhouse/pristine'

/** The manifest in a file, read as the kubelet would, whatever its style; undefined where there is none or it is no YAML. */
export async function podManifest(machine: MachineReader, path: string): Promise<Pod | undefined> {
  const { exists, content } = await machine.file(path)
  if (!exists) return undefined
  // Loaded here: most checkers do without.
  const { parse } = await import('yaml')
  try {
    return parse(content) as Pod
  } catch {
    return undefined
  }
}

/** The same manifest as it was when the node was made. @throws Error where the node has no such copy: a fault of ours */
export async function originalPodManifest(machine: MachineReader, path: string): Promise<Pod> {
  const pod = await podManifest(machine, `${PRISTINE}${path}`)
  if (!pod) throw new Error(`${machine.name} has no copy of ${path} as it was`)
  return pod
}

/** The flags of the first container, as `--name=value`. */
export function flagsOf(pod: Pod | undefined): string[] {
  const [container] = pod?.spec?.containers ?? []
  return [...(container?.command ?? []), ...(container?.args ?? [])].filter((word) => word.startsWith('--'))
}

/**
 * How the folder of manifests differs from what it was, a line a difference, in the words of diff. The kubelet passes over files
 * whose name begins with a dot, and so does this.
 *
 * @param except a manifest that may differ, by its file's name
 */
export async function manifestChanges(machine: MachineReader, except: string): Promise<string> {
  const folders = [`${PRISTINE}${MANIFESTS}`, MANIFESTS] as const
  const { stdout } = await machine.run(['diff', '-rq', '--exclude=.*', `--exclude=${except}`, ...folders])
  return stdout.replaceAll(PRISTINE, '(before)')
}
