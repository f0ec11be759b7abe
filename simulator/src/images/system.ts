/** The images of the cluster's own Pods: programs that run, answer their probes and do nothing else, for the parts are simulated apart. */
import type { Program } from '../containers/process.js'
import type { Image } from './image.js'

/** Ports on which a real one answers its probes. */
const PORTS: Record<string, number[]> = {
  coredns: [8080, 8181, 9153],
  etcd: [2381],
  'kube-apiserver': [6443],
  'kube-controller-manager': [10257],
  'kube-scheduler': [10259],
  'kube-proxy': [10256],
}

const daemon =
  (name: string, firstLine: string): Program =>
  async (process) => {
    process.machine.main.handlesTerm = true
    for (const port of PORTS[name] ?? [])
      process.machine.network.listen(port, () => ({ status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'ok' }))
    if (firstLine) await process.stdout.write(`${firstLine}\n`)
    if (!process.signal.aborted)
      await new Promise<void>((resolve) => process.signal.addEventListener('abort', () => resolve(), { once: true }))
    return 0
  }

const image = (repository: string, program: string, options: { size: number; tags?: RegExp; line?: string }): Image => ({
  repository,
  ...(options.tags ? { tags: options.tags } : {}),
  entrypoint: [`/${program}`],
  command: [],
  programs: { [program]: daemon(program, options.line ?? '') },
  sizeBytes: options.size,
  steady: true,
})

const K8S = 'registry.k8s.io'

export const systemImages: Image[] = [
  image(`${K8S}/coredns/coredns`, 'coredns', {
    size: 22_663_296,
    line: '.:53\n[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b\nCoreDNS-1.14.2\nlinux/amd64, go1.26.4',
  }),
  image(`${K8S}/etcd`, 'etcd', { size: 22_474_213 }),
  image(`${K8S}/kube-apiserver`, 'kube-apiserver', { size: 30_738_101 }),
  image(`${K8S}/kube-controller-manager`, 'kube-controller-manager', { size: 27_454_347 }),
  image(`${K8S}/kube-scheduler`, 'kube-scheduler', { size: 21_351_454 }),
  image(`${K8S}/kube-proxy`, 'kube-proxy', { size: 56_325_719 }),
  {
    ...image('docker.io/kindest/kindnetd', 'kindnetd', { size: 44_748_532 }),
    programs: { kindnetd: daemon('kindnetd', ''), kindnet: daemon('kindnetd', '') },
  },
  image('docker.io/kindest/local-path-provisioner', 'local-path-provisioner', { size: 13_191_464 }),
  image(`${K8S}/pause`, 'pause', { size: 307_580 }),
]
