/** What Pods ask for and nodes have. @see k8s.io/component-helpers/resource */
import { milliOf, unitsOf } from '../objects/quantity.js'
import type { Container, Node, Pod } from '../schema/kubernetes.generated.js'

/** CPU in thousandths; everything else in whole units. */
export type Amounts = Record<string, number>

const amountOf = (name: string, value: string): number => (name === 'cpu' ? milliOf(value) : unitsOf(value))

const requestsOf = (container: Container): Amounts =>
  Object.fromEntries(
    Object.entries((container.resources?.requests ?? {}) as Record<string, string>).map(([name, value]) => [
      name,
      amountOf(name, value),
    ]),
  )

export function add(left: Amounts, right: Amounts): Amounts {
  const sum = { ...left }
  for (const [name, value] of Object.entries(right)) sum[name] = (sum[name] ?? 0) + value
  return sum
}

function highest(left: Amounts, right: Amounts): Amounts {
  const most = { ...left }
  for (const [name, value] of Object.entries(right)) most[name] = Math.max(most[name] ?? 0, value)
  return most
}

/** Containers and sidecars together, or the greediest init container, whichever is more. */
export function podRequests(pod: Pod): Amounts {
  let running = pod.spec.containers.map(requestsOf).reduce(add, {})
  let sidecars: Amounts = {}
  let starting: Amounts = {}
  for (const init of pod.spec.initContainers ?? []) {
    if (init.restartPolicy === 'Always') sidecars = add(sidecars, requestsOf(init))
    else starting = highest(starting, add(sidecars, requestsOf(init)))
  }
  running = add(running, sidecars)
  const total = highest(running, starting)
  return pod.spec.overhead
    ? add(
        total,
        Object.fromEntries(
          Object.entries(pod.spec.overhead as Record<string, string>).map(([name, value]) => [name, amountOf(name, value)]),
        ),
      )
    : total
}

export const allocatableOf = (node: Node): Amounts =>
  Object.fromEntries(
    Object.entries((node.status?.allocatable ?? {}) as Record<string, string>).map(([name, value]) => [
      name,
      amountOf(name, value),
    ]),
  )
