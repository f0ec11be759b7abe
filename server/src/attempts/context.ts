/** What the parts of attempts/ share. */
import type { AttemptId } from '@wheelhouse/protocol'
import type { Logger } from 'pino'
import type { Catalogue, Lab, Task } from '../catalogue/catalogue.js'
import type { Clock } from '../clock.js'
import type { Environments } from '../environments/environments.js'
import type { EnvironmentViews } from '../environments/views.js'
import type { EventHub } from '../events/event-hub.js'
import type { Grader, TaskRun } from '../grading/grader.js'
import type { AttemptRecord, AttemptTaskRecord } from '../store/repositories/attempts.js'
import type { Store } from '../store/store.js'

export interface AttemptContext {
  store: Store
  catalogue: () => Catalogue
  grader: Grader
  environments: Environments
  environmentViews: EnvironmentViews
  hub: EventHub
  clock: Clock
  log: Logger
}

/** Tells open pages that an attempt has changed. */
export type Announce = (attempt: AttemptId) => void

/** One task of an attempt together with its content. */
export interface AttemptedTask {
  attempt: AttemptRecord
  record: AttemptTaskRecord
  task: Task
}

/** The tasks of an attempt that the lab still has, in its order. */
export async function attemptedTasks(
  { store, catalogue }: { store: Pick<Store, 'attempts'>; catalogue: AttemptContext['catalogue'] },
  attempt: AttemptRecord,
): Promise<AttemptedTask[]> {
  const records = new Map((await store.attempts.tasks(attempt.id)).map((record) => [record.task, record]))
  return (catalogue().lab(attempt.lab)?.tasks ?? []).flatMap((task) => {
    const record = records.get(task.manifest.id)
    return record ? [{ attempt, record, task }] : []
  })
}

/** What the grader needs to work on a task. @throws LabError `ENVIRONMENT_NOT_READY` */
export async function taskRun(
  { environments }: Pick<AttemptContext, 'environments'>,
  { attempt, record, task }: AttemptedTask,
): Promise<TaskRun> {
  if (!attempt.environment) throw new Error(`attempt ${attempt.id} has no environment`)
  const environment = await environments.open(attempt.environment)
  return { environment, cluster: environment.clusters[0]?.name ?? 'main', task, params: record.params }
}

/** What is known of a task's checks when it stands at its start, whatever was known before. */
export const UNCHECKED = { latestVerdict: null, checkRequestedAtMs: null, asked: false } as const

/** The rows of the tasks of a lab that nobody has begun. */
export function newTaskRecords(attempt: AttemptId, lab: Lab): AttemptTaskRecord[] {
  return lab.tasks.map((task, position) => ({
    attempt,
    task: task.manifest.id,
    position,
    setup: { status: 'waiting' },
    params: {},
    ...UNCHECKED,
    passedAtMs: null,
    bestPoints: 0,
  }))
}
