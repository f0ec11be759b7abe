/** The agent of one node: registers it, keeps its lease, runs its Pods and reports on them. */
import { createHash } from 'node:crypto'
import type { Client } from '../client/client.js'
import type { ClusterAccess } from '../containers/cluster-access.js'
import type { ContainerNetwork } from '../containers/network.js'
import { EventRecorder } from '../controllers/runtime/events.js'
import type { Informers } from '../controllers/runtime/informer.js'
import { bridgeOf, NODE_GATEWAY } from '../network/addresses.js'
import type { Fabric } from '../network/fabric.js'
import { TRAFFIC_WINDOW_MS } from '../network/traffic.js'
import { clone, keyOf } from '../objects/object.js'
import { isAlreadyExists, isConflict, isNotFound } from '../objects/status.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import { type Clock, microTimestamp, timestamp } from '../time/clock.js'
import type { Random } from '../time/random.js'
import { nextTurn } from '../time/steps.js'
import { ImageStore } from './image-store.js'
import { freeBytesWith, type PodStorage, storageOf } from './local-storage.js'
import { NodeDisk } from './node-disk.js'
import { NodeHealth, type Refusal } from './node-health.js'
import { type NodeIdentity, nodeImages, nodeObject } from './node-object.js'
import { MIRROR, type PodHost } from './pod-host.js'
import { PodWorker } from './pod-worker.js'
import { nodeProcesses } from './process-namespaces.js'
import { TokenStore } from './tokens.js'
import { type PodUsage, usageOf } from './usage.js'
import type { VolumeContext, VolumeStore } from './volumes.js'

const OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'
const PASSWD = 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n'
const LEASE_SECONDS = 40
const RENEW_MS = 10_000
/**
 * A renewal may come so much later: upstream's own jitter of 4 %. Those of all clusters of a process that fall due within it come together,
 * with warm caches. @see component-helpers/apimachinery/lease/controller.go
 */
const RENEW_TOGETHER_MS = 400
const untilRenewal = (nowMs: number): number => Math.ceil((nowMs + RENEW_MS) / RENEW_TOGETHER_MS) * RENEW_TOGETHER_MS - nowMs
/** The last number of an address: 1 is the bridge, 255 is for all. */
const FIRST_ADDRESS = 2
const LAST_ADDRESS = 254

export interface KubeletOptions {
  node: NodeIdentity
  /** Brings the node in with the labels and taints of its role, as kubeadm does: a kubelet may not set them itself. */
  registrar: Client
  client: Client
  informers: Informers
  fabric: Fabric
  /** What an image of the cluster's own may use in the name of a Pod. */
  accessFor: (pod: Pod) => ClusterAccess
  clock: Clock
  random: Random
  signal: AbortSignal
  /** Images that need no pull. */
  images: string[]
  /** What stands in its folder of manifests. */
  staticPods: Pod[]
  /** The content of volumes that any node can reach. */
  shared: VolumeStore
  onError: (where: string, error: unknown) => void
}

export class Kubelet {
  readonly node: NodeIdentity
  readonly clock: Clock
  readonly random: Random
  readonly informers: Informers
  readonly events: EventRecorder
  readonly images: ImageStore
  /** Everything that runs on the node. */
  readonly processes = nodeProcesses()
  /** Pods that want more than the node has left: they look again when others change. */
  readonly waitingForRoom = new Set<PodWorker>()
  readonly #workers = new Map<string, PodWorker>()
  readonly #disk: NodeDisk
  readonly #addresses = new Set<number>()
  readonly #tokens: TokenStore
  /** Pods that were not taken, by uid. */
  readonly #rejected = new Set<string>()
  readonly #health: NodeHealth
  #nextAddress = FIRST_ADDRESS

  constructor(readonly options: KubeletOptions) {
    this.node = options.node
    this.#disk = new NodeDisk({ 'etc/hostname': `${options.node.name}\n`, 'etc/os-release': OS_RELEASE, 'etc/passwd': PASSWD })
    this.clock = options.clock
    this.random = options.random
    this.informers = options.informers
    this.events = new EventRecorder(options.client, options.clock, { component: 'kubelet', host: options.node.name })
    this.images = new ImageStore(options.clock, options.images)
    this.#health = new NodeHealth(this)
    this.#tokens = new TokenStore(this)
  }

