/** `kubectl expose`: a Service for what has Pods. Models pkg/cmd/expose/expose.go of kubectl (v1.36). */
import { isObject, type JsonObject } from '../../objects/object.js'
import { type Kind, KubectlError, pathOf } from './api.js'
import type { Call } from './call.js'

const EXPOSABLE = ['ReplicationController', 'Service', 'Pod', 'Deployment', 'ReplicaSet']
const LONGEST_NAME = 63

const failed = (message: string): KubectlError => new KubectlError(`error: ${message}`)
const noSelector = (why: string) => failed(`couldn't retrieve selectors via --selector flag or introspection: ${why}`)

interface Exposed {
  metadata: { name: string; labels?: Record<string, string> }
  spec: {
    selector?: JsonObject
    ports?: { port: number; protocol?: string }[]
    containers?: Container[]
    template?: { spec: { containers: Container[] } }
  }
}
interface Container {
  ports?: { containerPort: number; protocol?: string }[]
}

function pairs(text: string): Record<string, string> {
  const found = text.split(',').map((each) => each.split('='))
  const [wrong] = found.filter((each) => each.length !== 2)
  if (wrong) throw failed(`unexpected label spec: ${wrong.join('=')}`)
  return Object.fromEntries(found)
}

function selectorFor({ kind }: Kind, { metadata, spec }: Exposed): Record<string, string> {
  if (kind === 'Pod') {
    if (!metadata.labels) throw noSelector('the pod has no labels and cannot be exposed')
    return metadata.labels
  }
  const selector = spec.selector ?? {}
  const expressions = selector.matchExpressions
  if (Array.isArray(expressions) && expressions.length > 0)
    throw noSelector(`couldn't convert expressions - "${JSON.stringify(expressions)}" to map-based selector format`)
  const labels = isObject(selector.matchLabels) ? selector.matchLabels : selector
  if (Object.keys(labels).length === 0)
    throw noSelector(`the ${kind === 'Service' ? 'service has no pod selector set' : 'object has no selector'}`)
  return labels as Record<string, string>
}

/** Numbers with their protocols, each number once for a protocol. */
function portsOf({ spec }: Exposed): { port: number; protocol: string }[] {
  const containers = spec.template?.spec.containers ?? spec.containers ?? []
  const declared = containers.flatMap(({ ports = [] }) =>
    ports.map((each) => ({ port: each.containerPort, protocol: each.protocol })),
  )
  return (spec.ports ?? declared).map(({ port, protocol = 'TCP' }) => ({ port, protocol }))
}

function servicePorts({ flags }: Call, exposed: Exposed): JsonObject[] {
  const declared = portsOf(exposed)
  const numbers = flags.has('port')
    ? (flags.get('port') ?? '').split(',').map(Number)
    : [...new Set(declared.map(({ port }) => port))]
  if (numbers.length === 0 && flags.get('cluster-ip') !== 'None')
    throw failed("couldn't find port via --port flag or introspection")
  const target = flags.get('target-port')
  const wanted = flags.get('protocol')
  const all = numbers.flatMap((port, index) => {
    const found = wanted ? [wanted] : declared.filter((each) => each.port === port).map(({ protocol }) => protocol)
    const protocols = found.length > 0 ? found : ['TCP']
    const name = protocols.length > 1 || numbers.length > 1 ? `port-${index + 1}` : undefined
    return protocols.map((protocol) => ({
      name: name && protocols.length > 1 ? `${name}-${protocol.toLowerCase()}` : name,
      protocol,
      port,
    }))
  })
  return all.map(({ name, protocol, port }) => ({
    ...(name ? { name } : {}),
    protocol,
    port,
    targetPort: target === undefined ? port : /^\d+$/.test(target) ? Number(target) : target,
  }))
}

/** The Service to create. @throws KubectlError where it cannot be made of what is there */
export async function serviceFor(call: Call, { kind, name }: { kind: Kind; name: string }): Promise<JsonObject> {
  const { api, flags, namespace } = call
  if (!EXPOSABLE.includes(kind.kind)) throw failed(`cannot expose a ${kind.kind}${kind.group && `.${kind.group}`}`)
  const exposed = (await api.json('GET', pathOf(kind, namespace, name))) as unknown as Exposed
  const given = flags.get('selector')
  const labels = flags.has('labels') ? pairs(flags.get('labels') ?? '') : exposed.metadata.labels
  const optional = {
    type: flags.get('type'),
    sessionAffinity: flags.get('session-affinity'),
    clusterIP: flags.get('cluster-ip'),
    loadBalancerIP: flags.get('load-balancer-ip'),
  }
  const external = flags.get('external-ip')
  const ports = servicePorts(call, exposed)
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: flags.get('name') ?? exposed.metadata.name.slice(0, LONGEST_NAME), ...(labels ? { labels } : {}) },
    spec: {
      ...(ports.length > 0 ? { ports } : {}),
      selector: given ? pairs(given) : selectorFor(kind, exposed),
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
      ...(external ? { externalIPs: [external] } : {}),
    },
  }
}
