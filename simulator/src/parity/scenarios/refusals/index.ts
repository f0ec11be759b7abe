import { changeRefusals } from './changes.js'
import { clusterRefusals } from './cluster.js'
import { general } from './general.js'
import { networkRefusals } from './network.js'
import { podRefusals } from './pods.js'
import { storageRefusals } from './storage.js'
import { workloadRefusals } from './workloads.js'

export const refusals = general
export const otherRefusals = [...networkRefusals, ...storageRefusals, ...clusterRefusals, ...changeRefusals]
export { podRefusals, workloadRefusals }