  async start(): Promise<void> {
    await this.informers.ready(['Pod', 'Node', 'ConfigMap', 'Secret', 'Service', 'PersistentVolume', 'PersistentVolumeClaim'])
    await this.#register()
    this.options.signal.addEventListener('abort', () => this.#stop(), { once: true })
    this.informers.of('Pod').onChange(({ type, object }) => {
      if (object.spec.nodeName !== this.node.name) return
      if (type === 'DELETED') this.#gone(object)
      else this.#take(object)
      for (const worker of this.waitingForRoom) if (worker.pod.metadata.uid !== object.metadata.uid) worker.sync()
    })
    for (const pod of this.options.staticPods) await this.#mirror(pod)
  }

  async #register(): Promise<void> {
    if (!this.informers.get('Node', this.node.name)) await this.#introduce()
    await this.#renewLease()
  }

  async #introduce(): Promise<void> {
    const images = nodeImages(this.options.images)
    const node = nodeObject(this.node, { nowMs: this.clock.now(), images, machineId: this.random.uuid() })
    try {
      await this.options.registrar.create('Node', node)
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
    }
  }

  async #renewLease(): Promise<void> {
    const { client, signal } = this.options
    if (signal.aborted) return
    const key = `kube-node-lease/${this.node.name}`
    const renewTime = microTimestamp(this.clock.now())
    const spec = { holderIdentity: this.node.name, leaseDurationSeconds: LEASE_SECONDS, renewTime }
    try {
      await client.patch('Lease', key, { spec }).catch(async (error) => {
        if (!isNotFound(error)) throw error
        await client.create('Lease', { metadata: { name: this.node.name, namespace: 'kube-node-lease' }, spec })
      })
    } catch (error) {
      this.options.onError('lease', error)
    }
    this.#health.look()
    await this.#health.report().catch((error) => this.options.onError('node status', error))
    this.clock.after(untilRenewal(this.clock.now()), () => void this.#renewLater())
  }

  /** One step among those of all kubelets that renew now. */
  async #renewLater(): Promise<void> {
    await nextTurn()
    await this.#renewLease()
  }

  /** The API's view of a Pod that a file on the node defines. */
  async #mirror(pod: Pod): Promise<void> {
    const known = this.informers.get('Pod', keyOf(pod))
    if (known && !known.metadata.deletionTimestamp) return
    const draft = clone(pod)
    const hash = createHash('md5').update(JSON.stringify(pod)).digest('hex')
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      'kubernetes.io/config.hash': hash,
      [MIRROR]: hash,
      'kubernetes.io/config.seen': timestamp(this.clock.now()),
      'kubernetes.io/config.source': 'file',
    }
    const node = await this.options.client.get('Node', this.node.name)
    draft.metadata.ownerReferences = [
      { apiVersion: 'v1', kind: 'Node', name: this.node.name, uid: node.metadata.uid, controller: true },
    ]
    draft.spec.nodeName = this.node.name
    try {
      await this.options.client.create('Pod', draft)
    } catch (error) {
      if (!isAlreadyExists(error)) throw error
    }
  }

  #take(pod: Pod): void {
    const worker = this.#workers.get(pod.metadata.uid)
    if (worker) {
      worker.update(pod)
      return
    }
    const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
    if (isOver && !pod.metadata.deletionTimestamp) return
    const refusal = pod.status?.phase === 'Pending' ? this.#health.refusalOf(pod) : undefined
    if (refusal) {
      this.#reject(pod, refusal)
      return
    }
    const made = new PodWorker(this, pod)
    this.#workers.set(pod.metadata.uid, made)
    void this.#tokens.fetch(pod).then(() => made.sync())
  }

  /** @see kubelet.go: rejectPod */
  #reject(pod: Pod, { reason, message }: Refusal): void {
    if (this.#rejected.has(pod.metadata.uid)) return
    this.#rejected.add(pod.metadata.uid)
    this.events.record(pod, { type: 'Warning', reason, message })
    const status = { ...pod.status, phase: 'Failed', reason, message: `Pod was rejected: ${message}` }
    void this.writeStatus(pod, { ...status, startTime: timestamp(this.clock.now()) }).catch((error) =>
      this.options.onError(`rejection of ${keyOf(pod)}`, error),
    )
  }

  #gone(pod: Pod): void {
    const worker = this.#workers.get(pod.metadata.uid)
    this.#rejected.delete(pod.metadata.uid)
    if (worker) this.#release(worker)
    const fromFile = this.options.staticPods.find(
      (each) => each.metadata.name === pod.metadata.name && pod.metadata.annotations?.[MIRROR],
    )
    if (fromFile && !this.options.signal.aborted)
      void this.#mirror(fromFile).catch((error) => this.options.onError('mirror', error))
  }

  #release(worker: PodWorker): void {
    worker.stop()
    this.#workers.delete(worker.pod.metadata.uid)
    this.#tokens.forget(worker.pod.metadata.uid)
    if (worker.pod.spec.hostNetwork) return
    this.#addresses.delete(Number(worker.podIp.split('.').at(-1)))
    this.options.fabric.detach(worker.podIp)
  }

  /** Everything of the Pod has ended: it may leave the API. */
  async finish(worker: PodWorker): Promise<void> {
    const { uid } = worker.pod.metadata
    try {
      await this.options.client.delete('Pod', worker.key, { graceSeconds: 0, uid })
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error
    }
  }

  /** The node as its Pods see it. */
  get bridgeAddress(): string {
    return `${this.node.podRange}.1`
  }

  addressFor(pod: Pod): string {
    if (pod.spec.hostNetwork) return this.node.address
    const before = pod.status?.podIP ?? ''
    const kept = before.startsWith(`${this.node.podRange}.`) ? Number(before.split('.').at(-1)) : 0
    const number = kept && !this.#addresses.has(kept) ? kept : this.#freeAddress()
    this.#addresses.add(number)
    return `${this.node.podRange}.${number}`
  }

  #freeAddress(): number {
    for (let tries = 0; tries <= LAST_ADDRESS; tries++) {
      const number = this.#nextAddress
      this.#nextAddress = number >= LAST_ADDRESS ? FIRST_ADDRESS : number + 1
      if (!this.#addresses.has(number)) return number
    }
    throw new Error(`no free address on ${this.node.name}`)
  }

  networkFor(worker: PodHost): ContainerNetwork {
    const { namespace, name } = worker.pod.metadata
    const isHost = worker.pod.spec.hostNetwork === true
    const pod = isHost ? undefined : `${namespace}/${name}`
    const endpoint = this.options.fabric.attach(worker.podIp, { node: this.node.name, pod })
    return this.options.fabric.networkOf(endpoint, isHost ? NODE_GATEWAY : bridgeOf(this.node.podRange))
  }

  accessFor(pod: Pod): ClusterAccess {
    return this.options.accessFor(pod)
  }

  volumeContext(pod: Pod, podIp: string): VolumeContext {
    return {
      pod,
      informers: this.informers,
      node: this.#disk,
      shared: this.options.shared,
      podIp,
      hostIp: this.node.address,
      token: (source) => this.#tokens.get(pod, source),
    }
  }

  containerId(): string {
    return (this.random.uuid() + this.random.uuid()).replaceAll('-', '')
  }

  /** @returns whether it was written; a Pod that has changed meanwhile is looked at again */
  async writeStatus(pod: Pod, status: NonNullable<Pod['status']>): Promise<boolean> {
    try {
      await this.options.client.updateStatus('Pod', { ...pod, status })
      return true
    } catch (error) {
      if (isNotFound(error)) return true
      if (isConflict(error)) return false
      throw error
    }
  }

  onError(where: string, error: unknown): void {
    this.options.onError(`kubelet of ${this.node.name}, ${where}`, error)
  }

  /** What its Pods use, once their containers have run for so long; by default for as long as a measurement takes. */
  usage(sinceMs = TRAFFIC_WINDOW_MS): PodUsage[] {
    const { traffic } = this.options.fabric
    return [...this.#workers.values()].flatMap(({ pod, slots, podIp }) => {
      const measured = slots.filter(({ state }) => state.type === 'running' && state.startedAtMs + sinceMs <= this.clock.now())
      return measured.length > 0 ? [{ pod, containers: usageOf(pod, measured, { traffic, address: podIp }) }] : []
    })
  }

  /** What its Pods have written to its disk. */
  storage(): PodStorage[] {
    return [...this.#workers.values()].map(storageOf)
  }
  freeDiskBytes(): number {
    return freeBytesWith(this.storage())
  }

  worker(pod: Pod): PodWorker | undefined {
    return this.#workers.get(pod.metadata.uid)
  }

  #stop(): void {
    for (const worker of this.#workers.values()) worker.stop()
    this.#workers.clear()
    this.#tokens.close()
  }
}
