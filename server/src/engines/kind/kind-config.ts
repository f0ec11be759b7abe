/** kind's configuration file for one cluster of an environment. */
import { stringify } from 'yaml'
import type { EngineFacts } from './container-cli.js'
import type { PlannedCluster } from './layout.js'
import type { MachineBounds } from './settings.js'

/**
 * @see https://kind.sigs.k8s.io/docs/user/configuration/
 * @see https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
 */
export function kindConfig(cluster: PlannedCluster, facts: EngineFacts, bounds: MachineBounds): string {
  const nodes = cluster.containers.filter(({ role }) => role === 'control-plane' || role === 'worker')
  return stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    networking: {
      // Published on the host's loopback alone; the server reaches it through ExecutionHost.openPort.
      apiServerAddress: '127.0.0.1',
      disableDefaultCNI: cluster.spec.cni === 'none',
    },
    nodes: nodes.map(({ role }) => ({ role })),
    kubeadmConfigPatches: [
      stringify(clusterConfiguration(cluster)),
      stringify(joinConfiguration(cluster)),
      stringify(kubeletConfiguration(bounds, facts)),
    ],
  })
}

/** Names as kubeadm itself would choose them, so that contexts and certificates look as in the exam. */
function clusterConfiguration({ endpoint, containers }: PlannedCluster) {
  const names = containers.filter(({ role }) => role === 'control-plane' || role === 'load-balancer')
  return {
    kind: 'ClusterConfiguration',
    clusterName: 'kubernetes',
    controlPlaneEndpoint: endpoint,
    apiServer: {
      certSANs: ['localhost', '127.0.0.1', ...names.flatMap(({ machine, container, address }) => [machine, container, address])],
    },
  }
}

const joinConfiguration = ({ endpoint }: PlannedCluster) => ({
  kind: 'JoinConfiguration',
  discovery: { bootstrapToken: { apiServerEndpoint: endpoint } },
})

/**
 * The kubelet sees the whole computer. What lies beyond the container's bound is declared reserved, so that Allocatable is the bound.
 * Kubernetes 1.35 and later refuse cgroup v1 unless told otherwise.
 */
function kubeletConfiguration(bounds: MachineBounds, facts: EngineFacts) {
  const memoryKi = Math.floor(Math.max(0, facts.memoryBytes - bounds.memoryBytes) / 1024)
  const cpuMilli = Math.max(0, Math.round((facts.cpus - bounds.cpus) * 1000))
  return {
    kind: 'KubeletConfiguration',
    systemReserved: { memory: `${memoryKi}Ki`, cpu: `${cpuMilli}m` },
    ...(facts.cgroupVersion === 1 ? { failCgroupV1: false } : {}),
  }
}
