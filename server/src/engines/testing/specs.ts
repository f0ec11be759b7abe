/** Ids and specifications for tests and benches. */
import { type EnvironmentId, environmentId } from '@wheelhouse/protocol'
import type { EnvironmentSpec } from '../engine.js'

let count = 0
/** A fresh environment id, told apart between files that run at the same time. */
export const freshId = (): EnvironmentId =>
  environmentId(`t${process.pid.toString(36)}${(Date.now() % 46_656).toString(36)}${(count++).toString(36)}`.slice(-12))

export const specOf = (id: EnvironmentId, change: Partial<EnvironmentSpec['clusters'][number]> = {}): EnvironmentSpec => ({
  id,
  clusters: [
    {
      name: 'main',
      kubernetes: 'v1.36',
      controlPlanes: 1,
      workers: 0,
      bareNodes: 0,
      cni: 'default',
      addons: [],
      ...change,
    },
  ],
  images: [],
})
