import { general } from './general.js'
import { otherRefusals } from './others.js'
import { podRefusals } from './pods.js'
import { workloadRefusals } from './workloads.js'

export const refusals = general
export { otherRefusals, podRefusals, workloadRefusals }
