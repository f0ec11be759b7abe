/** How a container is run: its words, environment, user, mounts. Models pkg/kubelet/kuberuntime/{kuberuntime_container,security_context}.go. */
import type { ContainerOptions } from '../containers/container.js'
import type { Machine } from '../containers/process.js'
import { encode } from '../containers/stream.js'
import type { Image } from '../images/image.js'
import { ConfigError, environmentOf, expandReferences } from './environment.js'
import { kernelFor } from './kernel.js'
import { type PodHost, podFormat } from './pod-host.js'
import { processesFor } from './process-namespaces.js'
import type { Slot } from './slot.js'
import { hostnameOf, kernelNameOf, systemFiles } from './system-files.js'

/** @throws ConfigError where something that it refers to is missing, or it may not run as the user that it would be */
export function runOptions(host: PodHost, slot: Slot): Omit<ContainerOptions, 'log'> {
  const { kubelet, pod, podIp } = host
  const { image, spec } = slot
  if (!image) throw new Error('a container was started without its image')
  const hostname = hostnameOf(pod, kubelet.node.name)
  const { clock, random, informers } = kubelet
  const user = userOf(host, slot, image)
  const kernelName = kernelNameOf(pod, hostname)
  const { env, declared } = environmentOf({
    pod,
    container: spec,
    image,
    informers,
    podIp,
    hostIp: kubelet.node.address,
    hostname: kernelName,
    node: informers.get('Node', kubelet.node.name),
  })
  return {
    image,
    argv: argvOf(slot, image).map((text) => expandReferences(encode(text), declared)),
    env,
    workingDirectory: spec.workingDir ?? '',
    hostname: kernelName,
    mounts: [...systemFiles(pod, { hostname, podIp }), ...host.volumes.mountsFor(spec, declared)],
    readOnlyRoot: spec.securityContext?.readOnlyRootFilesystem === true,
    user,
    freeBytes: () => kubelet.freeDiskBytes(),
    kernel: kernelFor(pod, slot, { user }),
    network: kubelet.networkFor(host),
    processes: processesFor(host, slot),
    cluster: image.usesCluster ? kubelet.accessFor(pod) : undefined,
    clock,
    random,
    stdin: spec.stdin === true,
    tty: spec.tty === true,
  }
}

function argvOf({ spec }: Slot, image: Image): string[] {
  const hasCommand = Boolean(spec.command?.length)
  const entrypoint = hasCommand ? (spec.command ?? []) : (image.entrypoint ?? [])
  const args = spec.args?.length ? spec.args : hasCommand ? [] : image.command
  return [...entrypoint, ...args]
}

function userOf({ pod }: PodHost, slot: Slot, image: Image): Machine['user'] {
  const { runAsUser, runAsGroup, runAsNonRoot } = { ...pod.spec.securityContext, ...defined(slot.spec.securityContext) }
  const uid = runAsUser ?? image.user?.uid ?? 0
  if (runAsNonRoot && uid === 0) {
    const breach =
      runAsUser === 0 ? "container's runAsUser breaks non-root policy" : 'container has runAsNonRoot and image will run as root'
    throw new ConfigError(`${breach} (pod: "${podFormat(pod)}", container: ${slot.name})`)
  }
  const { fsGroup, supplementalGroups = [] } = pod.spec.securityContext ?? {}
  const gid = runAsGroup ?? (runAsUser === undefined ? (image.user?.gid ?? 0) : 0)
  const name = runAsUser === undefined ? (image.user?.name ?? 'root') : uid === 0 ? 'root' : ''
  const groups = new Set([gid, ...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups])
  return { uid, gid, name, groups: [...groups].sort((a, b) => a - b) }
}

/** Without the fields that say nothing: they do not hide the Pod's. */
const defined = <T extends object>(fields: T | undefined): Partial<T> =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>
