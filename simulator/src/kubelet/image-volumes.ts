/** Volumes that are images: pulled before the containers that mount them start. Models kuberuntime_manager.go: getImageVolumes (v1.36). */
import { treeOf } from '../images/image.js'
import { hasImage } from './image-pull.js'
import type { PodHost } from './pod-host.js'
import { Slot } from './slot.js'

export class ImageVolumes {
  /** The pull of each, by volume. */
  readonly #pulls = new Map<string, Slot>()
  constructor(readonly host: PodHost) {}

  /** Whether each that a container mounts is here; a pull that is begun calls the Pod again, one that fails is the container's state. */
  areHere(slot: Slot): boolean {
    return (slot.spec.volumeMounts ?? []).every(({ name }) => this.#isHere(slot, name))
  }

  #isHere(slot: Slot, name: string): boolean {
    const source = this.host.pod.spec.volumes?.find((each) => each.name === name)?.image
    if (!source) return true
    const pull = this.#pulls.get(name) ?? this.#begin(slot, name, source)
    if (pull.pulling) return false
    if (hasImage(this.host, pull) && pull.image) {
      this.host.volumes.provide(name, treeOf(pull.image))
      return true
    }
    if (slot.state.type === 'waiting' && pull.state.type === 'waiting') slot.state = pull.state
    return false
  }

  /** Pulls as a container does whose image it were. */
  #begin(slot: Slot, name: string, source: { reference?: string | undefined; pullPolicy?: string | undefined }): Slot {
    const { reference, pullPolicy } = source
    const pull = new Slot({ name: slot.name, image: reference, imagePullPolicy: pullPolicy }, slot.kind, 'ContainerCreating')
    this.#pulls.set(name, pull)
    return pull
  }
}
