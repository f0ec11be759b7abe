/** The volumes of a Pod as file trees, and where a container sees them. @see pkg/volume */
import { type DirectoryNode, directory, file, type Mount, type Node, normalize } from '../containers/file-system.js'
import { encode } from '../containers/stream.js'
import type { Informers } from '../controllers/runtime/informer.js'
import { UNMOUNTED } from '../kinds/without-effect-pod.js'
import { unitsOf } from '../objects/quantity.js'
import type { Container, Pod, Volume, VolumeProjection } from '../schema/kubernetes.generated.js'
import { ConfigError, expandReferences, podField } from './environment.js'
import { modeWithGroup, tokenMode } from './file-modes.js'
import type { NodeDisk } from './node-disk.js'
import { containerOf, offerOf, type ResourceRef, resourceField } from './resource-field.js'
import type { TokenSource } from './tokens.js'

/** Why a volume cannot be mounted now. */
export interface MountFailure {
  volume: string
  message: string
}

/** The content of persistent volumes that no node has to itself, by name: it outlives Pods. */
export class VolumeStore {
  readonly #trees = new Map<string, DirectoryNode>()
  tree(name: string): DirectoryNode {
    const present = this.#trees.get(name)
    if (present) return present
    const made = directory()
    this.#trees.set(name, made)
    return made
  }
  forget(name: string): void {
    this.#trees.delete(name)
  }
}

interface Item {
  key: string
  path: string
  mode?: number | undefined
}

type Content = Map<string, { data: string; mode: number }>

export interface VolumeContext {
  pod: Pod
  informers: Informers
  node: NodeDisk
  shared: VolumeStore
  podIp: string
  hostIp: string
  /** A token of the Pod's ServiceAccount. */
  token: (source: TokenSource) => string
}

export class PodVolumes {
  readonly #roots = new Map<string, { root: Node; refresh?: () => void }>()
  constructor(readonly context: VolumeContext) {}

  /** Brings every volume up, and tells which cannot be. Safe to call again. */
  prepare(): MountFailure[] {
    return (this.context.pod.spec.volumes ?? []).flatMap((volume) => {
      if (this.#roots.has(volume.name)) return []
      try {
        this.#roots.set(volume.name, this.#make(volume))
        return []
      } catch (error) {
        return [{ volume: volume.name, message: error instanceof Error ? error.message : String(error) }]
      }
    })
  }

  /** The content of a volume that is an image, once that is here. */
  provide(name: string, root: Node): void {
    this.#roots.set(name, { root })
  }

  /** The ones that hold what the Pod itself writes. */
  emptyDirs(): { name: string; root: Node }[] {
    return (this.context.pod.spec.volumes ?? []).flatMap(({ name, emptyDir }) => {
      const root = emptyDir && this.#roots.get(name)?.root
      return root ? [{ name, root }] : []
    })
  }

  #make(volume: Volume): { root: Node; refresh?: () => void } {
    const { pod, node, shared, informers } = this.context
    if (volume.image) return { root: directory() }
    if (volume.emptyDir) return { root: directory({}, 0o777) }
    if (volume.hostPath) return { root: node.open(volume.hostPath.path, volume.hostPath.type) }
    const claimName = volume.ephemeral ? `${pod.metadata.name}-${volume.name}` : volume.persistentVolumeClaim?.claimName
    if (claimName !== undefined) {
      const claim = informers.get('PersistentVolumeClaim', `${pod.metadata.namespace}/${claimName}`)
      const persistent = claim && informers.get('PersistentVolume', claim.spec.volumeName ?? '')
      if (!persistent) throw new Error(`error processing PVC ${pod.metadata.namespace}/${claimName}: PVC is not bound`)
      const { hostPath } = persistent.spec
      return { root: hostPath ? node.open(hostPath.path, hostPath.type) : shared.tree(persistent.metadata.uid) }
    }
    const unmounted = UNMOUNTED.find((source) => volume[source as keyof Volume] !== undefined)
    if (unmounted) throw new Error(`no volume plugin of the simulated cluster matched ${unmounted}`)
    return this.#projected(() => this.#contentOf(volume))
  }

