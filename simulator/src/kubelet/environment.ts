/** The environment of a container. @see pkg/kubelet/kubelet_pods.go: makeEnvironmentVariables */

import { encode } from '../containers/stream.js'
import type { Informers } from '../controllers/runtime/informer.js'
import type { Image } from '../images/image.js'
import type { Container, EnvVar, Node, Pod } from '../schema/kubernetes.generated.js'
import { containerOf, offerOf, type ResourceRef, resourceField } from './resource-field.js'

/** What is referred to is not there: the container waits with `CreateContainerConfigError`. */
export class ConfigError extends Error {}
/** The runtime refuses to make the container: it waits with `CreateContainerError`. */
export class CreateError extends Error {}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const secretText = (value: unknown): string => Buffer.from(String(value ?? ''), 'base64').toString('utf8')

function dataOf(informers: Informers, kind: 'ConfigMap' | 'Secret', key: string): Record<string, string> | undefined {
  if (kind === 'ConfigMap') return informers.get('ConfigMap', key)?.data ?? (informers.get('ConfigMap', key) ? {} : undefined)
  const secret = informers.get('Secret', key)
  if (!secret) return undefined
  return Object.fromEntries(
    Object.entries((secret.data ?? {}) as Record<string, unknown>).map(([name, value]) => [name, secretText(value)]),
  )
}

/** A field of the Pod by its path: `metadata.labels['app']`, `status.podIP`. */
export function podField(pod: Pod, path: string, extra: { podIp: string; hostIp: string }): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path)
  if (keyed) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? ''
  const whole = (map: Record<string, string> | undefined) =>
    Object.keys(map ?? {})
      .sort()
      .map((key) => `${key}=${JSON.stringify(map?.[key])}`)
      .join('\n')
  const fields: Record<string, string> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace ?? '',
    'metadata.uid': pod.metadata.uid,
    'metadata.labels': whole(pod.metadata.labels),
    'metadata.annotations': whole(pod.metadata.annotations),
    'spec.nodeName': pod.spec.nodeName ?? '',
    'spec.serviceAccountName': pod.spec.serviceAccountName ?? '',
    'status.podIP': extra.podIp,
    'status.podIPs': extra.podIp,
    'status.hostIP': extra.hostIp,
    'status.hostIPs': extra.hostIp,
  }
  return fields[path] ?? ''
}

export interface EnvironmentOptions {
  pod: Pod
  container: Container
  image: Image
  informers: Informers
  podIp: string
  hostIp: string
  hostname: string
  node: Node | undefined
}

export interface Environment {
  /** What its programs see. */
  env: Map<string, string>
  /** What the Pod and the Services bring: the variables that its words can refer to, those of the image are none of them. */
  declared: Map<string, string>
}

/** Values are byte strings, as all that containers see. @throws ConfigError */
export function environmentOf(options: EnvironmentOptions): Environment {
  const { pod, image, informers, hostname } = options
  const declared = declaredOf(options, serviceVariables(informers, pod))
  const env = new Map([['PATH', PATH], ['HOSTNAME', hostname], ...Object.entries(image.env ?? {}), ...declared])
  if (!env.has('HOME')) env.set('HOME', image.user && image.user.uid !== 0 ? '/home' : '/root')
  return { env, declared }
}

function declaredOf(options: EnvironmentOptions, services: [string, string][]): Map<string, string> {
  const { pod, container, informers } = options
  const env = new Map(services)
  const namespace = pod.metadata.namespace ?? ''
  for (const source of container.envFrom ?? []) {
    const kind = source.configMapRef ? 'ConfigMap' : 'Secret'
    const reference = source.configMapRef ?? source.secretRef
    const data = dataOf(informers, kind, `${namespace}/${reference?.name}`)
    if (!data && !reference?.optional)
      throw new ConfigError(`${kind.toLowerCase()} ${JSON.stringify(reference?.name ?? '')} not found`)
    for (const [key, value] of Object.entries(data ?? {})) env.set(`${source.prefix ?? ''}${key}`, encode(value))
  }
  for (const variable of container.env ?? []) {
    const value = valueFor(variable, options, env)
    if (value !== undefined) env.set(variable.name, value)
  }
  return env
}

