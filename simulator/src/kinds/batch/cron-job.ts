import type { CronJob } from '../../schema/kubernetes.generated.js'
import { ageOf, column, columns, integerColumn, wide } from '../columns.js'
import { defineKind } from '../define.js'
import { defaultJobSpec, validateJobSpec } from './job.js'

export const cronJob = defineKind<CronJob>('batch', 'CronJob', {
  counted: true,
  defaults({ spec }) {
    spec.concurrencyPolicy ??= 'Allow'
    spec.suspend ??= false
    spec.successfulJobsHistoryLimit ??= 3
    spec.failedJobsHistoryLimit ??= 1
    const jobSpec = spec.jobTemplate?.spec
    if (!jobSpec) return
    if (jobSpec.template?.spec) {
      // A template is not defaulted as far as a Job is. @see pkg/apis/batch/v1/zz_generated.defaults.go
      const { completions, parallelism, backoffLimit, completionMode, suspend, podReplacementPolicy, manualSelector } = jobSpec
      defaultJobSpec(jobSpec)
      Object.assign(jobSpec, {
        completions,
        parallelism,
        backoffLimit,
        completionMode,
        suspend,
        podReplacementPolicy,
        manualSelector,
      })
      for (const key of Object.keys(jobSpec) as (keyof typeof jobSpec)[]) if (jobSpec[key] === undefined) delete jobSpec[key]
    }
  },
  validate(object, errors) {
    const { spec } = object
    if (!spec.schedule) errors.required('spec.schedule')
    else if (spec.schedule.trim().split(/\s+/).length !== 5 && !spec.schedule.startsWith('@'))
      errors.invalid(
        'spec.schedule',
        spec.schedule,
        `expected exactly 5 fields, found ${spec.schedule.trim().split(/\s+/).length}: [${spec.schedule.trim().split(/\s+/).join(' ')}]`,
      )
    if (!['Allow', 'Forbid', 'Replace'].includes(spec.concurrencyPolicy ?? ''))
      errors.notSupported('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'])
    if (spec.jobTemplate?.spec) validateJobSpec(spec.jobTemplate.spec, 'spec.jobTemplate.spec', errors)
    if (object.metadata.name.length > 52)
      errors.invalid('metadata.name', object.metadata.name, 'must be no more than 52 characters')
  },
  columns: columns<CronJob>(
    column('Schedule', (object) => object.spec.schedule),
    column('Timezone', (object) => object.spec.timeZone),
    { name: 'Suspend', value: (object) => (object.spec.suspend ? 'True' : 'False') },
    integerColumn('Active', (object) => object.status?.active?.length),
    column('Last Schedule', (object, now) => (object.status?.lastScheduleTime ? ageOf(object.status.lastScheduleTime, now) : '')),
    wide(
      column('Containers', (object) =>
        object.spec.jobTemplate.spec?.template.spec?.containers.map((each) => each.name).join(','),
      ),
    ),
    wide(
      column('Images', (object) => object.spec.jobTemplate.spec?.template.spec?.containers.map((each) => each.image).join(',')),
    ),
    wide(column('Selector', () => '')),
  ),
})
