/** The admission plugins in the order of the real API server. @see pkg/kubeapiserver/options/plugins.go */
import type { AdmissionPlugin } from './admission.js'
import { namespaceLifecycle } from './namespace-lifecycle.js'
import { defaultTolerationSeconds, priority } from './pod-defaults.js'
import { rbacEscalation } from './rbac-escalation.js'
import { serviceAccountAdmission } from './service-account.js'
import { defaultStorageClass } from './storage-class.js'

export const admissionPlugins: AdmissionPlugin[] = [
  namespaceLifecycle,
  serviceAccountAdmission,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  rbacEscalation,
]
