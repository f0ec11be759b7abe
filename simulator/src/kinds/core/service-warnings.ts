/** What is said of a Service that is allowed, and will not do what it seems to ask for. */
import type { Service } from '../../schema/kubernetes.generated.js'

const TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints'

/** Models GetWarningsForService of pkg/api/service/warnings.go (v1.36), without its remarks on how addresses are written. */
export function serviceWarnings({ metadata, spec }: Service): string[] {
  const { type, clusterIP, externalIPs = [], externalName, trafficDistribution } = spec
  const isHeadless = clusterIP === 'None'
  const isName = type === 'ExternalName'
  const says: [boolean, string][] = [
    [
      metadata.annotations?.[TOPOLOGY_HINTS] !== undefined,
      `annotation ${TOPOLOGY_HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`,
    ],
    [isHeadless && Boolean(spec.loadBalancerIP), 'spec.loadBalancerIP is ignored for headless services'],
    [isHeadless && externalIPs.length > 0, 'spec.externalIPs is ignored for headless services'],
    [isHeadless && spec.sessionAffinity !== 'None', 'spec.SessionAffinity is ignored for headless services'],
    [
      externalIPs.length > 0 && !isHeadless && !isName,
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
    ],
    [isName && externalIPs.length > 0, 'spec.externalIPs is ignored when spec.type is "ExternalName"'],
    [!isName && Boolean(externalName), 'spec.externalName is ignored when spec.type is not "ExternalName"'],
    [trafficDistribution === 'PreferClose', 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'],
  ]
  return says.filter(([holds]) => holds).map(([, text]) => text)
}
