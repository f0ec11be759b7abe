import { formatSelector } from '../../objects/selector.js'
import type { Job, JobSpec, ObjectMeta } from '../../schema/kubernetes.generated.js'
import { parseTime } from '../../time/clock.js'
import { column, columns, humanDuration, wide } from '../columns.js'
import { defaultPodSpec } from '../core/pod-spec-defaults.js'
import { defineKind } from '../define.js'
import { validateJob, validateJobUpdate } from './job-validation.js'

export function defaultJobSpec(spec: JobSpec): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2147483647
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  spec.manualSelector ??= false
  for (const { onPodConditions = [] } of spec.podFailurePolicy?.rules ?? [])
    for (const pattern of onPodConditions) pattern.status ||= 'True'
  if (spec.template?.spec) defaultPodSpec(spec.template.spec)
}

function completions({ spec, status }: Job): string {
  const done = status?.succeeded ?? 0
  if (spec.completions !== undefined) return `${done}/${spec.completions}`
  return (spec.parallelism ?? 0) > 1 ? `${done}/1 of ${spec.parallelism}` : `${done}/1`
}

function duration({ status }: Job, now: number): string {
  const start = parseTime(status?.startTime)
  if (Number.isNaN(start)) return ''
  const end = parseTime(status?.completionTime)
  return humanDuration((Number.isNaN(end) ? now : end) - start)
}

function state(job: Job): string {
  const holds = (type: string) =>
    job.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True')
  if (holds('Complete')) return 'Complete'
  if (holds('Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp) return 'Terminating'
  if (holds('Suspended')) return 'Suspended'
  if (holds('FailureTarget')) return 'FailureTarget'
  return holds('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

export const job = defineKind<Job>('batch', 'Job', {
  counted: true,
  defaults(object) {
    defaultJobSpec(object.spec)
  },
  prepareForCreate(object) {
    if (object.spec.manualSelector) return
    // A Job finds its own Pods by its uid. @see pkg/registry/batch/job/strategy.go
    const own = { 'batch.kubernetes.io/controller-uid': object.metadata.uid }
    const metadata = object.spec.template.metadata ?? ({} as ObjectMeta)
    object.spec.template.metadata = metadata
    metadata.labels = {
      ...metadata.labels,
      ...own,
      'controller-uid': object.metadata.uid,
      'batch.kubernetes.io/job-name': object.metadata.name,
      'job-name': object.metadata.name,
    }
    object.spec.selector = { ...object.spec.selector, matchLabels: { ...object.spec.selector?.matchLabels, ...own } }
    object.metadata.labels ??= metadata.labels
  },
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  fields: { 'status.successful': (object) => String(object.status?.succeeded ?? 0) },
  columns: columns<Job>(
    column('Status', state),
    column('Completions', completions),
    column('Duration', duration, ''),
    wide(column('Containers', (object) => object.spec.template.spec?.containers.map((each) => each.name).join(','))),
    wide(column('Images', (object) => object.spec.template.spec?.containers.map((each) => each.image).join(','))),
    wide(column('Selector', (object) => formatSelector(object.spec.selector))),
  ),
})

export { validateJobSpec } from './job-validation.js'
