import { eventsEvent } from '../core/event.js'
import type { KindDefinition } from '../define.js'
import { admissionRegistrationKinds } from './admission-registration.js'
import { apiService } from './api-service.js'
import { horizontalPodAutoscaler } from './autoscaling.js'
import { certificateSigningRequest } from './certificates.js'
import { customResourceDefinition } from './custom-resource-definition.js'
import { deviceKinds } from './device-kinds.js'
import { endpointSlice } from './endpoint-slice.js'
import { ingress, ingressClass } from './ingress.js'
import { lease } from './lease.js'
import { ipAddress, networkPolicy, serviceCidr } from './networking.js'
import { podDisruptionBudget } from './policy.js'
import { priorityClass } from './priority-class.js'
import { restKinds } from './rest.js'
import { csiDriver, csiNode, csiStorageCapacity, storageClass, volumeAttachment, volumeAttributesClass } from './storage.js'

export const otherKinds: KindDefinition[] = [
  ...admissionRegistrationKinds,
  apiService,
  certificateSigningRequest,
  csiDriver,
  csiNode,
  csiStorageCapacity,
  customResourceDefinition,
  ...deviceKinds,
  endpointSlice,
  eventsEvent,
  horizontalPodAutoscaler,
  ingress,
  ingressClass,
  ipAddress,
  lease,
  networkPolicy,
  podDisruptionBudget,
  priorityClass,
  ...restKinds,
  serviceCidr,
  storageClass,
  volumeAttachment,
  volumeAttributesClass,
]
