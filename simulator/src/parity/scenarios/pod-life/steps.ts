/** Steps that the scenarios of a Pod's life share. */
import { pod, shell } from '../../builders.js'
import { file, kubectl, until } from '../../scenario.js'

export const named = (name: string, line: string, more: Record<string, unknown> = {}) => shell(line, { name, ...more })
export const state = (name: string) =>
  kubectl(`get pod ${name} '-o=jsonpath={.status.phase} {.status.containerStatuses[*].state}'`)
export const make = (name: string, spec: Record<string, unknown>) => [
  file(`${name}.json`, pod(name, spec)),
  kubectl(`create -f ${name}.json`),
]
export const phase = (name: string, value: string) => until(`get pod ${name} '-o=jsonpath={.status.phase}'`, value)
export const waits = (name: string, value: string) => until(`get pod ${name}`, value)
export const ready = (name: string) => until(`wait --for=condition=Ready pod/${name} --timeout=60s`)
export const often = { periodSeconds: 1, failureThreshold: 1 }
