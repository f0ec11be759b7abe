/** metrics.k8s.io, which a real cluster has once a metrics server is installed. Here the API server itself answers for it. */
import type { DiscoveredGroup } from './resource.js'

const verbs = ['get', 'list']
const kind = (name: string) => ({ group: '', version: '', kind: name })

export const metricsGroup: DiscoveredGroup = {
  name: 'metrics.k8s.io',
  versions: [
    {
      version: 'v1beta1',
      resources: [
        { resource: 'nodes', responseKind: kind('NodeMetrics'), scope: 'Cluster', singularResource: '', verbs },
        { resource: 'pods', responseKind: kind('PodMetrics'), scope: 'Namespaced', singularResource: '', verbs },
      ],
    },
  ],
}