  /** A tree whose files follow what they show. */
  #projected(content: () => Content): { root: DirectoryNode; refresh: () => void } {
    const root = directory()
    let shown = ''
    const fill = () => {
      let next: Content
      try {
        next = content()
      } catch {
        // What was there stays when its source goes, as on a real node.
        return
      }
      const text = JSON.stringify([...next])
      if (text === shown) return
      shown = text
      root.entries.clear()
      for (const [path, { data, mode }] of next) putFile(root, path, data, modeWithGroup(this.context.pod, mode))
    }
    content()
    fill()
    return { root, refresh: fill }
  }

  /** @throws Error with the kubelet's words where something is missing */
  #contentOf(volume: Volume): Content {
    if (volume.configMap) return this.#configMap(volume.configMap.name ?? '', volume.configMap.items, volume.configMap)
    if (volume.secret) return this.#secret(volume.secret.secretName ?? '', volume.secret.items, volume.secret)
    if (volume.downwardAPI) return this.#downward(volume.downwardAPI.items, volume.downwardAPI.defaultMode)
    return this.#sourcesOf(volume)
  }

  /** All that is missing is told at once. */
  #sourcesOf({ projected }: Volume): Content {
    const mode = projected?.defaultMode ?? 0o644
    const content: Content = new Map()
    const faults = new Set<string>()
    for (const source of projected?.sources ?? []) {
      try {
        for (const [path, file] of this.#sourceOf(source, mode)) content.set(path, file)
      } catch (error) {
        faults.add(error instanceof Error ? error.message : String(error))
      }
    }
    if (faults.size > 0) throw new Error(faults.size > 1 ? `[${[...faults].join(', ')}]` : [...faults][0])
    return content
  }

  #sourceOf({ configMap, secret, downwardAPI, serviceAccountToken }: VolumeProjection, mode: number): Content {
    if (configMap) return this.#configMap(configMap.name ?? '', configMap.items, { ...configMap, defaultMode: mode })
    if (secret) return this.#secret(secret.name ?? '', secret.items, { ...secret, defaultMode: mode })
    if (downwardAPI) return this.#downward(downwardAPI.items, mode)
    if (serviceAccountToken) {
      const data = this.context.token(serviceAccountToken)
      return new Map([[serviceAccountToken.path, { data, mode: tokenMode(this.context.pod, mode) }]])
    }
    return new Map()
  }

  #configMap(
    name: string,
    items: Item[] | undefined,
    options: { optional?: boolean | undefined; defaultMode?: number | undefined },
  ): Content {
    const found = this.context.informers.get('ConfigMap', `${this.context.pod.metadata.namespace}/${name}`)
    if (!found) {
      if (options.optional) return new Map()
      throw new Error(`configmap ${JSON.stringify(name)} not found`)
    }
    const binary = Object.entries((found.binaryData ?? {}) as Record<string, unknown>).map(
      ([key, value]) => [key, Buffer.from(String(value), 'base64').toString('latin1')] as const,
    )
    const data = Object.fromEntries([
      ...Object.entries(found.data ?? {}).map(([key, value]) => [key, encode(value)] as const),
      ...binary,
    ])
    return select(data, items, { ...options, what: 'configmap' })
  }

  #secret(
    name: string,
    items: Item[] | undefined,
    options: { optional?: boolean | undefined; defaultMode?: number | undefined },
  ): Content {
    const found = this.context.informers.get('Secret', `${this.context.pod.metadata.namespace}/${name}`)
    if (!found) {
      if (options.optional) return new Map()
      throw new Error(`secret ${JSON.stringify(name)} not found`)
    }
    const data = Object.fromEntries(
      Object.entries((found.data ?? {}) as Record<string, unknown>).map(([key, value]) => [
        key,
        Buffer.from(String(value), 'base64').toString('latin1'),
      ]),
    )
    return select(data, items, { ...options, what: 'secret' })
  }

  #downward(
    items:
      | {
          path: string
          mode?: number | undefined
          fieldRef?: { fieldPath: string } | undefined
          resourceFieldRef?: ResourceRef | undefined
        }[]
      | undefined,
    defaultMode = 0o644,
  ): Content {
    const live = this.#livePod()
    const offer = offerOf(this.context.informers.get('Node', live.spec.nodeName ?? ''))
    const textOf = (item: NonNullable<typeof items>[number]): string => {
      if (item.fieldRef) return podField(live, item.fieldRef.fieldPath, this.context)
      const reference = item.resourceFieldRef
      const container = reference && containerOf(live, reference.containerName)
      if (!container) throw new Error(`container ${reference?.containerName ?? ''} not found`)
      return resourceField(container, reference, offer)
    }
    return new Map((items ?? []).map((item) => [item.path, { data: encode(textOf(item)), mode: item.mode ?? defaultMode }]))
  }

  /** As it is now: its labels and sizes may have changed. */
  #livePod(): Pod {
    const { pod, informers } = this.context
    const live = informers.get('Pod', `${pod.metadata.namespace}/${pod.metadata.name}`)
    return live?.metadata.uid === pod.metadata.uid ? live : pod
  }

  /** What a container sees, and where. */
  mountsFor(container: Container, env: Map<string, string>): Mount[] {
    return (container.volumeMounts ?? []).flatMap((mount) => {
      const found = this.#roots.get(mount.name)
      if (!found) return []
      const volume = this.context.pod.spec.volumes?.find((each) => each.name === mount.name)
      const isShown = Boolean(volume?.configMap || volume?.secret || volume?.projected || volume?.downwardAPI || volume?.image)
      const subPath = mount.subPathExpr ? expandPath(mount.subPathExpr, env) : mount.subPath
      const root = subPath ? below(found.root, subPath, { makes: !volume?.image }) : found.root
      // A file mounted by subPath stays as it was.
      const refresh = subPath ? undefined : found.refresh
      const memory = volume && memoryOf(volume)
      return [
        {
          path: normalize(mount.mountPath),
          root,
          readOnly: mount.readOnly === true || isShown,
          ...(refresh ? { refresh } : {}),
          ...(memory ? { memory } : {}),
        },
      ]
    })
  }
}

