import { eventsEvent } from '../core/event.js'
import type { KindDefinition } from '../define.js'
import { apiService } from './api-service.js'
import { endpointSlice } from './endpoint-slice.js'
import { lease } from './lease.js'
import { ingress, ingressClass, networkPolicy } from './networking.js'
import { podDisruptionBudget } from './policy.js'
import { priorityClass, storageClass } from './small.js'

export const otherKinds: KindDefinition[] = [
  apiService,
  endpointSlice,
  eventsEvent,
  ingress,
  ingressClass,
  lease,
  networkPolicy,
  podDisruptionBudget,
  priorityClass,
  storageClass,
]
