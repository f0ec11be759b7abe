/** /etc/hostname, /etc/hosts and /etc/resolv.conf, which every container gets from the kubelet. Models pkg/kubelet/{kubelet_pods,network/dns}.go (v1.36). */
import { type FileNode, file, type Mount } from '../containers/file-system.js'
import { resolvConfOf } from '../network/resolv-conf.js'
import type { Pod } from '../schema/kubernetes.generated.js'

const DOMAIN = 'cluster.local'
const LONGEST_HOSTNAME = 63

export const hostnameOf = ({ metadata, spec }: Pod, nodeName: string): string =>
  (spec.hostNetwork ? nodeName : (spec.hostnameOverride ?? spec.hostname ?? metadata.name)).slice(0, LONGEST_HOSTNAME)

/** Undefined where the Pod has no name in DNS, or one of its own making. */
const fullName = ({ metadata, spec }: Pod, hostname: string): string | undefined =>
  spec.subdomain && spec.hostnameOverride === undefined
    ? `${hostname}.${spec.subdomain}.${metadata.namespace}.svc.${DOMAIN}`
    : undefined

/** What the kernel tells the Pod's programs that they run on. */
export const kernelNameOf = (pod: Pod, hostname: string): string =>
  (pod.spec.setHostnameAsFQDN && !pod.spec.hostNetwork ? fullName(pod, hostname) : undefined) ?? hostname

function hostsOf(pod: Pod, hostname: string, podIp: string): string {
  const { spec } = pod
  const full = fullName(pod, hostname)
  const names = full ? [full, hostname] : [hostname]
  const lines = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    `${podIp}\t${names.join('\t')}`,
  ]
  const aliases = (spec.hostAliases ?? []).map(({ ip, hostnames }) => `${ip}\t${(hostnames ?? []).join('\t')}`)
  if (aliases.length > 0) lines.push('', '# Entries added by HostAliases.', ...aliases)
  return `${lines.join('\n')}\n`
}

export function systemFiles(pod: Pod, { hostname, podIp }: { hostname: string; podIp: string }): Mount[] {
  const mount = (path: string, root: FileNode): Mount => ({ path, root, readOnly: false })
  return [
    mount('/etc/hostname', file(`${kernelNameOf(pod, hostname)}\n`)),
    mount('/etc/hosts', file(hostsOf(pod, hostname, podIp))),
    mount('/etc/resolv.conf', file(resolvConfOf(pod))),
  ]
}