function valueFor(variable: EnvVar, options: EnvironmentOptions, env: Map<string, string>): string | undefined {
  const { pod, informers } = options
  const { valueFrom } = variable
  if (!valueFrom) return expandReferences(encode(variable.value ?? ''), env)
  if (valueFrom.fieldRef) return encode(podField(pod, valueFrom.fieldRef.fieldPath, options))
  if (valueFrom.resourceFieldRef) return resourceVariable(options, valueFrom.resourceFieldRef)
  for (const kind of ['ConfigMap', 'Secret'] as const) {
    const reference = kind === 'ConfigMap' ? valueFrom.configMapKeyRef : valueFrom.secretKeyRef
    if (!reference) continue
    const data = dataOf(informers, kind, `${pod.metadata.namespace}/${reference.name}`)
    const value = data?.[reference.key]
    if (value !== undefined) return encode(value)
    if (reference.optional) return undefined
    if (!data) throw new ConfigError(`${kind.toLowerCase()} ${JSON.stringify(reference.name ?? '')} not found`)
    throw new ConfigError(`couldn't find key ${reference.key} in ${kind} ${pod.metadata.namespace}/${reference.name}`)
  }
  return undefined
}

/** An init container that is named has no defaults, as upstream forgets them. @throws ConfigError where there is none of the name */
function resourceVariable({ pod, container, node }: EnvironmentOptions, reference: ResourceRef): string {
  const { containerName } = reference
  const named = containerName ? containerOf(pod, containerName) : container
  if (!named) throw new ConfigError(`container ${containerName} not found`)
  const isInit = containerName !== undefined && containerName !== '' && !pod.spec.containers.includes(named)
  return resourceField(named, reference, isInit ? {} : offerOf(node, pod.spec.resources?.limits))
}

/** `$(NAME)` in values, commands and arguments; `$$` is a dollar. */
export const expandReferences = (text: string, env: Map<string, string>): string =>
  text.replace(/\$(\$|\(([A-Za-z_.][\w.-]*)\))/g, (all, inner: string, name: string | undefined) =>
    inner === '$' ? '$' : (env.get(name ?? '') ?? all),
  )

function serviceVariables(informers: Informers, pod: Pod): [string, string][] {
  const own = pod.spec.enableServiceLinks === false ? [] : informers.list('Service', pod.metadata.namespace)
  const kubernetes = informers.get('Service', 'default/kubernetes')
  const services = kubernetes && !own.includes(kubernetes) ? [kubernetes, ...own] : own
  return services.flatMap((service) => {
    const address = service.spec.clusterIP
    const [first] = service.spec.ports ?? []
    if (!address || address === 'None' || !first) return []
    const prefix = service.metadata.name.toUpperCase().replaceAll('-', '_')
    const list: [string, string][] = [
      [`${prefix}_SERVICE_HOST`, address],
      [`${prefix}_SERVICE_PORT`, String(first.port)],
      [`${prefix}_PORT`, `${(first.protocol ?? 'TCP').toLowerCase()}://${address}:${first.port}`],
    ]
    for (const port of service.spec.ports ?? []) {
      const protocol = (port.protocol ?? 'TCP').toUpperCase()
      const base = `${prefix}_PORT_${port.port}_${protocol}`
      if (port.name) list.push([`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, String(port.port)])
      list.push(
        [base, `${protocol.toLowerCase()}://${address}:${port.port}`],
        [`${base}_PROTO`, protocol.toLowerCase()],
        [`${base}_PORT`, String(port.port)],
        [`${base}_ADDR`, address],
      )
    }
    return list
  })
}
