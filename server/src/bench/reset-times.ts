/** How long the reset of a task takes: its setup, run again on a cluster where it has been set up before. */
import type { Catalogue, Lab, Task } from '../catalogue/catalogue.js'
import type { Environment } from '../engines/engine.js'
import { ProcessGrader } from '../grading/process-grader.js'

/** Seconds of each reset, `rounds` for every task of every lab that fits into a plain environment. */
export async function resetTimes(environment: Environment, catalogue: Catalogue, rounds: number): Promise<number[]> {
  const grader = new ProcessGrader({ onOutput: () => {} })
  const labs = catalogue.chapters.flatMap((chapter) => chapter.labs).filter(fits)
  const times: number[] = []
  try {
    for (const task of labs.flatMap((lab) => lab.tasks)) times.push(...(await resetsOf(grader, environment, task, rounds)))
  } finally {
    await grader.close()
  }
  return times
}

const fits = ({ manifest }: Lab) => manifest.needs !== 'nodes' && manifest.needs !== 'addons'

async function resetsOf(grader: ProcessGrader, environment: Environment, task: Task, rounds: number): Promise<number[]> {
  const run = { environment, cluster: 'main', task, params: {} }
  await grader.setUp(run)
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    await grader.setUp(run)
    times.push((performance.now() - started) / 1000)
  }
  return times
}
