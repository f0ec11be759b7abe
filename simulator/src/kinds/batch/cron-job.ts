import { isTimeZone, parseSchedule, ScheduleError } from '../../objects/cron.js'
import type { FieldErrors } from '../../objects/field-errors.js'
import type { CronJob } from '../../schema/kubernetes.generated.js'
import { nonNegative } from '../checks.js'
import { ageOf, column, columns, integerColumn, wide } from '../columns.js'
import { defineKind } from '../define.js'
import { defaultJobSpec, validateJobSpec } from './job.js'

function validateSchedule(schedule: string, errors: FieldErrors): void {
  try {
    parseSchedule(schedule)
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error
    errors.invalid('spec.schedule', schedule, error.message)
  }
  if (schedule.includes('TZ'))
    errors.invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
}

function validateTimeZone(timeZone: string, errors: FieldErrors): void {
  if (timeZone === '') errors.invalid('spec.timeZone', timeZone, 'timeZone must be nil or non-empty string')
  else if (timeZone.toLowerCase() === 'local')
    errors.invalid(
      'spec.timeZone',
      timeZone,
      'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    )
  else if (!isTimeZone(timeZone)) errors.invalid('spec.timeZone', timeZone, `unknown time zone ${timeZone}`)
}

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
    else validateSchedule(spec.schedule, errors)
    nonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds', errors)
    if (spec.timeZone !== undefined) validateTimeZone(spec.timeZone, errors)
    if (!['Allow', 'Forbid', 'Replace'].includes(spec.concurrencyPolicy ?? ''))
      errors.notSupported('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'])
    if (spec.jobTemplate?.spec) validateJobSpec(spec.jobTemplate.spec, 'spec.jobTemplate.spec', errors)
    if (spec.jobTemplate?.spec?.manualSelector)
      errors.notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false'])
    nonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit', errors)
    nonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit', errors)
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
