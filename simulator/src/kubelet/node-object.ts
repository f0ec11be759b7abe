/** How a node describes itself. */

import type { Draft } from '../objects/object.js'
import type { Node } from '../schema/kubernetes.generated.js'
import { timestamp } from '../time/clock.js'
import { VERSION } from '../version.js'

export interface NodeIdentity {
  name: string
  role: 'control-plane' | 'worker'
  address: string
  /** What stands before the last number of its Pods' addresses. */
  podRange: string
}

export const CAPACITY = {
  cpu: '4',
  'ephemeral-storage': '100Gi',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: '8Gi',
  pods: '110',
}

const condition = (type: string, status: string, reason: string, message: string, now: string) => ({
  type,
  status,
  reason,
  message,
  lastHeartbeatTime: now,
  lastTransitionTime: now,
})

/** What a node runs short of. */
export interface Shortage {
  memory: boolean
  disk: boolean
}

const conditionsAt = (now: string, { memory, disk }: Shortage) => [
  memory
    ? condition('MemoryPressure', 'True', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available', now)
    : condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available', now),
  disk
    ? condition('DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure', now)
    : condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure', now),
  condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available', now),
  condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status', now),
]

/** What a kubelet that is well says of its node. */
export const nodeConditions = (nowMs: number, shortage: Shortage = { memory: false, disk: false }) =>
  conditionsAt(timestamp(nowMs), shortage)

export interface NodeImage {
  names: string[]
  sizeBytes: number
}

/** As a Node lists the images that it was given. */
export const nodeImages = (names: readonly string[]): NodeImage[] => names.map((name) => ({ names: [name], sizeBytes: 0 }))

export function nodeObject(
  identity: NodeIdentity,
  options: { nowMs: number; images: NodeImage[]; machineId: string },
): Draft<Node> {
  const isControlPlane = identity.role === 'control-plane'
  const { name, address, podRange } = identity
  return {
    metadata: {
      name,
      annotations: { 'node.alpha.kubernetes.io/ttl': '0', 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...(isControlPlane
          ? { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' }
          : {}),
      },
    },
    spec: {
      podCIDR: `${podRange}.0/24`,
      podCIDRs: [`${podRange}.0/24`],
      providerID: `kind://docker/kubernetes/${name}`,
      ...(isControlPlane ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } : {}),
    },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      allocatable: CAPACITY,
      capacity: CAPACITY,
      conditions: nodeConditions(options.nowMs),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      images: options.images,
      nodeInfo: {
        architecture: 'amd64',
        bootID: options.machineId,
        containerRuntimeVersion: 'containerd://2.1.4',
        kernelVersion: '6.18.0',
        kubeProxyVersion: '',
        kubeletVersion: VERSION.gitVersion,
        machineID: options.machineId.replaceAll('-', ''),
        operatingSystem: 'linux',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        systemUUID: options.machineId.replaceAll('-', ''),
      },
    },
  } as Draft<Node>
}
