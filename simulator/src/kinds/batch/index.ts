import type { KindDefinition } from '../define.js'
import { cronJob } from './cron-job.js'
import { job } from './job.js'

export const batchKinds: KindDefinition[] = [cronJob, job]
