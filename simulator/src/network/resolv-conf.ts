/** /etc/resolv.conf of a Pod. Models pkg/kubelet/network/dns/dns.go (v1.36). */
import type { Pod } from '../schema/kubernetes.generated.js'
import { NODE_GATEWAY } from './addresses.js'

/** The address of Service kube-dns, as kubelets are told. */
export const CLUSTER_DNS = '10.96.0.10'
const DOMAIN = 'cluster.local'
const MOST_SERVERS = 3
const MOST_SEARCHES = 32

interface Conf {
  servers: string[]
  search: string[]
  options: string[]
}

/** What a node itself has. */
const ofNode: Conf = { servers: [NODE_GATEWAY], search: [], options: ['edns0', 'trust-ad', 'ndots:0'] }

function ofPolicy(pod: Pod): Conf {
  const { dnsPolicy = 'ClusterFirst', hostNetwork } = pod.spec
  if (dnsPolicy === 'None') return { servers: [], search: [], options: [] }
  const isCluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork)
  if (!isCluster) return ofNode
  const search = [`${pod.metadata.namespace ?? 'default'}.svc.${DOMAIN}`, `svc.${DOMAIN}`, DOMAIN]
  return { servers: [CLUSTER_DNS], search: [...search, ...ofNode.search], options: ['ndots:5'] }
}

function merged(conf: Conf, { nameservers = [], searches = [], options = [] }: NonNullable<Pod['spec']['dnsConfig']>): Conf {
  const own = new Map(conf.options.map((option) => [option.split(':')[0] ?? '', option]))
  for (const { name = '', value } of options) own.set(name, value ? `${name}:${value}` : name)
  return {
    servers: [...new Set([...conf.servers, ...nameservers])],
    search: [...new Set([...conf.search, ...searches])],
    options: [...own.values()],
  }
}

/** The text of the file, as the kubelet writes it. */
export function resolvConfOf(pod: Pod): string {
  const conf = ofPolicy(pod)
  const { servers, search, options } = pod.spec.dnsConfig ? merged(conf, pod.spec.dnsConfig) : conf
  const lines = [
    ...(search.length > 0 ? [`search ${search.slice(0, MOST_SEARCHES).join(' ')}`] : []),
    ...servers.slice(0, MOST_SERVERS).map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
  ]
  return lines.map((line) => `${line}\n`).join('')
}
