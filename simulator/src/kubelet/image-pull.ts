/** Brings the image of a container to its node. Models pkg/kubelet/images/image_manager.go (v1.36). */

import { nameFault } from '../images/reference.js'
import { goDuration } from './go-duration.js'
import type { ImageState } from './image-store.js'
import type { PodHost } from './pod-host.js'
import { type Slot, TOLD_AGAIN_MS } from './slot.js'

/** @returns whether the image is there; a pull that is begun calls the Pod again */
export function hasImage(host: PodHost, slot: Slot): boolean {
  if (slot.image) return true
  const name = slot.spec.image ?? ''
  const policy = slot.spec.imagePullPolicy ?? 'IfNotPresent'
  const here = host.kubelet.images.here(name)
  if (here?.type === 'present' && (policy !== 'Always' || here.image.steady)) {
    Object.assign(slot, { image: here.image, imageReference: here.reference })
    return true
  }
  const fault = nameFault(name)
  if (fault) {
    const message = `Failed to apply default image tag ${JSON.stringify(name)}: ${fault}`
    refuse(host, slot, { reason: 'InvalidImageName', event: 'InspectFailed', message })
  } else if (policy === 'Never') {
    const message = `Container image ${JSON.stringify(name)} is not present with pull policy of Never`
    refuse(host, slot, { reason: 'ErrImageNeverPull', message })
  } else if (!isBackingOff(host, slot, name)) pull(host, slot, name)
  return false
}

/** Every start looks for its image; one that was pulled for it has been told of. */
export function tellPresent(host: PodHost, slot: Slot): void {
  const name = JSON.stringify(slot.spec.image ?? '')
  const message = `Container image ${name} already present on machine and can be accessed by the pod`
  if (!slot.isPulled) host.note(slot, { type: 'Normal', reason: 'Pulled', message })
  slot.isPulled = false
}

interface Refusal {
  reason: string
  /** The reason of its Event, where that is another. */
  event?: string
  message: string
}

function refuse(host: PodHost, slot: Slot, { reason, event = reason, message }: Refusal): void {
  const isNews = slot.state.type !== 'waiting' || slot.state.reason !== reason
  slot.wait({ reason, message })
  host.wakeIn(TOLD_AGAIN_MS)
  if (!slot.tells({ isNews, nowMs: host.kubelet.clock.now() })) return
  host.note(slot, { type: 'Warning', reason: event, message })
  host.note(slot, { type: 'Warning', reason: 'Failed', message: `Error: ${reason}` })
}

function isBackingOff(host: PodHost, slot: Slot, name: string): boolean {
  const nowMs = host.kubelet.clock.now()
  const left = slot.pull.remaining(nowMs)
  if (left <= 0) return false
  const shown = slot.shownFor(nowMs)
  if (shown > 0) {
    host.wakeIn(Math.min(shown, left))
    return true
  }
  const backOff = `Back-off pulling image ${JSON.stringify(name)}`
  const isNews = slot.state.type === 'waiting' && slot.state.reason === 'ErrImagePull'
  if (slot.state.type === 'waiting' && isNews)
    slot.wait({ reason: 'ImagePullBackOff', message: `${backOff}: ErrImagePull: ${slot.state.message ?? ''}` })
  host.wakeIn(Math.min(left, TOLD_AGAIN_MS))
  if (!slot.tells({ isNews, nowMs })) return true
  host.note(slot, { type: 'Normal', reason: 'BackOff', message: backOff })
  host.note(slot, { type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' })
  return true
}

function pull(host: PodHost, slot: Slot, name: string): void {
  slot.pulling = true
  host.note(slot, { type: 'Normal', reason: 'Pulling', message: `Pulling image ${JSON.stringify(name)}` })
  host.kubelet.images.pull(name, (state) => {
    slot.pulling = false
    if (host.isStopped) return
    if (state.type === 'failed') {
      failed(host, slot, state)
      return
    }
    if (state.type === 'present') {
      Object.assign(slot, { image: state.image, imageReference: state.reference, isPulled: true })
      slot.pull.reset()
      const took = goDuration(state.pulledMs ?? 0)
      const message = `Successfully pulled image ${JSON.stringify(name)} in ${took} (${took} including waiting). Image size: ${state.image.sizeBytes} bytes.`
      host.note(slot, { type: 'Normal', reason: 'Pulled', message })
    }
    host.sync()
  })
}

function failed(host: PodHost, slot: Slot, { message: cause }: Extract<ImageState, { type: 'failed' }>): void {
  const nowMs = host.kubelet.clock.now()
  slot.pull.next(nowMs)
  slot.wait({ reason: 'ErrImagePull', message: cause })
  slot.show(nowMs)
  const message = `Failed to pull image ${JSON.stringify(slot.spec.image ?? '')}: ${cause}`
  host.note(slot, { type: 'Warning', reason: 'Failed', message })
  host.note(slot, { type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull' })
  host.sync()
}
