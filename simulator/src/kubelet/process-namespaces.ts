/** Which processes a container sees. Models pkg/kubelet/kuberuntime/util: namespacesForPod (v1.36). */
import { ProcessTable, type Running, still } from '../containers/process-table.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import { ConfigError, CreateError } from './environment.js'
import type { PodHost } from './pod-host.js'
import type { Slot } from './slot.js'

/** What runs on a node beside its Pods. */
const SYSTEM = [
  ['/sbin/init'],
  ['/lib/systemd/systemd-journald'],
  ['/usr/local/bin/containerd'],
  [
    '/usr/bin/kubelet',
    '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf',
    '--kubeconfig=/etc/kubernetes/kubelet.conf',
    '--config=/var/lib/kubelet/config.yaml',
  ],
]
const PAUSE_USER = { uid: 65535, gid: 65535, name: '' }

export function nodeProcesses(): ProcessTable {
  const table = new ProcessTable()
  for (const argv of SYSTEM) table.add(still(argv))
  return table
}

/** The process of a Pod's sandbox, and the table that its containers share where the Pod wants so. */
export class PodProcesses {
  readonly shared: ProcessTable | undefined
  readonly #pause: Running
  constructor(
    pod: Pod,
    readonly node: ProcessTable,
  ) {
    this.shared = pod.spec.shareProcessNamespace ? new ProcessTable(node) : undefined
    this.#pause = (this.shared ?? node).add(still(['/pause'], PAUSE_USER))
  }
  close(): void {
    const table = this.shared ?? this.node
    table.remove(this.#pause)
  }
}

export function processesFor(host: PodHost, { spec }: Slot): ProcessTable {
  const { pod, kubelet, slots, processes } = host
  const name = 'targetContainerName' in spec ? (spec.targetContainerName as string | undefined) : undefined
  if (name) return processesOfTarget(slots, name)
  if (pod.spec.hostPID) return kubelet.processes
  return processes.shared ?? new ProcessTable(kubelet.processes)
}

/** Models startSpec.getTargetID and validateTargetContainer of containerd. @throws ConfigError, CreateError where it does not run */
function processesOfTarget(slots: readonly Slot[], name: string): ProcessTable {
  const target = slots.find((each) => each.name === name)
  if (target?.state.type === 'running') return target.state.run.machine.processes
  const id = target?.state.type === 'ended' ? target.state.ended.id : target?.last?.id
  if (id === undefined) throw new ConfigError(`unable to find target container ${name}`)
  throw new CreateError(`invalid target container: container ${JSON.stringify(id)} is not running - in state CONTAINER_EXITED`)
}