/** @throws ConfigError where a variable says nothing. @see ExpandContainerVolumeMounts */
function expandPath(path: string, env: Map<string, string>): string {
  const names = [...path.replaceAll('$$', '').matchAll(/\$\(([^()]*)\)/g)].map(([, name = '']) => name)
  const missing = [...new Set(names)].filter((name) => !env.get(name)).sort()
  if (missing.length > 0) throw new ConfigError(`missing value for ${missing.join(', ')}`)
  return expandReferences(path, env)
}

/** What the kubelet keeps in memory: what is secret or made up, and an emptyDir that asks for it. */
function memoryOf({ emptyDir, secret, projected, downwardAPI }: Volume): Mount['memory'] {
  if (secret || projected || downwardAPI) return {}
  if (emptyDir?.medium !== 'Memory') return undefined
  return { limitBytes: emptyDir.sizeLimit === undefined ? undefined : unitsOf(String(emptyDir.sizeLimit)) }
}

function select(
  data: Record<string, string>,
  items: Item[] | undefined,
  options: { optional?: boolean | undefined; defaultMode?: number | undefined; what: string },
): Content {
  const mode = options.defaultMode ?? 0o644
  if (!items?.length) return new Map(Object.entries(data).map(([key, value]) => [key, { data: value, mode }]))
  const content: Content = new Map()
  for (const item of items) {
    const value = data[item.key]
    if (value !== undefined) content.set(item.path, { data: value, mode: item.mode ?? mode })
    else if (!options.optional)
      throw new Error(
        `${options.what === 'configmap' ? 'configmap references non-existent config' : 'references non-existent secret'} key: ${item.key}`,
      )
  }
  return content
}

function putFile(root: DirectoryNode, path: string, data: string, mode: number): void {
  const parts = path.split('/').filter(Boolean)
  const name = parts.pop() ?? ''
  let node = root
  for (const part of parts) {
    const child = node.entries.get(part)
    if (child?.type === 'directory') node = child
    else {
      const made = directory()
      node.entries.set(part, made)
      node = made
    }
  }
  node.entries.set(name, file(data, mode))
}

/** The part of a volume that a subPath names; made where it is missing, except in an image. */
function below(root: Node, path: string, { makes }: { makes: boolean }): Node {
  let node = root
  for (const part of path.split('/').filter(Boolean)) {
    if (node.type !== 'directory') return node
    const child = node.entries.get(part)
    const next: Node = child ?? directory()
    if (!child && makes) node.entries.set(part, next)
    node = next
  }
  return node
}
