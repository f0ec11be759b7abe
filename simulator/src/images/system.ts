/** The images of the cluster's own Pods: programs that run, answer their probes and do nothing else, for the parts are simulated apart. */
import type { Program } from '../containers/process.js'
import { corednsImages } from './coredns.js'
import type { Image } from './image.js'
import { firstWords } from './system-logs.js'

/** Ports on which a real one answers its probes. */
const PORTS: Record<string, number[]> = {
  etcd: [2381],
  'kube-controller-manager': [10257],
  'kube-scheduler': [10259],
  'kube-proxy': [10256],
}

const daemon =
  (name: string): Program =>
  async (process) => {
    process.machine.main.handlesTerm = true
    for (const port of PORTS[name] ?? [])
      process.machine.network.listen(port, () => ({ status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'ok' }))
    const { cluster, network } = process.machine
    if (name === 'kube-apiserver' && cluster) {
      const { answer: http, identity: tls, take: stream } = cluster.apiServer
      network.listen(6443, { http, tls, stream, program: name })
    }
    await process.stdout.write(firstWords(name, process.machine))
    if (!process.signal.aborted)
      await new Promise<void>((resolve) => process.signal.addEventListener('abort', () => resolve(), { once: true }))
    return 0
  }

const image = (repository: string, program: string, options: { size: number }): Image => ({
  repository,
  entrypoint: [`/${program}`],
  command: [],
  programs: { [program]: daemon(program) },
  sizeBytes: options.size,
  steady: true,
  usesCluster: true,
})

const K8S = 'registry.k8s.io'

export const systemImages: Image[] = [
  ...corednsImages,
  image(`${K8S}/etcd`, 'etcd', { size: 22_474_213 }),
  image(`${K8S}/kube-apiserver`, 'kube-apiserver', { size: 30_738_101 }),
  image(`${K8S}/kube-controller-manager`, 'kube-controller-manager', { size: 27_454_347 }),
  image(`${K8S}/kube-scheduler`, 'kube-scheduler', { size: 21_351_454 }),
  image(`${K8S}/kube-proxy`, 'kube-proxy', { size: 56_325_719 }),
  {
    ...image('docker.io/kindest/kindnetd', 'kindnetd', { size: 44_748_532 }),
    programs: { kindnetd: daemon('kindnetd'), kindnet: daemon('kindnetd') },
  },
  image('docker.io/kindest/local-path-provisioner', 'local-path-provisioner', { size: 13_191_464 }),
  image(`${K8S}/pause`, 'pause', { size: 307_580 }),
]
