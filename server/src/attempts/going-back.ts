/** Going back to a kept state: the environment as it was, and its tasks with what they are compared to as they were. Points stay. */
import type { CheckpointId } from '@wheelhouse/protocol'
import type { AttemptRecord, TaskSetup } from '../store/repositories/attempts.js'
import type { EnvironmentRecord } from '../store/repositories/environments.js'
import type { TaskChecks } from './checks.js'
import { type AttemptContext, UNCHECKED } from './context.js'
import type { KeptStates } from './kept-states.js'
import type { TaskSetups } from './setups.js'

interface Parts {
  context: AttemptContext
  setups: TaskSetups
  checks: TaskChecks
  kept: KeptStates
}

/**
 * What is there now is kept first, so that this can be taken back too.
 *
 * @returns the attempts whose tasks have changed; those that wait are to be set up
 * @throws LabError `NOT_FOUND`, `ENVIRONMENT_NOT_READY`, `ENGINE_UNSUPPORTED`
 */
export async function goBack(parts: Parts, { id }: EnvironmentRecord, checkpoint: CheckpointId): Promise<AttemptRecord[]> {
  const { context, setups, checks, kept } = parts
  await context.environments.open(id)
  const { note } = await kept.find(id, checkpoint)
  const attempts = await context.store.attempts.ofEnvironment(id)
  for (const attempt of attempts)
    for (const { task } of await context.store.attempts.tasks(attempt.id)) await checks.cancel(attempt.id, task)
  await setups.alone(id, async () => {
    await kept.keepAutomatically(id, await kept.note(id, { kind: 'before-return' }), { except: checkpoint })
    await context.environments.engine.restore(id, checkpoint)
    for (const attempt of attempts) await putBackTasks(context, attempt, note.setups)
  })
  return attempts
}

async function putBackTasks(
  { store }: Pick<AttemptContext, 'store'>,
  attempt: AttemptRecord,
  setups: Record<string, TaskSetup>,
): Promise<void> {
  for (const { task } of await store.attempts.tasks(attempt.id)) {
    const then = setups[task]
    const setup: TaskSetup = then && then.status !== 'running' ? then : { status: 'waiting' }
    await store.attempts.updateTask(attempt.id, task, { setup, ...UNCHECKED })
  }
}
