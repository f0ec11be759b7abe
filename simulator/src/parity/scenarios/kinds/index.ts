import { accessLives, clusterLives } from './access-and-cluster.js'
import { coreLives } from './core.js'
import { networkLives, storageLives } from './network-and-storage.js'
import { workloadLives } from './workloads.js'

export { accessLives, clusterLives, coreLives, networkLives, storageLives, workloadLives }
