import type { KindDefinition } from '../define.js'
import { configMap, secret } from './config.js'
import { event } from './event.js'
import { limitRange, resourceQuota } from './limits.js'
import { namespace } from './namespace.js'
import { node } from './node.js'
import { pod } from './pod.js'
import { service } from './service.js'
import { componentStatus, endpoints, podTemplate, replicationController, serviceAccount } from './small.js'
import { persistentVolume, persistentVolumeClaim } from './volumes.js'

export const coreKinds: KindDefinition[] = [
  componentStatus,
  configMap,
  endpoints,
  event,
  limitRange,
  namespace,
  node,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  podTemplate,
  replicationController,
  resourceQuota,
  secret,
  service,
  serviceAccount,
]
