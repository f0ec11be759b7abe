/** /etc/hostname, /etc/hosts and /etc/resolv.conf, which every container gets from the kubelet. Models pkg/kubelet/{kubelet_pods,network/dns}.go (v1.36). */
import { type FileNode, file, type Mount } from '../containers/file-system.js'
import { resolvConfOf } from '../network/resolv-conf.js'
import type { Pod } from '../schema/kubernetes.generated.js'

const DOMAIN = 'cluster.local'
const LONGEST_HOSTNAME = 63

export const hostnameOf = ({ metadata, spec }: Pod, nodeName: string): string =>
  (spec.hostNetwork ? nodeName : (spec.hostname ?? metadata.name)).slice(0, LONGEST_HOSTNAME)

function hostsOf({ metadata, spec }: Pod, hostname: string, podIp: string): string {
  const names = spec.subdomain ? [`${hostname}.${spec.subdomain}.${metadata.namespace}.svc.${DOMAIN}`, hostname] : [hostname]
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
    mount('/etc/hostname', file(`${hostname}\n`)),
    mount('/etc/hosts', file(hostsOf(pod, hostname, podIp))),
    mount('/etc/resolv.conf', file(resolvConfOf(pod))),
  ]
}
