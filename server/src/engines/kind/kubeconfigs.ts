/** The two kubeconfigs of a cluster: the learner's, for his machines, and the grader's, for the server. */
import { parse, stringify } from 'yaml'
import type { ContainerCli } from './container-cli.js'
import type { PlannedCluster } from './layout.js'

interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> }[]
}

/** Ten years: an environment may be kept for as long as its owner likes. */
const VALIDITY = '87600h'

export interface ClusterKubeconfigs {
  learner: string
  /** With the cluster's own server address in it; `graderFor` puts in where the server reaches it. */
  grader: string
}

/** Reads the administrator's kubeconfig and makes a certificate in system:masters for the grader alone. */
export async function makeKubeconfigs(
  cli: ContainerCli,
  cluster: PlannedCluster,
  signal?: AbortSignal,
): Promise<ClusterKubeconfigs> {
  const script = `
kubeadm kubeconfig user --client-name wheelhouse-grader --org system:masters --validity-period ${VALIDITY} --config /kind/kubeadm.conf 2>/dev/null
echo =====
cat /etc/kubernetes/admin.conf
`
  const [first] = cluster.containers
  const [grader = '', learner = ''] = (await cli.script(first?.container ?? '', script, signal ? { signal } : {})).split(
    '=====\n',
  )
  return { learner, grader }
}

/** The grader's kubeconfig for a server that reaches the API server at `host:port`. Its certificate says `localhost` whatever that is. */
export function graderFor(kubeconfig: string, address: { host: string; port: number }): string {
  const parsed = parse(kubeconfig) as Kubeconfig
  for (const { cluster } of parsed.clusters) {
    cluster.server = `https://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
    cluster['tls-server-name'] = 'localhost'
  }
  return stringify(parsed)
}
