/** The lines of the plugin `kubernetes`. Models plugin/kubernetes/setup.go of CoreDNS 1.14. */
import { parseLabelSelector } from '../../objects/selector.js'
import { argumentError, type Directive, type Property, parsingError, pluginError } from './corefile.js'
import type { KubernetesZone } from './kubernetes.js'
import { fallthroughZones, zonesOf } from './plugin.js'

const LONGEST_TTL_SECONDS = 3600
const DEFAULT_TTL_SECONDS = 5
/** They say how the real one reaches the API server. */
const UNSEEN = ['endpoint', 'tls', 'kubeconfig', 'startup_timeout', 'apiserver_qps', 'apiserver_burst', 'apiserver_max_inflight']
const WITHOUT_VALUE = ['endpoint_pod_names', 'noendpoints']

type Reader = (zone: KubernetesZone, property: Property) => void

const READERS: Record<string, Reader> = {
  pods(zone, { args: [mode = ''] }) {
    if (!['disabled', 'insecure', 'verified'].includes(mode))
      throw pluginError('kubernetes', `wrong value for pods: ${mode},  must be one of: disabled, verified, insecure`)
    zone.pods = mode as KubernetesZone['pods']
  },
  ttl(zone, { args: [text = ''], line }) {
    if (!/^-?\d+$/.test(text)) throw pluginError('kubernetes', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
    if (Number(text) < 0 || Number(text) > LONGEST_TTL_SECONDS)
      throw parsingError(line, `ttl must be in range [0, 3600]: ${text}`, 'kubernetes')
    zone.ttl = Number(text)
  },
  namespaces(zone, { args }) {
    zone.namespaces.push(...args)
  },
  namespace_labels(zone, { args }) {
    zone.namespaceLabels = selectorOf(args, 'namespace_label')
  },
  labels(zone, { args }) {
    zone.labels = selectorOf(args, 'label')
  },
  endpoint_pod_names(zone) {
    zone.endpointPodNames = true
  },
  noendpoints(zone) {
    zone.endpoints = false
  },
  ignore(zone, { args: [what = ''] }) {
    if (what !== 'empty_service') throw pluginError('kubernetes', `unable to parse ignore value: '${what}'`)
    zone.ignoresEmpty = true
  },
  fallthrough() {},
}

function selectorOf(args: string[], what: string): KubernetesZone['labels'] {
  try {
    return parseLabelSelector(args.join(' '))
  } catch (error) {
    const why = error instanceof Error ? error.message : error
    throw pluginError('kubernetes', `unable to parse ${what} selector value: '${args.join(' ')}': ${why}`)
  }
}

/** @throws CorefileError */
export function readKubernetes({ args, block }: Directive, serverZones: string[]): KubernetesZone {
  const zone: KubernetesZone = {
    zones: zonesOf(args, serverZones),
    pods: 'disabled',
    ttl: DEFAULT_TTL_SECONDS,
    fallthrough: fallthroughZones(block),
    namespaces: [],
    namespaceLabels: undefined,
    labels: undefined,
    endpointPodNames: false,
    endpoints: true,
    ignoresEmpty: false,
  }
  if (zone.zones.every((each) => each.endsWith('.arpa.'))) throw pluginError('kubernetes', 'non-reverse zone name must be used')
  for (const property of block) {
    const { name, line } = property
    if (UNSEEN.includes(name)) continue
    const read = READERS[name]
    if (!read) throw parsingError(line, `unknown property '${name}'`, 'kubernetes')
    const isRight = WITHOUT_VALUE.includes(name) ? property.args.length === 0 : name === 'fallthrough' || property.args.length > 0
    if (!isRight) throw argumentError(line, name, 'kubernetes')
    read(zone, property)
  }
  if (zone.namespaces.length > 0 && zone.namespaceLabels)
    throw pluginError('kubernetes', 'namespaces and namespace_labels cannot both be set')
  return zone
}
