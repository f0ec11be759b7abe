/**
 * Which connections NetworkPolicies let through. Judged after a Service's address has become a Pod's, as kindnet does.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import type { Informers } from '../controllers/runtime/informer.js'
import { selectorOf } from '../objects/selector.js'
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, Pod } from '../schema/kubernetes.generated.js'
import { inRange } from './addresses.js'
import type { Protocol } from './kube-proxy.js'

/** One end of a connection: a Pod of the Pod network, or anything else that has an address. */
export interface Party {
  address: string
  pod?: Pod | undefined
}

export interface Flow {
  from: Party
  to: Party
  port: number
  protocol: Protocol
}

type Direction = 'Ingress' | 'Egress'

function policiesOf(informers: Informers, pod: Pod, direction: Direction): NetworkPolicy[] {
  return informers
    .list('NetworkPolicy', pod.metadata.namespace)
    .filter(({ spec }) => spec?.policyTypes?.includes(direction) && selectorOf(spec.podSelector ?? {})(pod.metadata.labels))
}

function peerMatches(
  informers: Informers,
  peer: NetworkPolicyPeer,
  { party, namespace }: { party: Party; namespace: string },
): boolean {
  const { ipBlock, podSelector, namespaceSelector } = peer
  if (ipBlock)
    return inRange(party.address, ipBlock.cidr) && !(ipBlock.except ?? []).some((range) => inRange(party.address, range))
  if (!party.pod) return false
  const own = party.pod.metadata.namespace ?? ''
  if (!namespaceSelector && own !== namespace) return false
  if (namespaceSelector && !selectorOf(namespaceSelector)(informers.get('Namespace', own)?.metadata.labels)) return false
  return !podSelector || selectorOf(podSelector)(party.pod.metadata.labels)
}

/** The number of a named port in the Pod that is reached. */
function namedPort(pod: Pod | undefined, name: string, protocol: Protocol): number | undefined {
  const ports = [...(pod?.spec.containers ?? []), ...(pod?.spec.initContainers ?? [])].flatMap((each) => each.ports ?? [])
  return ports.find((each) => each.name === name && (each.protocol ?? 'TCP') === protocol)?.containerPort
}

function portMatches(wanted: NetworkPolicyPort, { to, port, protocol }: Flow): boolean {
  if ((wanted.protocol ?? 'TCP') !== protocol) return false
  if (wanted.port === undefined) return true
  if (typeof wanted.port === 'string') return namedPort(to.pod, wanted.port, protocol) === port
  return wanted.endPort === undefined ? wanted.port === port : port >= wanted.port && port <= wanted.endPort
}

interface Rule {
  ports?: NetworkPolicyPort[] | undefined
  peers?: NetworkPolicyPeer[] | undefined
}

const rulesOf = ({ spec }: NetworkPolicy, direction: Direction): Rule[] =>
  direction === 'Ingress'
    ? (spec?.ingress ?? []).map(({ ports, from }) => ({ ports, peers: from }))
    : (spec?.egress ?? []).map(({ ports, to }) => ({ ports, peers: to }))

function allows(informers: Informers, flow: Flow, direction: Direction): boolean {
  const [own, other] = direction === 'Ingress' ? [flow.to, flow.from] : [flow.from, flow.to]
  if (!own.pod) return true
  const policies = policiesOf(informers, own.pod, direction)
  if (policies.length === 0) return true
  const namespace = own.pod.metadata.namespace ?? ''
  return policies.some((policy) =>
    rulesOf(policy, direction).some(
      ({ ports, peers }) =>
        (!ports?.length || ports.some((port) => portMatches(port, flow))) &&
        (!peers?.length || peers.some((peer) => peerMatches(informers, peer, { party: other, namespace }))),
    ),
  )
}

/** Whether both ends let the connection through. A Pod always reaches itself. */
export const isAllowed = (informers: Informers, flow: Flow): boolean =>
  flow.from.address === flow.to.address || (allows(informers, flow, 'Egress') && allows(informers, flow, 'Ingress'))
