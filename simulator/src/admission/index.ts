/** The admission plugins in the order of the real API server. @see pkg/kubeapiserver/options/plugins.go */
import type { AdmissionPlugin } from './admission.js'
import { certificateAdmission } from './certificates.js'
import { defaultIngressClass } from './default-ingress-class.js'
import { limitRanger } from './limit-ranger.js'
import { namespaceLifecycle } from './namespace-lifecycle.js'
import { nodeRestriction } from './node-restriction.js'
import { taintNodesByCondition } from './node-taint.js'
import { defaultTolerationSeconds, priority } from './pod-defaults.js'
import { podSecurity } from './pod-security/plugin.js'
import { podTopologyLabels } from './pod-topology-labels.js'
import { mutatingPolicies } from './policies/mutating.js'
import { validatingPolicies } from './policies/validating.js'
import { rbacEscalation } from './rbac-escalation.js'
import { resourceQuotaAdmission } from './resource-quota.js'
import { runtimeClassAdmission } from './runtime-class.js'
import { serviceAccountAdmission } from './service-account.js'
import { claimResize, defaultStorageClass } from './storage-class.js'
import { mutatingWebhooks, validatingWebhooks } from './webhooks/plugin.js'

export const admissionPlugins: AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccountAdmission,
  nodeRestriction,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  claimResize,
  runtimeClassAdmission,
  certificateAdmission,
  defaultIngressClass,
  podTopologyLabels,
  mutatingPolicies,
  mutatingWebhooks,
  rbacEscalation,
  validatingPolicies,
  validatingWebhooks,
  resourceQuotaAdmission,
]
