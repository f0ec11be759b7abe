import type { KindDefinition } from '../define.js'
import { daemonSet } from './daemon-set.js'
import { deployment } from './deployment.js'
import { replicaSet } from './replica-set.js'
import { statefulSet } from './stateful-set.js'

export const appsKinds: KindDefinition[] = [daemonSet, deployment, replicaSet, statefulSet]
