/** How long a learner's first question to a new cluster takes. */
import { setTimeout as later } from 'node:timers/promises'
import type { Figure } from '../../../bench/figures.js'
import { prepareClusters } from '../live-clusters.js'
import { percentile, timed } from './api.js'
import { end, type Served, SHAPE, serve } from './one-cluster.js'

/** Learners come one after another; keys for the next one are made meanwhile. */
const PAUSE_MS = 300
const ROW = 20

/** From the call that makes a cluster to the end of the first authenticated answer, in a process made ready as every process of clusters is. */
export async function firstAnswer(runs: number): Promise<Figure[]> {
  await prepareClusters(SHAPE)
  const apart: number[] = []
  for (let run = 0; run < runs; run++) {
    await later(PAUSE_MS)
    apart.push(await answerOnce())
  }
  const inRow: number[] = []
  for (let run = 0; run < ROW; run++) inRow.push(await answerOnce())
  return [
    { name: `first authenticated GET after create, p95 of ${runs}`, value: percentile(apart, 0.95), unit: 'ms', goal: 50 },
    { name: 'the same, p50', value: percentile(apart, 0.5), unit: 'ms', goal: null },
    {
      name: `the same, ${ROW} clusters without a pause between them, p95`,
      value: percentile(inRow, 0.95),
      unit: 'ms',
      goal: null,
    },
  ]
}

async function answerOnce(): Promise<number> {
  let served: Served | undefined
  const took = await timed(async () => {
    served = await serve()
    await served.api.ask('/api/v1/namespaces')
  })
  await served?.cluster.started
  if (served) await end(served)
  return took
}
