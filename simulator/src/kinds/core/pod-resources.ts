/** What a Pod asks for and may use at most, over all its containers. @see component-helpers/resource/helpers.go */
import { addLists, asResourceList, highestOf, type ResourceList } from '../../objects/resource-list.js'
import type { Container, PodSpec } from '../../schema/kubernetes.generated.js'

type Side = 'requests' | 'limits'

const sideOf = (container: Container, side: Side): ResourceList => asResourceList(container.resources?.[side])

/** Resources that may be set for a Pod as a whole. */
const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')

/** Containers and sidecars together, or the greediest init container beside its sidecars, whichever is more. */
export function podResources(spec: PodSpec, side: Side): ResourceList {
  let running: ResourceList = {}
  for (const container of spec.containers ?? []) running = addLists(running, sideOf(container, side))
  let sidecars: ResourceList = {}
  let starting: ResourceList = {}
  for (const container of spec.initContainers ?? []) {
    const own = sideOf(container, side)
    if (container.restartPolicy === 'Always') {
      running = addLists(running, own)
      sidecars = addLists(sidecars, own)
      starting = highestOf(starting, sidecars)
    } else starting = highestOf(starting, addLists(own, sidecars))
  }
  const total = highestOf(running, starting)
  for (const [name, value] of Object.entries(asResourceList(spec.resources?.[side]))) if (isPodLevel(name)) total[name] = value
  return total
}

/** With the overhead of its runtime class. */
export function podResourcesWithOverhead(spec: PodSpec, side: Side): ResourceList {
  const total = podResources(spec, side)
  if (!spec.overhead) return total
  const overhead = asResourceList(spec.overhead)
  if (side === 'requests') return addLists(total, overhead)
  const limited = Object.fromEntries(Object.entries(overhead).filter(([name]) => name in total))
  return addLists(total, limited)
}
